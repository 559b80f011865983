"""Attacks on a school's hotline, each with the reason for which it must be refused, and whom they are tried on."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from db import (
    approvals,
    contact_desk,
    models,
    signing_in,
    staff,
)
from db.approval_rules import PayloadUnreadable, ProposalKind, RecordNotFound
from db.approvals import (
    AlreadyProposed,
    ProposalChanged,
    ProposalNotFound,
    ReasonMissing,
    SamePerson,
)
from db.callbacks import CallbackCodeWrong
from db.contact_rules import OwnerConsentMissing
from db.contacts import AlreadyAContact, ContactNotActive, ListedAsScam, NumberCannotBeContact
from db.models import OfficeKind, Role
from db.recordable import ExampleNumber, KeyNotCanonical
from db.rights import Actor, NotAllowed, NotEligible, StepUpNeeded
from scamcheck.duty_hours import DutyHoursUnreadable
from tests.builders import NOW
from tests.db.builders import make_indicator
from tests.db.desk import make_actor, make_office
from tests.db.hotlines import (
    HOTLINE,
    MOBILE,
    NEW,
    School,
    about,
    add,
    approve,
    change,
    hotline_of,
    make_school_with_staff,
)

OTHERS: Final = "+842633111444"
LISTED: Final = "+842633111555"
PROPOSED: Final = "+842633111666"
OFFICERS_OWN: Final = "+842633111777"
FOREIGN: Final = "+85512345678"
PAID: Final = "+841900545413"
NOT_THEIRS: Final = (NotAllowed, RecordNotFound, ProposalNotFound)
FULL_WIDTH_ZERO: Final = "０"

Try = Callable[[AsyncSession], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Attack:
    """What somebody tries, and why it must come to nothing."""

    name: str
    because: type[Exception] | tuple[type[Exception], ...]
    attempt: Try


@dataclass
class Scene:
    """A school with a hotline, a number and a change of it proposed, and everybody who has no say in either."""

    school: School
    other: School
    contact: models.Contact
    foreign: models.Contact
    added: models.Proposal
    changed: models.Proposal
    by_officer: models.Proposal
    teacher_too: Actor
    """The school's proposer, who works at the education office as well."""
    department: Actor
    outsiders: dict[str, Actor] = field(default_factory=dict)


async def make_scene(session: AsyncSession) -> Scene:
    school = await make_school_with_staff(session)
    other = await make_school_with_staff(session, "Trần Ví Dụ")
    contact = await hotline_of(session, school)
    foreign = await hotline_of(session, other, OTHERS)
    await make_indicator(session, LISTED)
    elsewhere = await make_office(session, OfficeKind.EDUCATION_OFFICE, "Phòng xa", communes=("24700",))
    far_police = await make_office(session, name="Công an xa", communes=("24700",))
    member = await session.get_one(models.StaffMember, school.person.staff_id)
    second_role = await staff.give_role(
        session,
        office=await session.get_one(models.Office, school.officer.office_id),
        role=Role.EDUCATION_OFFICER,
        name="",
        email=member.email,
        granted_by="operator:test",
        now=NOW,
    )
    assert isinstance(second_role, models.Membership)
    return Scene(
        school,
        other,
        contact,
        foreign,
        added=await add(session, school.person, school.owner, PROPOSED),
        changed=await change(session, school.person, contact),
        by_officer=await add(session, school.officer, school.owner, OFFICERS_OWN),
        teacher_too=await signing_in.begin_session(session, second_role, "another sign-in", NOW),
        department=await make_actor(
            session, Role.EDUCATION_OFFICER, await make_office(session, OfficeKind.EDUCATION_DEPARTMENT)
        ),
        outsiders={
            "another school": other.person,
            "an office elsewhere": await make_actor(session, Role.EDUCATION_OFFICER, elsewhere),
            "police elsewhere": await make_actor(session, Role.POLICE_OFFICER, far_police),
            "a supervisor": await make_actor(session, Role.POLICE_SUPERVISOR, far_police),
            "an administrator": await make_actor(session, Role.ADMINISTRATOR),
            "an information officer": await make_actor(session, Role.INFORMATION_OFFICER),
            "an auditor": await make_actor(session, Role.AUDITOR),
        },
    )


def by_outsiders(scene: Scene) -> Iterator[Attack]:
    """Whoever is neither of the school nor of its office."""
    for who, actor in scene.outsiders.items():

        def tries(what: str, attempt: Try, who: str = who) -> Attack:
            return Attack(f"{who}: {what}", NOT_THEIRS, attempt)

        yield tries("adds a number", lambda s, a=actor: add(s, a, scene.school.owner, "+842633111888"))
        yield tries("changes it", lambda s, a=actor: change(s, a, scene.contact))
        yield tries(
            "takes it away as lost",
            lambda s, a=actor: about(s, a, scene.contact, ProposalKind.WITHDRAW_CONTACT, why="lost"),
        )
        yield tries("approves the new number", lambda s, a=actor: approve(s, a, scene.added))
        yield tries("approves the change", lambda s, a=actor: approve(s, a, scene.changed))
        yield tries("freezes it", lambda s, a=actor: freeze(s, a, scene.contact))
        yield tries("reconfirms it", lambda s, a=actor: reconfirm(s, a, scene.contact))


async def freeze(session: AsyncSession, actor: Actor, contact: models.Contact) -> None:
    await contact_desk.freeze(session, actor=actor, contact_id=contact.id, reason="thử", now=NOW)


async def reconfirm(
    session: AsyncSession, actor: Actor, contact: models.Contact, *, version: int | None = None
) -> None:
    seen = contact.version if version is None else version
    await contact_desk.reconfirm(session, actor=actor, contact_id=contact.id, version=seen, now=NOW)


