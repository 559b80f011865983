"""How fast one bot account sends, lane by lane: a bucket of tokens each, filled by the clock."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from db.models import Lane

SHARES: Final = {Lane.ANSWER: 0.7, Lane.STAFF: 0.1, Lane.BULK: 0.2}
"""What part of an account's rate belongs to a lane. Together no more than the platform allows."""
AT_ONCE: Final = {Lane.ANSWER: 24, Lane.STAFF: 4, Lane.BULK: 4}
"""Sends under way in a lane; a hanging one takes the place of one, and a lane's never those of another."""


class Bucket:
    """`per_second` tokens a second; at most those of one second are saved up."""

    def __init__(self, per_second: float, clock: Callable[[], datetime]) -> None:
        self._per_second = per_second
        self._clock = clock
        self._most = max(1.0, per_second)
        self._tokens = self._most
        self._filled_at = clock()

    def available(self) -> int:
        """Tokens that can be taken now."""
        now = self._clock()
        since = max(0.0, (now - self._filled_at).total_seconds())
        self._tokens = min(self._most, self._tokens + since * self._per_second)
        self._filled_at = now
        return int(self._tokens)

    def take(self, count: int) -> None:
        """Take tokens that `available` told of."""
        self._tokens -= count

    @property
    def seconds_to_next(self) -> float:
        """Seconds until there is a token."""
        return max(0.0, (1.0 - self._tokens) / self._per_second)
