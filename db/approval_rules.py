"""What the two-person engine needs to know of each kind of change: who may, and what follows."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from db import models
from db.rights import Permission

Choice = TypeVar("Choice", bound=StrEnum)

_MOST_DIGITS: Final = 18
"""More may not fit a 64-bit id."""


class ProposalKind(StrEnum):
    """Kinds of change that need a second person."""

    ADD_CONTACT = "add_contact"
    CHANGE_CONTACT = "change_contact"
    WITHDRAW_CONTACT = "withdraw_contact"
    UNFREEZE_CONTACT = "unfreeze_contact"
    CONFIRM_INDICATOR = "confirm_indicator"
    WITHDRAW_INDICATOR = "withdraw_indicator"
    RESTORE_INDICATOR = "restore_indicator"
    ADD_SCRIPT = "add_script"
    WITHDRAW_SCRIPT = "withdraw_script"
    PROTECT_NUMBER = "protect_number"
    UNPROTECT_NUMBER = "unprotect_number"
    ACTIVATE_IMPORT = "activate_import"
    GRANT_ROLE = "grant_role"
    RESET_SECOND_FACTOR = "reset_second_factor"
    RESET_PASSWORD = "reset_password"  # noqa: S105  # the name of a kind
    CHANGE_OFFICE = "change_office"
    RENAME_SCHOOL = "rename_school"
    MERGE_SCHOOL = "merge_school"
    CLOSE_SCHOOL = "close_school"


class PayloadUnreadable(ValueError):
    """A field of the proposal is missing, unknown or not of its form; the message names it."""


class RecordNotFound(LookupError):
    """What the proposal is about is not in the registry, or not within the proposer's area."""


Payload = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a proposal is about, found out while proposing."""

    subject: str
    school_id: int | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A proposal as its rule sees it: who proposed in which office, and what."""

    payload: Payload
    proposer: models.Membership
    subject: str = ""
    school_id: int | None = None
    reason: str = ""
    document: str = ""
    approved_by: str = ""
    """Both persons, once there are two."""

    @property
    def is_example(self) -> bool:
        """Whether this is the demo's: its staff make demo records only."""
        return self.proposer.staff.is_example


Prepare = Callable[[AsyncSession, Case, datetime], Awaitable[Prepared]]
MayApprove = Callable[[AsyncSession, models.Membership, Case], Awaitable[bool]]
Apply = Callable[[AsyncSession, Case, datetime], Awaitable[str]]
CoolOff = Callable[[AsyncSession, Case], Awaitable[timedelta]]
OnProposed = Callable[[AsyncSession, Case, datetime], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of change."""

    propose: frozenset[Permission]
    """A proposer has one of these."""
    approve: frozenset[Permission]
    """An approver has one of these, and `may_approve` agrees."""
    required: frozenset[str]
    optional: frozenset[str]
    prepare: Prepare
    """Checks payload, area and rules that can be checked already; raises what `db` raises."""
    may_approve: MayApprove
    """Whether this office may be the second one, as things are now."""
    apply: Apply
    """Makes the change; returns what it made, such as "contact:31"."""
    may_still_propose: MayApprove | None = None
    """Whether the proposer's office may still do so at the decision; without it the permission is enough."""
    cool_off: CoolOff | None = None
    callback: bool = False
    """Whether whoever approves calls back and types the digits that the proposer sees."""
    on_proposed: OnProposed | None = None
    on_approved: OnProposed | None = None


def require_fields(payload: Payload, rule: Rule) -> None:
    """Refuse unknown, missing and empty fields.

    Raises:
        PayloadUnreadable: names the field.
    """
    for name in sorted(payload.keys() - rule.required - rule.optional):
        raise PayloadUnreadable(name)
    for name in sorted(rule.required):
        if not payload.get(name, "").strip():
            raise PayloadUnreadable(name)


def number_in(payload: Payload, name: str) -> int:
    """A whole number of the payload.

    Raises:
        PayloadUnreadable: it is none.
    """
    written = payload[name]
    if not (written.isascii() and written.isdigit() and len(written) <= _MOST_DIGITS):
        raise PayloadUnreadable(name)
    return int(written)


def date_in(payload: Payload, name: str) -> date:
    """A date of the payload, written 2026-11-24.

    Raises:
        PayloadUnreadable: it is none.
    """
    try:
        return date.fromisoformat(payload[name])
    except ValueError:
        raise PayloadUnreadable(name) from None


def choice_in(payload: Payload, name: str, choices: type[Choice]) -> Choice:
    """One of an enum's values.

    Raises:
        PayloadUnreadable: it is none.
    """
    try:
        return choices(payload[name])
    except ValueError:
        raise PayloadUnreadable(name) from None
