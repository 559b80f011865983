"""Who waits, in this process, for the answer to an event: a channel that answers within the same request."""

import asyncio
import contextlib
from dataclasses import dataclass

from bot.messages import Reply

EventKey = tuple[str, str, str]
"""Channel, bot account and event id: what makes it the same event when it comes again."""


class DeliveryUnavailable(Exception):
    """The event could not be committed, or its answer not be read: give the fixed steps, it comes again."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An event's answers, queued under these ids."""

    outbox_ids: tuple[int, ...]
    replies: tuple[Reply, ...]


class AwaitedAnswers:
    """One future for each awaited event, however many wait for it."""

    def __init__(self) -> None:
        self._futures: dict[EventKey, asyncio.Future[Answered | None]] = {}

    def __contains__(self, key: EventKey) -> bool:
        return key in self._futures

    def expect(self, key: EventKey) -> None:
        """Keep what is said about this event from now on."""
        self._future(key)

    def forget(self, key: EventKey) -> None:
        """Nobody waits for it any more."""
        self._futures.pop(key, None)

    async def within(self, key: EventKey, seconds: float) -> Answered | None:
        """The answer, if this process gives it within so many seconds; None when it is to be looked up.

        Raises:
            DeliveryUnavailable: there is none.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                return await asyncio.shield(self._future(key))
        return None

    def again(self, key: EventKey) -> None:
        """What was said did not lead to an answer: wait for the next word."""
        if key in self._futures and self._futures[key].done():
            self._futures[key] = asyncio.get_running_loop().create_future()

    def answered(self, key: EventKey, answer: Answered) -> None:
        """This process gave the answer. Without an id it is to be looked up: it was queued on a failure."""
        if (waiting := self._open(key)) is not None:
            waiting.set_result(answer if answer.outbox_ids else None)

    def look(self) -> None:
        """Another process committed answers, to any of them."""
        for key in self._futures:
            if (waiting := self._open(key)) is not None:
                waiting.set_result(None)

    def give_up(self, key: EventKey, error: Exception) -> None:
        """There will be no answer from this process soon."""
        if (waiting := self._open(key)) is not None:
            waiting.set_exception(DeliveryUnavailable(type(error).__name__))
            waiting.exception()  # whoever waits raises it; if nobody does any more, it is not missed

    def _future(self, key: EventKey) -> asyncio.Future[Answered | None]:
        return self._futures.setdefault(key, asyncio.get_running_loop().create_future())

    def _open(self, key: EventKey) -> asyncio.Future[Answered | None] | None:
        waiting = self._futures.get(key)
        return None if waiting is None or waiting.done() else waiting
