"""What a conversation remembers for fifteen minutes: the last check without its words, and open questions.

Never a message's text, and of claims only the kind: a name in a message may be a child's.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from bot.messages import Choice
from scamcheck.observables import Observables, without_text
from scamcheck.reasons import Level, ReasonCode
from scamcheck.red_flags import Scenario
from scamcheck.verdict import Verdict

KEPT: Final = timedelta(minutes=15)
STATE: Final = "open"
"""What the record names the state; what is open stands in the data."""


class Expects(StrEnum):
    """What the next free words are likely to be."""

    WHAT_WAS_SAID = "what_was_said"
    SCHOOL = "school"
    SCHOOL_TO_FOLLOW = "school_to_follow"
    SCHOOL_TO_LOOK_UP = "school_to_look_up"
    TO_PROPOSE = "to_propose"
    """What a staff member proposes to confirm."""


@dataclass(frozen=True, slots=True)
class LastCheck:
    """The last check of the conversation, as later messages may need it."""

    id: str
    at: datetime
    level: Level
    reasons: tuple[ReasonCode, ...]
    observables: Observables
    school_id: str | None = None
    commune_code: str | None = None
    scenario: Scenario | None = None
    script: str | None = None
    """Name of the known script whose words it used: a public record, nothing of the message."""
    bare: bool = False
    """It was hardly more than identifiers; the words that go with them may follow."""

    @classmethod
    def of(cls, verdict: Verdict, check_id: str, now: datetime, *, bare: bool) -> "LastCheck":
        """What may be kept of a check."""
        routing = verdict.routing
        return cls(
            id=check_id,
            at=now,
            level=verdict.level,
            reasons=tuple(dict.fromkeys(reason.code for reason in verdict.reasons)),
            observables=nameless(verdict.observables),
            school_id=routing.school.id if routing.school else None,
            commune_code=routing.commune.code if routing.commune else None,
            scenario=verdict.scenario,
            script=next(
                (
                    name
                    for reason in verdict.reasons
                    if reason.code is ReasonCode.KNOWN_SCRIPT
                    for fact, name in reason.facts
                    if fact == "script"
                ),
                None,
            ),
            bare=bare,
        )


@dataclass(frozen=True, slots=True)
class Memory:
    """Everything that is open in a conversation."""

    menu: tuple[Choice, ...] = ()
    """The choices last offered, for channels without buttons."""
    expects: Expects | None = None
    last: LastCheck | None = None
    chosen_school: str | None = None

    def without_question(self) -> "Memory":
        """The same, with nothing asked any more."""
        return replace(self, menu=(), expects=None)


_MEMORY: TypeAdapter[Memory] = TypeAdapter(Memory)


def nameless(observables: Observables) -> Observables:
    """The observables without any words of the message: no text, no names, no purpose of a payment."""
    return replace(
        without_text(observables),
        claims=tuple(replace(claim, name="", place="", start=0, end=0) for claim in observables.claims),
        payments=tuple(replace(payment, purpose=None) for payment in observables.payments),
    )


def to_data(memory: Memory) -> dict[str, Any]:
    """The memory as the record keeps it."""
    return _MEMORY.dump_python(memory, mode="json")


def from_data(data: dict[str, Any], now: datetime) -> Memory:
    """The memory out of the record; what another version of us wrote differently is forgotten."""
    try:
        memory = _MEMORY.validate_python(data)
    except ValidationError:
        return Memory()
    if memory.last is not None and now - memory.last.at >= KEPT:
        return replace(memory, last=None)
    return memory
