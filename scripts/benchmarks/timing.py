"""Times as they are told: middles and tails in milliseconds, and two ways of doing the same, interleaved."""

import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Times:
    """The middle, the slow end and the sum of some times, in milliseconds."""

    p50: float
    p99: float
    mean: float


def summed(seconds: Iterable[float]) -> Times:
    """What is told of measured times."""
    sorted_ms = sorted(second * 1000 for second in seconds)
    return Times(
        p50=sorted_ms[len(sorted_ms) // 2],
        p99=sorted_ms[min(len(sorted_ms) - 1, len(sorted_ms) * 99 // 100)],
        mean=sum(sorted_ms) / len(sorted_ms),
    )


async def each(asked: Iterable[T], work: Callable[[T], Awaitable[object]]) -> Times:
    """The times of some asynchronous work, one question after the other.

    Everything is asked three times, and the best time of each question counts: what else the machine did is
    not what is measured.
    """
    questions = tuple(asked)
    best = [float("inf")] * len(questions)
    for _ in range(3):
        for at, question in enumerate(questions):
            began = time.perf_counter()
            await work(question)
            best[at] = min(best[at], time.perf_counter() - began)
    return summed(best)


def interleaved(asked: Sequence[T], ways: Sequence[Callable[[T], object]]) -> list[Times]:
    """The times of several ways to answer the same questions, by turns: what slows one slows all.

    As in `each`, the best of three times of a question counts.
    """
    best = [[float("inf")] * len(asked) for _ in ways]
    for _ in range(3):
        for at, question in enumerate(asked):
            for way, times in zip(ways, best, strict=True):
                began = time.perf_counter()
                way(question)
                times[at] = min(times[at], time.perf_counter() - began)
    return [summed(times) for times in best]
