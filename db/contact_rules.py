"""Rules of the two-person engine for official contacts: schools', police units', and other organisations'."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from db import contacts, models, notices, rights
from db.approval_rules import (
    Case,
    Payload,
    PayloadUnreadable,
    Prepared,
    ProposalKind,
    RecordNotFound,
    Rule,
    choice_in,
    date_in,
    number_in,
)
from db.models import OfficeKind, Role
from db.recordable import phone_number
from db.rights import Permission
from scamcheck.claims import OwnerKind
from scamcheck.duty_hours import parse_duty_hours
from scamcheck.knowledge import IdentifierKind
from scamcheck.phone import PhoneKind

COOL_OFF: Final = timedelta(hours=24)
"""A new number shows only then: time for everyone concerned to notice a take-over."""
CONFIRMED_FOR: Final = timedelta(days=365)
LOST: Final = "lost"
"""The `why` of a change or withdrawal: mất / không còn dùng. The old number is hidden at once."""
YES: Final = "yes"

_DETAILS_REQUIRED: Final = frozenset({"kind", "key", "source", "verified_at"})
_DETAILS_OPTIONAL: Final = frozenset({"printed", "label", "hours", "backup", "owner_consent"})


class OwnerConsentMissing(ValueError):
    """A mobile number is somebody's own: they must have agreed that it is shown, and the proposal says so."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose contact it is."""

    school: models.School | None = None
    organisation: models.Organisation | None = None

    @property
    def row(self) -> models.School | models.Organisation:
        """The row itself."""
        found = self.school or self.organisation
        assert found is not None  # noqa: S101  # one of the two, by construction
        return found


async def contact_of(session: AsyncSession, payload: Payload) -> models.Contact:
    """The contact that a payload names, shown or frozen, with its owner.

    Raises:
        RecordNotFound: there is none.
    """
    contact = await session.scalar(
        select(models.Contact)
        .options(joinedload(models.Contact.school), joinedload(models.Contact.organisation))
        .where(models.Contact.id == number_in(payload, "contact"), models.Contact.status.in_(contacts.KEPT))
    )
    if contact is None:
        raise RecordNotFound(payload["contact"])
    return contact


async def may_keep(session: AsyncSession, office: models.Office, role: Role, owner: Owner) -> bool:
    """Whether staff of this role at this office may propose for this owner.

    A school's staff for their school, an education office for its schools, a police unit for itself, an
    administrator for hospitals, banks and agencies.
    """
    if owner.school is not None:
        keeps = role in (Role.SCHOOL_STAFF, Role.EDUCATION_OFFICER)
        return keeps and await rights.responsible_for(session, office, owner.school.id)
    assert owner.organisation is not None  # noqa: S101  # see Owner
    if owner.organisation.kind is OwnerKind.POLICE:
        return office.kind in rights.POLICE and office.organisation_id == owner.organisation.id
    return role is Role.ADMINISTRATOR


async def _owner(session: AsyncSession, payload: Payload) -> Owner:
    kind, _, id_ = payload["owner"].partition(":")
    number = number_in({"owner": id_}, "owner")
    if kind == "school":
        school = await session.get(models.School, number)
        if school is not None and school.status is models.RecordState.ACTIVE:
            return Owner(school=school)
    elif kind == "organisation":
        organisation = await session.get(models.Organisation, number)
        if organisation is not None and organisation.status is models.RecordState.ACTIVE:
            return Owner(organisation=organisation)
    else:
        raise PayloadUnreadable("owner")
    raise RecordNotFound(payload["owner"])


async def _require_good_details(
    session: AsyncSession, payload: Payload, owner: Owner
) -> tuple[IdentifierKind, str]:
    kind, key = choice_in(payload, "kind", IdentifierKind), payload["key"]
    date_in(payload, "verified_at")
    parse_duty_hours(payload.get("hours", ""))
    await contacts.require_possible(session, owner.row, kind, key, is_example=owner.row.is_example)
    if kind is IdentifierKind.NUMBER and owner.school is not None:
        personal = phone_number(key).kind is PhoneKind.MOBILE
        if personal and not payload.get("owner_consent", "").strip():
            raise OwnerConsentMissing(key)
    return kind, key