async def withdraw_version(
    session: AsyncSession, actor: Actor, contact: models.Contact, version: int
) -> models.Proposal:
    return await approvals.propose(
        session,
        actor=actor,
        kind=ProposalKind.WITHDRAW_CONTACT,
        payload={"contact": str(contact.id), "version": str(version)},
        reason="thử",
        now=NOW,
    )


async def revise(
    session: AsyncSession, actor: Actor, proposal: models.Proposal, payload: dict[str, str]
) -> models.Proposal:
    return await approvals.revise(
        session, actor=actor, proposal_id=proposal.public_id, payload=payload, reason="sửa", now=NOW
    )


def by_one_person(scene: Scene) -> Iterator[Attack]:
    """Whoever proposed it, alone, in another role, or as a colleague who may not."""
    person, officer = scene.school.person, scene.school.officer
    for name, proposal in (("new number", scene.added), ("change", scene.changed)):
        yield Attack(f"own {name}", NotAllowed, lambda s, p=proposal: approve(s, person, p))
        yield Attack(
            f"own {name}, in another role", SamePerson, lambda s, p=proposal: approve(s, scene.teacher_too, p)
        )
        yield Attack(
            f"{name}, by the department where the office has two",
            ProposalNotFound,
            lambda s, p=proposal: approve(s, scene.department, p),
        )
    yield Attack("the office's own", SamePerson, lambda s: approve(s, officer, scene.by_officer))
    yield Attack("proposed twice", AlreadyProposed, lambda s: add(s, person, scene.school.owner, PROPOSED))
    yield Attack(
        "another's proposal is revised",
        ProposalNotFound,
        lambda s: revise(s, officer, scene.added, {"key": HOTLINE}),
    )
    yield Attack(
        "a proposal becomes another school's",
        RecordNotFound,
        lambda s: revise(s, person, scene.added, contact_of_payload(scene.other.owner, PROPOSED)),
    )


def contact_of_payload(owner: str, key: str) -> dict[str, str]:
    return {"owner": owner, "kind": "number", "key": key, "source": "x", "verified_at": "2026-11-20"}


def with_the_wrong_proof(scene: Scene) -> Iterator[Attack]:
    """Whoever may approve, but does not prove what must be proven."""
    officer = scene.school.officer
    late, ended = NOW + timedelta(minutes=6), NOW + timedelta(hours=72)
    for name, proposal in (("new number", scene.added), ("change", scene.changed)):
        wrong = "000000" if proposal.callback_code != "000000" else "111111"
        for what, because, changed in (
            ("without having called", CallbackCodeWrong, {"callback_code": ""}),
            ("with digits that nobody said", CallbackCodeWrong, {"callback_code": wrong}),
            ("with a version that was not seen", ProposalChanged, {"version_hash": "0" * 64}),
            ("without a reason", ReasonMissing, {"reason": " "}),
            ("with an old second factor", StepUpNeeded, {"now": late}),
            ("with a guessed address", ProposalNotFound, {"proposal_id": "khong-co"}),
            ("in a sign-in of three days ago", NotEligible, {"now": ended}),
        ):
            yield Attack(
                f"{name}, {what}", because, lambda s, p=proposal, c=changed: approve(s, officer, p, **c)
            )


def with_the_wrong_number(scene: Scene) -> Iterator[Attack]:
    """The school's own staff, with a number that may not be its hotline."""
    person, owner = scene.school.person, scene.school.owner
    for key, because, fields in (
        (LISTED, ListedAsScam, {}),
        (OTHERS, AlreadyAContact, {}),
        (FOREIGN, NumberCannotBeContact, {}),
        (PAID, NumberCannotBeContact, {}),
        ("short:113", (NumberCannotBeContact, AlreadyAContact), {}),
        (MOBILE, OwnerConsentMissing, {}),
        ("0263 3111 999", KeyNotCanonical, {}),
        ("+842630111009", ExampleNumber, {}),
        (NEW, DutyHoursUnreadable, {"hours": "ngày nắng"}),
        (NEW, PayloadUnreadable, {"verified_at": "hôm qua"}),
        (NEW, PayloadUnreadable, {"cool_off": "0"}),
    ):
        yield Attack(
            f"adds {key} {fields}", because, lambda s, k=key, f=fields: add(s, person, owner, k, **f)
        )
    for key, because in ((LISTED, ListedAsScam), (OTHERS, AlreadyAContact), (FOREIGN, NumberCannotBeContact)):
        yield Attack(f"changes to {key}", because, lambda s, k=key: change(s, person, scene.contact, k))
    yield Attack(
        "takes away what somebody changed meanwhile",
        ContactNotActive,
        lambda s: withdraw_version(s, person, scene.contact, scene.contact.version + 1),
    )
    yield Attack(
        "reconfirms what somebody changed meanwhile",
        ContactNotActive,
        lambda s: reconfirm(s, person, scene.contact, version=scene.contact.version + 1),
    )
    yield Attack("changes another school's", RecordNotFound, lambda s: change(s, person, scene.foreign))
    yield Attack("adds to another school", RecordNotFound, lambda s: add(s, person, scene.other.owner, NEW))
    for owner_typed in ("school:", "school:-1", f"school:{'9' * 30}", "organisation:x", "truong:1"):
        yield Attack(
            f"adds to {owner_typed[:20]}",
            PayloadUnreadable,
            lambda s, o=owner_typed: add(s, person, o, NEW),
        )


def attacks(scene: Scene) -> list[Attack]:
    return [
        *by_outsiders(scene),
        *by_one_person(scene),
        *with_the_wrong_proof(scene),
        *with_the_wrong_number(scene),
    ]
