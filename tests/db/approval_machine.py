"""A machine that plays the two-person engine at random, with people who change, leave and come back.

After every step it compares the records with what it saw being decided: nothing is listed without two
distinct people who both were eligible at that moment, and each decision was made once, on what was seen.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db import approvals, audit, invitations, models, proposal_clock, proposal_record, rights, staff
from db.approval_rules import ProposalKind
from db.engine import Database
from db.migrate import upgrade
from db.models import IndicatorState, OfficeKind, ProposalStatus, Role
from db.rights import Actor
from tests.builders import NOW
from tests.db.builders import make_commune
from tests.db.desk import later, make_actor, make_confirmation, make_office

T = TypeVar("T")

OTHER_COMMUNE: Final = "24999"
NUMBERS: Final = tuple(f"+8491200000{digit}" for digit in range(4))
ROLES: Final = (Role.POLICE_OFFICER, Role.POLICE_SUPERVISOR, Role.ADMINISTRATOR, Role.SCHOOL_STAFF)

TWISTS: Final = (
    "none",
    "whoever",
    "same person",
    "same mailbox",
    "stale",
    "revised",
    "proposer out",
    "approver out",
    "proposer elsewhere",
    "approver elsewhere",
    "late",
    "taken back",
    "twice",
)
"""What may happen between a proposal and its approval; most of it must stop the approval."""

_template: Path | None = None


def migrated_copy(folder: Path) -> Path:
    """A migrated SQLite file; migrating takes longer than a hundred steps."""
    global _template  # noqa: PLW0603
    if _template is None:
        _template = Path(tempfile.mkdtemp(prefix="goilai-machine-")) / "template.db"
        asyncio.run(upgrade(f"sqlite:///{_template}"))
    path = folder / "machine.db"
    shutil.copy(_template, path)
    return path


POLICE: Final = frozenset({Role.POLICE_OFFICER, Role.POLICE_SUPERVISOR})
ADMINISTRATORS: Final = frozenset({Role.ADMINISTRATOR})
ELIGIBLE: Final = {
    ProposalKind.CONFIRM_INDICATOR: (POLICE, frozenset({Role.POLICE_SUPERVISOR})),
    ProposalKind.WITHDRAW_INDICATOR: (POLICE, frozenset({Role.POLICE_SUPERVISOR})),
    ProposalKind.RESET_SECOND_FACTOR: (ADMINISTRATORS, ADMINISTRATORS),
    ProposalKind.CHANGE_OFFICE: (ADMINISTRATORS, ADMINISTRATORS),
}
"""Roles that may propose and approve, written down here once more and not asked of the engine."""


@dataclass
class Seen:
    """A proposal as somebody had it before them."""

    public_id: str
    version_hash: str
    payload: dict[str, str]


def seen_of(made: models.Proposal) -> Seen:
    return Seen(made.public_id, made.version_hash, proposal_record.payload_of(made))


@dataclass
class Decision:
    """What the machine itself saw being approved."""

    kind: ProposalKind
    proposer: str
    approver: str
    payload: dict[str, str] = field(default_factory=dict)


class ApprovalMachine(RuleBasedStateMachine):
    """People, proposals, decisions, and time."""

    people = Bundle("people")
    proposals = Bundle("proposals")

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory(prefix="goilai-machine-")
        self.database = Database(f"sqlite:///{migrated_copy(Path(self.folder.name))}")
        self.now: datetime = NOW
        self.decisions: dict[str, Decision] = {}
        self.steps = 0
        self.played = 0
        """Rules played so far."""

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        self.steps += 1
        return self.loop.run_until_complete(work)

    async def act(self, actor: Actor, work: Callable[[AsyncSession], Awaitable[T]]) -> T | None:
        """The result of what somebody does; None when it is refused."""
        try:
            async with audit.acting(
                self.database, actor=actor, action="machine", subject="step", now=self.now
            ) as session:
                return await work(session)
        except (ValueError, LookupError, PermissionError):
            return None

    def teardown(self) -> None:
        self.run(self.database.close())
        self.loop.close()
        self.folder.cleanup()

    @initialize(target=people)
    def offices(self) -> Any:
        async def make() -> dict[OfficeKind, models.Office]:
            async with self.database.transaction() as session:
                await make_commune(session, OTHER_COMMUNE, "xã Khác")
                return {
                    kind: await make_office(session, kind)
                    for kind in (
                        OfficeKind.COMMUNE_POLICE,
                        OfficeKind.PROVINCE_POLICE,
                        OfficeKind.OPERATOR,
                        OfficeKind.SCHOOL,
                    )
                }

        self.office = self.run(make())
        self.administrator = self.run(self.hire(Role.ADMINISTRATOR, OfficeKind.OPERATOR, "boss"))
        return multiple(
            self.run(self.hire(Role.ADMINISTRATOR, OfficeKind.OPERATOR, "deputy")),
            self.run(self.hire(Role.POLICE_OFFICER, OfficeKind.COMMUNE_POLICE, "officer")),
            self.run(self.hire(Role.POLICE_SUPERVISOR, OfficeKind.PROVINCE_POLICE, "supervisor")),
            self.run(self.hire(Role.POLICE_SUPERVISOR, OfficeKind.COMMUNE_POLICE, "local")),
        )

    async def hire(self, role: Role, kind: OfficeKind, name: str) -> Actor:
        async with self.database.transaction() as session:
            return await make_actor(
                session, role, self.office[kind], email=f"{name}@vi-du.example", now=self.now
            )

    @rule(target=people, role=st.sampled_from(ROLES), at_province=st.booleans())
    def join(self, role: Role, at_province: bool) -> Actor:
        kind = {Role.ADMINISTRATOR: OfficeKind.OPERATOR, Role.SCHOOL_STAFF: OfficeKind.SCHOOL}.get(
            role, OfficeKind.PROVINCE_POLICE if at_province else OfficeKind.COMMUNE_POLICE
        )
        return self.run(self.hire(role, kind, f"p{self.steps}"))

    @rule(
        target=proposals,
        actor=people,
        key=st.sampled_from(NUMBERS),
        source=st.sampled_from(("đơn", "tin báo")),
        draft=st.booleans(),
    )
    def propose(self, actor: Actor, key: str, source: str, draft: bool) -> Any:
        payload = {"kind": "number", "key": key, "source": source, "verified_at": "2026-11-20"}
        made = self.run(
            self.act(
                actor,
                lambda session: approvals.propose(
                    session,
                    actor=actor,
                    kind=ProposalKind.CONFIRM_INDICATOR,
                    payload=payload,
                    reason="vì vậy",
                    draft=draft,
                    now=self.now,
                ),
            )
        )
        return multiple() if made is None else Seen(made.public_id, made.version_hash, payload)

    @rule(target=proposals, actor=people, key=st.sampled_from(NUMBERS))
    def propose_withdrawal(self, actor: Actor, key: str) -> Any:
        async def work(session: AsyncSession) -> models.Proposal:
            row = await session.scalar(
                select(models.Indicator).where(
                    models.Indicator.key == key, models.Indicator.status == IndicatorState.CONFIRMED
                )
            )
            payload = {"indicator": str(row.id if row else 0), "version": str(row.version if row else 0)}
            return await approvals.propose(
                session,
                actor=actor,
                kind=ProposalKind.WITHDRAW_INDICATOR,
                payload=payload,
                reason="nhầm",
                now=self.now,
            )

        made = self.run(self.act(actor, work))
        return multiple() if made is None else seen_of(made)

    @rule(target=proposals, actor=people, seen=proposals, source=st.sampled_from(("ảnh", "công văn")))
    def revise(self, actor: Actor, seen: Seen, source: str) -> Any:
        payload = {**seen.payload, "source": source}
        made = self.run(
            self.act(
                actor,
                lambda session: approvals.revise(
                    session,
                    actor=actor,
                    proposal_id=seen.public_id,
                    payload=payload,
                    reason="bổ sung",
                    now=self.now,
                ),
            )
        )
        return multiple() if made is None else Seen(made.public_id, made.version_hash, payload)

    @rule(actor=people, seen=proposals)
    def submit(self, actor: Actor, seen: Seen) -> None:
        self.run(
            self.act(
                actor,
                lambda session: approvals.submit(
                    session, actor=actor, proposal_id=seen.public_id, now=self.now
                ),
            )
        )

    @rule(actor=people, seen=proposals, fresh=st.booleans())
    def approve(self, actor: Actor, seen: Seen, fresh: bool) -> None:
        if fresh:
            self.run(self.prove(actor))
        made = self.run(
            self.act(
                actor,
                lambda session: approvals.approve(
                    session,
                    actor=actor,
                    proposal_id=seen.public_id,
                    version_hash=seen.version_hash,
                    reason="đồng ý",
                    now=self.now,
                ),
            )
        )
        if made is not None:
            self.run(self.check_approval(actor, made, seen))

    async def check_approval(self, actor: Actor, made: models.Proposal, seen: Seen) -> None:
        assert made.public_id not in self.decisions, "approved twice"
        assert proposal_record.payload_of(made) == seen.payload, "approved something else than was seen"
        async with self.database.reading() as session:
            proposer = await rights.standing(session, made.proposer_membership_id)
            approver = await rights.standing(session, actor.membership_id)
            assert proposer.staff_id != approver.staff_id
            assert proposer.staff.email_key != approver.staff.email_key
            assert approver.staff.email_key != made.proposer_email_key
            kind = ProposalKind(made.kind)
            may_propose, may_approve = ELIGIBLE[kind]
            assert proposer.role in may_propose
            assert approver.role in may_approve
            row = await session.get_one(models.StaffSession, actor.session_id)
            assert row.ended_at is None
            assert self.now - row.stepped_up_at <= timedelta(minutes=5)
        decision = Decision(kind, proposer.staff.public_id, approver.staff.public_id, seen.payload)
        self.decisions[made.public_id] = decision
        self.approved(decision)

    def approved(self, decision: Decision) -> None:
        """What a machine of more kinds takes note of."""

    @rule(number=st.integers(100, 999), twist=st.sampled_from(TWISTS), approver=people)
    def go_the_whole_way(self, number: int, twist: str, approver: Actor) -> None:
        """Somebody proposes, something happens, and somebody with a fresh second factor approves."""
        proposer = self.join(role=Role.POLICE_SUPERVISOR, at_province=True)
        if twist != "whoever":
            approver = self.join(role=Role.POLICE_SUPERVISOR, at_province=True)
        key = f"+84912000{number}"
        self.go_on(
            proposer,
            approver,
            twist,
            lambda session: make_confirmation(session, proposer, key, now=self.now),
        )

    def go_on(  # noqa: C901  # a case each
        self,
        proposer: Actor,
        approver: Actor,
        twist: str,
        propose: Callable[[AsyncSession], Awaitable[models.Proposal]],
    ) -> None:
        made = self.run(self.act(proposer, propose))
        if made is None:
            return
        seen = seen_of(made)
        match twist:
            case "same person":
                approver = proposer
            case "same mailbox":
                self.change_address(actor=proposer, other=approver)
            case "stale":
                self.now += timedelta(minutes=6)
            case "revised":
                self.revise(actor=proposer, seen=seen, source="công văn")
            case "proposer out":
                self.disable(actor=proposer)
            case "approver out":
                self.disable(actor=approver)
            case "proposer elsewhere":
                self.change_role(actor=proposer, role=Role.SCHOOL_STAFF)
            case "approver elsewhere":
                self.change_role(actor=approver, role=Role.POLICE_OFFICER)
            case "late":
                self.now += timedelta(hours=72)
            case "taken back":
                self.take_back(actor=proposer, seen=seen)
        self.approve(actor=approver, seen=seen, fresh=twist != "stale")
        if twist == "twice":
            self.approve(actor=approver, seen=seen, fresh=True)
        self.take_back(actor=proposer, seen=seen)  # or it would be in the way of the next

    @rule(actor=people, seen=proposals)
    def reject(self, actor: Actor, seen: Seen) -> None:
        self.run(
            self.act(
                actor,
                lambda session: approvals.reject(
                    session,
                    actor=actor,
                    proposal_id=seen.public_id,
                    version_hash=seen.version_hash,
                    reason="không",
                    now=self.now,
                ),
            )
        )

    @rule(actor=people, seen=proposals)
    def take_back(self, actor: Actor, seen: Seen) -> None:
        self.run(
            self.act(
                actor,
                lambda session: approvals.take_back(
                    session, actor=actor, proposal_id=seen.public_id, reason="thôi", now=self.now
                ),
            )
        )

    @rule(actor=people)
    def disable(self, actor: Actor) -> None:
        self.run(
            self.act(
                self.administrator,
                lambda session: staff.disable(
                    session,
                    actor=self.administrator,
                    public_id=actor.public_id,
                    reason="nghỉ",
                    now=self.now,
                ),
            )
        )

    @rule(target=people, actor=people, role=st.sampled_from((Role.POLICE_OFFICER, Role.POLICE_SUPERVISOR)))
    def invite_again(self, actor: Actor, role: Role) -> Actor:
        """Somebody gets a further role, or comes back; they go on in the new one."""

        async def give() -> Actor:
            async with self.database.transaction() as session:
                member = await session.get_one(models.StaffMember, actor.staff_id)
                try:
                    given = await staff.give_role(
                        session,
                        office=self.office[OfficeKind.PROVINCE_POLICE],
                        role=role,
                        name="",
                        email=member.email_key,
                        granted_by="staff:a+b",
                        now=self.now,
                    )
                except invitations.AlreadyStaff:
                    return actor
                if isinstance(given, models.Invitation):
                    return actor
                from db.signing_in import begin_session  # noqa: PLC0415

                return await begin_session(session, given, f"token-{self.steps}", self.now)

        return self.run(give())

    @rule(actor=people, role=st.sampled_from(ROLES))
    def change_role(self, actor: Actor, role: Role) -> None:
        self.run(self.change(models.Membership, models.Membership.id == actor.membership_id, role=role))

    @rule(actor=people, other=people)
    def change_address(self, actor: Actor, other: Actor) -> None:
        key = f"new{self.steps}@vi-du.example"
        self.run(self.change(models.StaffMember, models.StaffMember.id == actor.staff_id, email_key=key))
        # … and the free address may be taken by somebody else.
        if other.staff_id != actor.staff_id:
            self.run(
                self.change(
                    models.StaffMember, models.StaffMember.id == other.staff_id, email_key=actor.person_key
                )
            )

    @rule(actor=people)
    def move(self, actor: Actor) -> None:
        office = self.office[OfficeKind.COMMUNE_POLICE].id
        self.run(
            self.change(models.Membership, models.Membership.id == actor.membership_id, office_id=office)
        )

    async def change(self, table: type[models.Base], which: Any, **values: object) -> None:
        from sqlalchemy.exc import IntegrityError  # noqa: PLC0415

        try:
            async with self.database.transaction() as session:
                await session.execute(update(table).where(which).values(**values))
        except IntegrityError:
            pass  # an address or a role that somebody has already

    async def prove(self, actor: Actor) -> None:
        async with self.database.transaction() as session:
            row = await session.get_one(models.StaffSession, actor.session_id)
            if row.ended_at is None:
                await later(session, actor, self.now)

    @rule(minutes=st.sampled_from((1, 4, 6, 60, 60 * 71, 60 * 73)))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

        async def clock() -> None:
            async with self.database.transaction() as session:
                await proposal_clock.expire_old(session, self.now)
                await proposal_clock.activate_due(session, self.now)

        self.run(clock())

    @invariant()
    def nothing_is_listed_without_two_people(self) -> None:
        if not hasattr(self, "office"):
            return
        self.played += 1
        self.loop.run_until_complete(self.check_records())

    async def check_records(self) -> None:
        async with self.database.reading() as session:
            listed = (
                await session.scalars(
                    select(models.Indicator).where(models.Indicator.status == IndicatorState.CONFIRMED)
                )
            ).all()
            by_people = {
                f"staff:{decision.proposer}+{decision.approver}"
                for decision in self.decisions.values()
                if decision.kind is ProposalKind.CONFIRM_INDICATOR
            }
            assert len({row.key for row in listed}) == len(listed)
            for row in listed:
                assert row.approved_by in by_people
            decided = (
                await session.scalars(
                    select(models.Proposal).where(
                        models.Proposal.status.in_(
                            (ProposalStatus.APPROVED, ProposalStatus.ACTIVE, ProposalStatus.SUPERSEDED)
                        )
                    )
                )
            ).all()
            assert {proposal.public_id for proposal in decided} == set(self.decisions)
            for proposal in decided:
                assert proposal_record.payload_of(proposal) == self.decisions[proposal.public_id].payload
