"""Limits: how many, how soon again, and what happens when nothing is known."""

import pytest

from bot.limits import (
    CHECKS_BY_ALL,
    CHECKS_PER_DAY,
    CHECKS_PER_MINUTE,
    DAY,
    IDENTIFIERS_PER_DAY,
    REPORTS_PER_DAY,
    STRANGERS_PER_MINUTE,
    Limits,
    MemoryStore,
    Rate,
    StoreUnavailable,
)


class Ticks:
    """Seconds that go only when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


def test_twenty_at_once_are_answered_and_the_next_after_three_seconds(ticks: Ticks) -> None:
    limits = Limits(ticks)
    assert [limits.take(CHECKS_PER_MINUTE, "me") for _ in range(20)] == [None] * 20
    refusal = limits.take(CHECKS_PER_MINUTE, "me")
    assert refusal is not None
    assert refusal.retry_after_seconds == 3
    ticks.now += refusal.retry_after
    assert limits.take(CHECKS_PER_MINUTE, "me") is None


def test_a_refusal_counts_nothing(ticks: Ticks) -> None:
    limits = Limits(ticks)
    for _ in range(500):
        limits.take(CHECKS_PER_MINUTE, "me")
    ticks.now += 3
    assert limits.take(CHECKS_PER_MINUTE, "me") is None


def test_one_person_never_waits_for_another(ticks: Ticks) -> None:
    limits = Limits(ticks)
    for _ in range(30):
        limits.take_check("flooding")
    assert limits.take_check("in need") is None


def test_a_patient_person_reaches_the_limit_of_the_day(ticks: Ticks) -> None:
    limits = Limits(ticks)
    answered = 0
    for _ in range(120):
        answered += limits.take_check("me") is None
        ticks.now += 3
    assert 100 <= answered <= 101
    refusal = limits.take_check("me")
    assert refusal is not None
    assert refusal.limit == CHECKS_PER_DAY.name


def test_everybody_together_has_the_limit_that_the_operator_set(ticks: Ticks) -> None:
    limits = Limits(ticks, checks_by_all=240)
    for person in range(240):
        assert limits.take_check(str(person)) is None
    refusal = limits.take_check("one more")
    assert refusal is not None
    assert refusal.limit == CHECKS_BY_ALL.name


def test_fifty_different_identifiers_a_day_and_the_same_ones_again(ticks: Ticks) -> None:
    limits = Limits(ticks)
    for number in range(IDENTIFIERS_PER_DAY):
        assert limits.take_identifiers("me", [str(number)]) is None
    assert limits.take_identifiers("me", ["0", "7", "49"]) is None
    refusal = limits.take_identifiers("me", ["one more"])
    assert refusal is not None
    assert refusal.retry_after == DAY
    assert limits.take_identifiers("somebody else", ["one more"]) is None
    ticks.now += DAY
    assert limits.take_identifiers("me", ["one more"]) is None


def test_more_identifiers_at_once_than_a_day_has_never_pass(ticks: Ticks) -> None:
    limits = Limits(ticks)
    assert limits.take_identifiers("me", map(str, range(IDENTIFIERS_PER_DAY + 1))) is not None
    limits.take_identifiers("me", ["a"])
    assert limits.take_identifiers("me", map(str, range(IDENTIFIERS_PER_DAY + 9))) is not None


class NothingKnown:
    """A store that cannot be reached."""

    def take(self, key: str, now: float, *, interval: float, burst: float) -> float:
        raise StoreUnavailable


@pytest.mark.parametrize("rate", [CHECKS_PER_MINUTE, CHECKS_PER_DAY, CHECKS_BY_ALL, STRANGERS_PER_MINUTE])
def test_a_parent_is_answered_when_the_store_is_unavailable(rate: Rate, ticks: Ticks) -> None:
    assert Limits(ticks, NothingKnown()).take(rate, "me") is None


def test_a_report_is_refused_when_the_store_is_unavailable(ticks: Ticks) -> None:
    refusal = Limits(ticks, NothingKnown()).take(REPORTS_PER_DAY, "me")
    assert refusal is not None
    assert refusal.retry_after_seconds >= 1


def test_memory_is_bounded(ticks: Ticks) -> None:
    store = MemoryStore(capacity=3)
    rate = {"interval": 60.0, "burst": 0.0}
    assert [store.take(key, 0.0, **rate) for key in "abcd"] == [0.0] * 4
    assert store.take("d", 0.0, **rate) > 0
    assert store.take("a", 0.0, **rate) == 0.0, "the longest untouched was forgotten"


def test_the_limit_for_all_is_above_what_the_service_is_to_answer(ticks: Ticks) -> None:
    limits = Limits(ticks)
    for second in range(120):
        assert [limits.take_check(f"{second}/{person}") for person in range(300)] == [None] * 300
        ticks.now += 1