async def _require_keeper(session: AsyncSession, case: Case, owner: Owner) -> None:
    same_world = owner.row.is_example == case.is_example  # the demo's staff keep the demo's records only
    if not (same_world and await may_keep(session, case.proposer.office, case.proposer.role, owner)):
        raise RecordNotFound(case.subject or "owner")


async def _prepare_add(session: AsyncSession, case: Case, now: datetime) -> Prepared:  # noqa: ARG001
    owner = await _owner(session, case.payload)
    await _require_keeper(session, case, owner)
    kind, key = await _require_good_details(session, case.payload, owner)
    if await contacts.is_active_contact(session, kind, key):
        raise contacts.AlreadyAContact(key)
    return Prepared(f"{kind.value}:{key}", None if owner.school is None else owner.school.id)


async def _prepare_existing(session: AsyncSession, case: Case, now: datetime) -> Prepared:  # noqa: ARG001
    contact = await contact_of(session, case.payload)
    owner = Owner(contact.school, contact.organisation)
    await _require_keeper(session, case, owner)
    if contact.version != number_in(case.payload, "version"):
        raise contacts.ContactNotActive(contact.id)
    if "key" in case.payload:
        kind, key = await _require_good_details(session, case.payload, owner)
        if (kind, key) != (contact.kind, contact.key) and await contacts.is_active_contact(
            session, kind, key
        ):
            raise contacts.AlreadyAContact(key)
    return Prepared(f"contact:{contact.id}", contact.school_id)


async def _may_approve(session: AsyncSession, approver: models.Membership, case: Case) -> bool:
    if case.school_id is not None:
        return approver.role is Role.EDUCATION_OFFICER and (
            await rights.responsible_for(session, approver.office, case.school_id)
            or await rights.second_for(session, approver.office, case.school_id)
        )
    if approver.role is not Role.POLICE_SUPERVISOR:
        return False
    if case.proposer.role is Role.ADMINISTRATOR:
        return True
    return same_or_province(approver.office, case.proposer.office)


def same_or_province(second: models.Office, first: models.Office) -> bool:
    """Whether a police office may be second to another: the same one, or the province's."""
    return second.id == first.id or (
        second.kind is OfficeKind.PROVINCE_POLICE
        and second.province == first.province
        and second.is_example == first.is_example
    )


async def _may_still_propose(session: AsyncSession, proposer: models.Membership, case: Case) -> bool:
    if "owner" in case.payload:
        owner = await _owner(session, case.payload)
    else:
        contact = await contact_of(session, case.payload)
        owner = Owner(contact.school, contact.organisation)
    return await may_keep(session, proposer.office, proposer.role, owner)


async def _apply_add(session: AsyncSession, case: Case, now: datetime) -> str:
    contact = await _add(session, case, await _owner(session, case.payload), now)
    return f"contact:{contact.id}"


async def _apply_change(session: AsyncSession, case: Case, now: datetime) -> str:
    old = await contact_of(session, case.payload)
    await contacts.withdraw_contact(session, old.id, version=_version_now(old, case), now=now)
    contact = await _add(session, case, Owner(old.school, old.organisation), now)
    return f"contact:{contact.id}"


async def _apply_withdraw(session: AsyncSession, case: Case, now: datetime) -> str:
    old = await contact_of(session, case.payload)
    await contacts.withdraw_contact(session, old.id, version=_version_now(old, case), now=now)
    return case.subject


async def _apply_unfreeze(session: AsyncSession, case: Case, now: datetime) -> str:
    frozen = await contact_of(session, case.payload)
    await contacts.unfreeze_contact(session, frozen.id, version=number_in(case.payload, "version"), now=now)
    return case.subject


def _version_now(contact: models.Contact, case: Case) -> int:
    """The version that the proposer saw; hiding a lost number was this very proposal's doing."""
    seen = number_in(case.payload, "version")
    lost = case.payload.get("why") == LOST and contact.status is models.RecordState.SUSPENDED
    return seen + 1 if lost and contact.version == seen + 1 else seen


