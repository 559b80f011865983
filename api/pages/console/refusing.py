"""Forms of one record: an identifier as typed, and the form again when what it asked for was refused."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Form
from starlette.responses import Response

from api.pages.console import labels
from api.pages.console.access import Refused
from api.pages.console.showing import Problem
from api.typed import key_typed
from db import approvals
from db.approval_rules import PayloadUnreadable
from db.recordable import KeyNotCanonical
from scamcheck.knowledge import IdentifierKind

_IDENTIFIER: Final = frozenset({"typed", "number"})
_FIELDS: Final = {
    "KeyNotCanonical": _IDENTIFIER,
    "ExampleNumber": _IDENTIFIER,
    "NotAnExampleNumber": _IDENTIFIER,
    "AlreadyAContact": _IDENTIFIER,
    "ListedAsScam": _IDENTIFIER,
    "NumberCannotBeContact": _IDENTIFIER,
    "Protected": _IDENTIFIER,
    "AlreadyProtected": _IDENTIFIER,
    "AlreadyConfirmed": _IDENTIFIER,
    "AlreadyWarned": _IDENTIFIER,
    "WarnedLately": _IDENTIFIER,
    "OwnerConsentMissing": frozenset({"owner_consent"}),
    "DutyHoursUnreadable": frozenset({"hours"}),
    "ReasonMissing": frozenset({"reason"}),
    "CodeWrong": frozenset({"code"}),
    "StepUpNeeded": frozenset({"code"}),
    "PasswordRefused": frozenset({"password"}),
    "InvitationNotValid": frozenset({"spoken_code"}),
    "EmailUnreadable": frozenset({"email"}),
    "AlreadyStaff": frozenset({"email"}),
    "RoleDoesNotFit": frozenset({"role"}),
    "CommunesMissing": frozenset({"communes"}),
    "SchoolMissing": frozenset({"school"}),
    "ProvinceMissing": frozenset({"province"}),
    "OfficeExists": frozenset({"school"}),
    "SchoolAlreadyRecorded": frozenset({"name"}),
    "SameSchool": frozenset({"into"}),
    "CallbackCodeWrong": frozenset({"callback_code"}),
    "ScriptTooShort": frozenset({"text"}),
    "ScriptTooLong": frozenset({"text"}),
    "ScriptHoldsIdentifier": frozenset({"text"}),
    "ExamplesMissing": frozenset({"scams"}),
    "FileMissing": frozenset({"file"}),
    "FileRefused": frozenset({"file"}),
    "RowUnreadable": frozenset({"verified_at"}),
}
"""The field of a form that a refusal is about, so that the words stand beside it."""
NOT_THE_SAME: Final = Problem(
    "Hai lần nhập mật khẩu không giống nhau. Hãy nhập lại cả hai.", frozenset({"again"})
)
KINDS: Final = tuple(kind.value for kind in IdentifierKind)


@dataclass(frozen=True, slots=True)
class IdentifierTyped:
    """The fields of a form that ask for a number, an account or a link."""

    kind: Annotated[str, Form(max_length=16)] = IdentifierKind.NUMBER.value
    typed: Annotated[str, Form(max_length=500)] = ""
    bank: Annotated[str, Form(max_length=100)] = ""

    def identifier(self, key: str = "") -> tuple[IdentifierKind, str]:
        """Kind and key; `key` where the form was opened with one.

        Raises:
            KeyNotCanonical: it cannot be read.
        """
        if self.kind not in KINDS:
            raise KeyNotCanonical(self.kind)
        kind = IdentifierKind(self.kind)
        return kind, key or key_typed(kind, self.typed, self.bank)


def problem_of(fact: Exception) -> Problem:
    """Why the record refused what a form asked for, and about which field."""
    fields = _FIELDS.get(type(fact).__name__, frozenset())
    if isinstance(fact, PayloadUnreadable):
        fields = _IDENTIFIER if str(fact) == "key" else frozenset({str(fact)})
    return Problem(labels.refusal(fact), fields)


def kinds_to_pick() -> list[tuple[str, str]]:
    """The kinds of identifier, each with its word."""
    return [(kind, labels.label("identifier", kind)) for kind in KINDS]


def reason_in(written: str) -> str:
    """The reason that somebody wrote.

    Raises:
        ReasonMissing: there is none.
    """
    if not written.strip():
        raise approvals.ReasonMissing
    return written.strip()


async def or_again(
    act: Callable[[], Awaitable[Response]], again: Callable[[Problem], Awaitable[Response]]
) -> Response:
    """What the act answers; if it was refused, the page of its form `again`, which says why."""
    try:
        return await act()
    except (KeyNotCanonical, approvals.ReasonMissing) as fact:
        return await again(problem_of(fact))
    except Refused as refused:
        return await again(problem_of(refused.fact))
