"""How often one person and everybody together may ask: rates by GCRA, and a count of identifiers.

GCRA keeps one time per key, the "theoretical arrival time" of the next request at an even pace; a request may
come early by at most the burst. In this process's memory for now; `Store` is where another place to keep
the times would go.
"""

import math
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final, Protocol

MINUTE: Final = 60.0
HOUR: Final = 3_600.0
DAY: Final = 86_400.0


class StoreUnavailable(Exception):
    """The times cannot be kept or read right now; the limit's fail mode decides."""


@dataclass(frozen=True, slots=True)
class Rate:
    """`count` in `seconds`, all of which may come at once.

    `fails_open` says what happens when the store is unavailable: a parent in need is answered, a report or a
    sign-in is refused.
    """

    name: str
    count: int
    seconds: float
    fails_open: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """Which limit refuses, and after how many seconds it would not."""

    limit: str
    retry_after: float

    @property
    def retry_after_seconds(self) -> int:
        """Whole seconds, at least 1, for a Retry-After header."""
        return max(1, math.ceil(self.retry_after))


CHECKS_PER_MINUTE: Final = Rate("checks_per_minute", 20, MINUTE, fails_open=True)
CHECKS_PER_DAY: Final = Rate("checks_per_day", 100, DAY, fails_open=True)
CHECKS_BY_ALL: Final = Rate("checks_by_all", 24_000, MINUTE, fails_open=True)
"""400 a second, unless the operator says otherwise: a third more than the 300 a second that two cores are to
answer, so that it stops floods and never what the machine can do. Up to it, what is too much waits."""
STRANGERS_PER_MINUTE: Final = Rate("strangers_per_minute", 120, MINUTE, fails_open=True)
STRANGERS_PER_DAY: Final = Rate("strangers_per_day", 5_000, DAY, fails_open=True)
"""Of one address: mobile networks put thousands of phones behind one, and each has a first question."""
REPORTS_PER_DAY: Final = Rate("reports_per_day", 10, DAY, fails_open=False)
LINK_CODES_PER_HOUR: Final = Rate("link_codes_per_hour", 5, HOUR, fails_open=False)
LINK_TRIES_PER_HOUR: Final = Rate("link_tries_per_hour", 10, HOUR, fails_open=False)
"""Of some 280 thousand million codes, each open for ten minutes and void without a yes on both sides."""
IDENTIFIERS_PER_DAY: Final = 50


class Store(Protocol):
    """Where the times are kept."""

    def take(self, key: str, now: float, *, interval: float, burst: float) -> float:
        """Seconds until the request may come; 0 when it may come now, which is then counted.

        Raises:
            StoreUnavailable: nothing is known.
        """
        ...


class MemoryStore:
    """Times in memory, at most `capacity` of them: the longest untouched is forgotten first."""

    def __init__(self, capacity: int = 100_000) -> None:
        self._capacity = capacity
        self._arrivals: OrderedDict[str, float] = OrderedDict()

    def take(self, key: str, now: float, *, interval: float, burst: float) -> float:
        """See `Store.take`; never unavailable."""
        arrival = max(self._arrivals.get(key, now), now)
        wait = arrival - now - burst
        if wait > 0:
            return wait
        self._arrivals[key] = arrival + interval
        self._arrivals.move_to_end(key)
        if len(self._arrivals) > self._capacity:
            self._arrivals.popitem(last=False)
        return 0.0


class Limits:
    """The limits of a process. `clock` gives seconds that never go back."""

    def __init__(
        self, clock: Callable[[], float], store: Store | None = None, *, checks_by_all: int | None = None
    ) -> None:
        self._clock = clock
        self._store = store or MemoryStore()
        self._by_all = CHECKS_BY_ALL if checks_by_all is None else replace(CHECKS_BY_ALL, count=checks_by_all)
        self._identifiers: OrderedDict[str, dict[str, float]] = OrderedDict()

    def take(self, rate: Rate, key: str = "") -> Refusal | None:
        """Count one request of `key` against `rate`; a refusal counts nothing."""
        interval = rate.seconds / rate.count
        try:
            wait = self._store.take(
                f"{rate.name}:{key}", self._clock(), interval=interval, burst=rate.seconds - interval
            )
        except StoreUnavailable:
            wait = 0.0 if rate.fails_open else interval
        return Refusal(rate.name, wait) if wait > 0 else None

    def take_check(self, person: str) -> Refusal | None:
        """Count one check of a person (or address): by the minute, by the day, and by all together."""
        return (
            self.take(CHECKS_PER_MINUTE, person)
            or self.take(CHECKS_PER_DAY, person)
            or self.take(self._by_all)
        )

    def take_stranger(self, address: str) -> Refusal | None:
        """Count one request of somebody of whom nothing but a shared network address is known."""
        return self.take(STRANGERS_PER_MINUTE, address) or self.take(STRANGERS_PER_DAY, address)

    def take_identifiers(self, person: str, keys: Iterable[str]) -> Refusal | None:
        """Count the different identifiers that a person asks about in a day; asking again is free.

        A list of numbers cannot be tried out one by one, and a parent never needs so many.
        """
        now = self._clock()
        seen = {key: at for key, at in self._identifiers.get(person, {}).items() if now - at < DAY}
        new = set(keys) - seen.keys()
        self._identifiers[person] = seen
        self._identifiers.move_to_end(person)
        if len(self._identifiers) > _PERSONS:
            self._identifiers.popitem(last=False)
        if new and len(seen) + len(new) > IDENTIFIERS_PER_DAY:
            # Wait until enough of the old ones are a day old; more than the limit at once never passes.
            needed = min(len(seen) + len(new) - IDENTIFIERS_PER_DAY, len(seen))
            oldest = sorted(seen.values())
            free_at = oldest[needed - 1] + DAY if needed else now + DAY
            return Refusal("identifiers_per_day", free_at - now)
        seen.update(dict.fromkeys(new, now))
        return None


_PERSONS: Final = 50_000
"""How many people's identifiers are remembered; the longest silent is forgotten first."""