async def _add(session: AsyncSession, case: Case, owner: Owner, now: datetime) -> models.Contact:
    payload = case.payload
    verified_at = date_in(payload, "verified_at")
    return await contacts.add_contact(
        session,
        owner=owner.row,
        kind=choice_in(payload, "kind", IdentifierKind),
        key=payload["key"],
        printed_as=payload.get("printed", ""),
        label=payload.get("label", ""),
        hours=payload.get("hours", ""),
        is_backup=payload.get("backup") == YES,
        source=payload["source"],
        document=case.document,
        verified_at=verified_at,
        expires_at=datetime(verified_at.year, verified_at.month, verified_at.day, tzinfo=UTC) + CONFIRMED_FOR,
        approved_by=case.approved_by,
        is_example=owner.row.is_example,
        now=now,
    )


async def _cool_off(session: AsyncSession, case: Case) -> timedelta:
    old = await contact_of(session, case.payload)
    same = (old.kind.value, old.key) == (case.payload["kind"], case.payload["key"])
    return timedelta() if same else COOL_OFF


async def _hide_what_is_lost(session: AsyncSession, case: Case, now: datetime) -> None:
    contact = await contact_of(session, case.payload)
    if case.payload.get("why") == LOST and contact.status is models.RecordState.ACTIVE:
        await contacts.freeze_contact(
            session, contact.id, version=number_in(case.payload, "version"), now=now
        )
    await _tell(session, case, f"{case.subject} proposed", now)


async def _tell_approved(session: AsyncSession, case: Case, now: datetime) -> None:
    await _tell(session, case, f"{case.subject} approved", now)


async def _tell(session: AsyncSession, case: Case, what: str, now: datetime) -> None:
    subject, _, topic = what.partition(" ")
    offices = {case.proposer.office_id}
    if case.school_id is not None:
        offices.update(await notices.offices_concerned(session, case.school_id))
    await notices.tell(session, offices, topic=f"contact.{topic}", subject=subject, now=now)


_PROPOSE: Final = frozenset({Permission.PROPOSE_CONTACT})
_APPROVE: Final = frozenset({Permission.APPROVE_SCHOOL_CONTACT, Permission.APPROVE_POLICE_CONTACT})

RULES: Final = {
    ProposalKind.ADD_CONTACT: Rule(
        propose=_PROPOSE,
        approve=_APPROVE,
        required=_DETAILS_REQUIRED | {"owner"},
        optional=_DETAILS_OPTIONAL,
        prepare=_prepare_add,
        may_approve=_may_approve,
        may_still_propose=_may_still_propose,
        apply=_apply_add,
        callback=True,
        on_approved=_tell_approved,
    ),
    ProposalKind.CHANGE_CONTACT: Rule(
        propose=_PROPOSE,
        approve=_APPROVE,
        required=_DETAILS_REQUIRED | {"contact", "version"},
        optional=_DETAILS_OPTIONAL | {"why"},
        prepare=_prepare_existing,
        may_approve=_may_approve,
        may_still_propose=_may_still_propose,
        apply=_apply_change,
        cool_off=_cool_off,
        callback=True,
        on_proposed=_hide_what_is_lost,
        on_approved=_tell_approved,
    ),
    ProposalKind.WITHDRAW_CONTACT: Rule(
        propose=_PROPOSE,
        approve=_APPROVE,
        required=frozenset({"contact", "version"}),
        optional=frozenset({"why"}),
        prepare=_prepare_existing,
        may_approve=_may_approve,
        may_still_propose=_may_still_propose,
        apply=_apply_withdraw,
        on_proposed=_hide_what_is_lost,
        on_approved=_tell_approved,
    ),
    ProposalKind.UNFREEZE_CONTACT: Rule(
        propose=_PROPOSE,
        approve=_APPROVE,
        required=frozenset({"contact", "version"}),
        optional=frozenset(),
        prepare=_prepare_existing,
        may_approve=_may_approve,
        may_still_propose=_may_still_propose,
        apply=_apply_unfreeze,
        on_approved=_tell_approved,
    ),
}
