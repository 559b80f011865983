"""The two-person engine: who may propose and approve, what a decision is about, and what follows from it."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from db import (
    approvals,
    audit,
    indicators,
    models,
    proposal_clock,
    proposal_lists,
    proposal_record,
    rights,
    staff,
)
from db.approval_rules import PayloadUnreadable, ProposalKind, RecordNotFound
from db.approvals import (
    AlreadyDecided,
    AlreadyProposed,
    ProposalChanged,
    ProposalNotFound,
    ProposerNotEligible,
    ReasonMissing,
    SamePerson,
)
from db.engine import Database
from db.indicators import AlreadyConfirmed
from db.models import IndicatorState, OfficeKind, ProposalStatus, Role
from db.proposal_record import KindNotAvailable
from db.rights import Actor, NotAllowed, NotEligible, StepUpNeeded
from scamcheck.knowledge import IdentifierKind
from tests.builders import NOW
from tests.db.builders import make_indicator
from tests.db.desk import audit_of, later, make_actor, make_confirmation, make_office


async def approve(
    session: AsyncSession, actor: Actor, proposal: models.Proposal, **changed: object
) -> models.Proposal:
    arguments: dict[str, object] = {
        "actor": actor,
        "proposal_id": proposal.public_id,
        "version_hash": proposal.version_hash,
        "reason": "đã gọi xác minh",
        "now": NOW,
        **changed,
    }
    return await approvals.approve(session, **arguments)  # type: ignore[arg-type]


async def confirmed(session: AsyncSession, key: str = "+84912000099") -> models.Indicator | None:
    listed = await indicators.listed_indicator(session, IdentifierKind.NUMBER, key)
    return listed if listed is not None and listed.status is IndicatorState.CONFIRMED else None


async def test_what_two_people_decided_takes_effect_and_says_who_they_were(database: Database) -> None:
    async with database.transaction() as session:
        officer = await make_actor(session)
        supervisor = await make_actor(session, Role.POLICE_SUPERVISOR)
        proposal = await make_confirmation(session, officer)
        assert proposal.status is ProposalStatus.PROPOSED
        assert await confirmed(session) is None
        await approve(session, supervisor, proposal)
        row = await confirmed(session)
        assert row is not None
        assert row.approved_by == f"staff:{officer.public_id}+{supervisor.public_id}"
        assert (row.document, row.source, row.confirmed_by) == (
            "12/TB-CA",
            "đơn trình báo",
            officer.office_name,
        )
        assert proposal.status is ProposalStatus.ACTIVE
        assert proposal.result == f"indicator:{row.id}"
        assert await audit_of(session, f"proposal:{proposal.public_id}") == [
            ("proposal.propose", "done"),
            ("proposal.approve", "done"),
            ("proposal.activate", "done"),
        ]
        assert await proposal_lists.history_of(session, f"indicator:{row.id}") == (proposal,)


async def test_nobody_approves_their_own_proposal_not_even_in_another_role(database: Database) -> None:
    async with database.transaction() as session:
        supervisor = await make_actor(session, Role.POLICE_SUPERVISOR)
        proposal = await make_confirmation(session, supervisor)
        with pytest.raises(SamePerson):
            await approve(session, supervisor, proposal)


async def test_a_changed_address_does_not_make_another_person(database: Database) -> None:
    async with database.transaction() as session:
        officer = await make_actor(session, email="an@vi-du.example")
        proposal = await make_confirmation(session, officer)
        await session.execute(
            update(models.StaffMember)
            .where(models.StaffMember.id == officer.staff_id)
            .values(email_key="khac@vi-du.example")
        )
        supervisor = await make_actor(session, Role.POLICE_SUPERVISOR, email="An+2@vi-du.example")
        with pytest.raises(SamePerson):
            await approve(session, supervisor, proposal)


@pytest.mark.parametrize(
    "role",
    [
        Role.SCHOOL_STAFF,
        Role.EDUCATION_OFFICER,
        Role.INFORMATION_OFFICER,
        Role.ADMINISTRATOR,
        Role.AUDITOR,
    ],
)
async def test_roles_without_the_right_neither_propose_nor_approve(database: Database, role: Role) -> None:
    async with database.transaction() as session:
        outsider = await make_actor(session, role)
        with pytest.raises(NotAllowed):
            await make_confirmation(session, outsider)
        proposal = await make_confirmation(session, await make_actor(session))
        with pytest.raises(NotAllowed):
            await approve(session, outsider, proposal)


async def test_an_officer_does_not_confirm(database: Database) -> None:
    async with database.transaction() as session:
        proposal = await make_confirmation(session, await make_actor(session))
        with pytest.raises(NotAllowed):
            await approve(session, await make_actor(session), proposal)


async def test_a_supervisor_of_another_place_is_not_the_second_person(database: Database) -> None:
    async with database.transaction() as session:
        own = await make_office(session, OfficeKind.COMMUNE_POLICE, communes=("24700",))
        other = await make_office(session, OfficeKind.COMMUNE_POLICE, communes=("24701",))
        far = await make_office(session, OfficeKind.PROVINCE_POLICE, province="Tỉnh khác")
        proposal = await make_confirmation(session, await make_actor(session, Role.POLICE_OFFICER, own))
        for office in (other, far):
            with pytest.raises(ProposalNotFound):
                await approve(session, await make_actor(session, Role.POLICE_SUPERVISOR, office), proposal)
        await approve(session, await make_actor(session, Role.POLICE_SUPERVISOR, own), proposal)


async def test_a_decision_is_about_the_version_that_was_seen(database: Database) -> None:
    async with database.transaction() as session:
        officer = await make_actor(session)
        supervisor = await make_actor(session, Role.POLICE_SUPERVISOR)
        proposal = await make_confirmation(session, officer)
        seen = proposal.version_hash
        await approvals.revise(
            session,
            actor=officer,
            proposal_id=proposal.public_id,
            payload={**proposal_record.payload_of(proposal), "source": "nguồn khác"},
            reason="thêm nguồn",
            now=NOW,
        )
        with pytest.raises(ProposalChanged):
            await approve(session, supervisor, proposal, version_hash=seen)
        await approve(session, supervisor, proposal)


async def test_a_row_changed_behind_the_engine_is_not_approved(database: Database) -> None:
    async with database.transaction() as session:
        supervisor = await make_actor(session, Role.POLICE_SUPERVISOR)
        proposal = await make_confirmation(session, await make_actor(session))
        payload = proposal.payload.replace("+84912000099", "+84912000001")
        await session.execute(update(models.Proposal).values(payload=payload))
        with pytest.raises(ProposalChanged):
            await approve(session, supervisor, proposal)


async def test_a_revision_stays_about_the_same_thing(database: Database) -> None:
    async with database.transaction() as session:
        officer = await make_actor(session)
        proposal = await make_confirmation(session, officer)
        with pytest.raises(ProposalChanged):
            await approvals.revise(
                session,
                actor=officer,
                proposal_id=proposal.public_id,
                payload={**proposal_record.payload_of(proposal), "key": "+84912000001"},
                reason="số khác",
                now=NOW,
            )


async def test_the_second_factor_must_be_fresh_in_the_record_not_in_the_request(database: Database) -> None:
    after = NOW + timedelta(minutes=5, seconds=1)
    async with database.transaction() as session:
        supervisor = await make_actor(session, Role.POLICE_SUPERVISOR)
        proposal = await make_confirmation(session, await make_actor(session))
        with pytest.raises(StepUpNeeded):
            await approve(session, supervisor, proposal, now=after)
        fresh = await later(session, supervisor, after)
        await approve(session, fresh, proposal, now=after)


async def test_an_ended_sign_in_decides_nothing(database: Database) -> None:
    async with database.transaction() as session:
        supervisor = await make_actor(session, Role.POLICE_SUPERVISOR)
        proposal = await make_confirmation(session, await make_actor(session))
        await session.execute(update(models.StaffSession).values(ended_at=NOW))
        with pytest.raises(NotEligible):
            await approve(session, supervisor, proposal)


async def test_who_is_disabled_neither_approves_nor_has_their_proposal_approved(database: Database) -> None:
    async with database.transaction() as session:
        administrator = await make_actor(session, Role.ADMINISTRATOR)
        officer = await make_actor(session)
        supervisor, second = [await make_actor(session, Role.POLICE_SUPERVISOR) for _ in range(2)]
        proposal = await make_confirmation(session, officer)
        await staff.disable(
            session, actor=administrator, public_id=supervisor.public_id, reason="nghỉ việc", now=NOW
        )
        with pytest.raises(NotEligible):
            await approve(session, supervisor, proposal)
        await staff.disable(
            session, actor=administrator, public_id=officer.public_id, reason="nghỉ việc", now=NOW
        )
        with pytest.raises(ProposerNotEligible):
            await approve(session, second, proposal)
        with pytest.raises(NotEligible):
            await make_confirmation(session, officer, "+84912000001")


async def test_a_proposer_who_has_another_role_now_has_not_proposed(database: Database) -> None:
    async with database.transaction() as session:
        officer = await make_actor(session)
        supervisor = await make_actor(session, Role.POLICE_SUPERVISOR)
        proposal = await make_confirmation(session, officer)
        await session.execute(
            update(models.Membership)
            .where(models.Membership.id == officer.membership_id)
            .values(role=Role.INFORMATION_OFFICER)
        )
        with pytest.raises(ProposerNotEligible):
            await approve(session, supervisor, proposal)


async def test_a_closed_office_decides_nothing(database: Database) -> None:
    async with database.transaction() as session:
        administrator = await make_actor(session, Role.ADMINISTRATOR)
        supervisor = await make_actor(session, Role.POLICE_SUPERVISOR)
        proposal = await make_confirmation(session, await make_actor(session))
        await staff.close_office(
            session, actor=administrator, public_id=supervisor.office_public_id, reason="giải thể", now=NOW
        )
        with pytest.raises(NotEligible):
            await approve(session, supervisor, proposal)


async def test_a_decision_is_made_once(database: Database) -> None:
    async with database.transaction() as session:
        supervisor = await make_actor(session, Role.POLICE_SUPERVISOR)
        proposal = await make_confirmation(session, await make_actor(session))
        await approve(session, supervisor, proposal)
        with pytest.raises(AlreadyDecided):
            await approve(session, supervisor, proposal)
        with pytest.raises(AlreadyDecided):
            await approvals.reject(
                session,
                actor=supervisor,
                proposal_id=proposal.public_id,
                version_hash=proposal.version_hash,
                reason="đổi ý",
                now=NOW,
            )


async def test_even_around_the_engine_there_is_one_decision_per_proposal(database: Database) -> None:
    async with database.transaction() as session:
        supervisor = await make_actor(session, Role.POLICE_SUPERVISOR)
        proposal = await make_confirmation(session, await make_actor(session))
        await approve(session, supervisor, proposal)
        await session.execute(
            update(models.Proposal)
            .where(models.Proposal.id == proposal.id)
            .values(status=ProposalStatus.PROPOSED)
        )
        with pytest.raises(AlreadyDecided):
            await approve(session, supervisor, proposal)


async def test_a_rejected_proposal_changes_nothing(database: Database) -> None:
    async with database.transaction() as session:
        supervisor = await make_actor(session, Role.POLICE_SUPERVISOR)
        proposal = await make_confirmation(session, await make_actor(session))
        await approvals.reject(
            session,
            actor=supervisor,
            proposal_id=proposal.public_id,
            version_hash=proposal.version_hash,
            reason="chưa đủ căn cứ",
            now=NOW,
        )
        assert proposal.status is ProposalStatus.REJECTED
        assert await confirmed(session) is None
        decision = await session.scalar(select(models.Approval))
        assert decision is not None
        assert (decision.approved, decision.reason) == (False, "chưa đủ căn cứ")


async def test_nobody_decides_after_72_hours(database: Database) -> None:
    after = NOW + timedelta(hours=72)
    async with database.transaction() as session:
        supervisor = await make_actor(session, Role.POLICE_SUPERVISOR)
        officer = await make_actor(session)
        proposal = await make_confirmation(session, officer)
        supervisor = await later(session, supervisor, after)
        with pytest.raises(AlreadyDecided):
            await approve(session, supervisor, proposal, now=after)
        assert await proposal_clock.expire_old(session, after - timedelta(seconds=1)) == 0
        assert await proposal_clock.expire_old(session, after) == 1
        assert proposal.status is ProposalStatus.EXPIRED
        again = await make_confirmation(session, await later(session, officer, after), now=after)
        await approve(session, supervisor, again, now=after)


async def test_reasons_are_asked_of_both(database: Database) -> None:
    async with database.transaction() as session:
        officer = await make_actor(session)
        supervisor = await make_actor(session, Role.POLICE_SUPERVISOR)
        proposal = await make_confirmation(session, officer)
        with pytest.raises(ReasonMissing):
            await approve(session, supervisor, proposal, reason="  ")
        with pytest.raises(ReasonMissing):
            await approvals.propose(
                session,
                actor=officer,
                kind=ProposalKind.CONFIRM_INDICATOR,
                payload=proposal_record.payload_of(proposal),
                reason="\n",
                now=NOW,
            )


async def test_one_proposal_of_a_kind_is_open_for_a_thing(database: Database) -> None:
    async with database.transaction() as session:
        officer = await make_actor(session)
        proposal = await make_confirmation(session, officer)
        with pytest.raises(AlreadyProposed):
            await make_confirmation(session, await make_actor(session))
        await approvals.take_back(
            session, actor=officer, proposal_id=proposal.public_id, reason="nhầm số", now=NOW
        )
        assert proposal.status is ProposalStatus.REJECTED
        await make_confirmation(session, officer)


async def test_the_database_too_holds_that_one_is_open(database: Database) -> None:
    async with database.transaction() as session:
        first = await make_confirmation(session, await make_actor(session))
        second = await make_confirmation(session, await make_actor(session), "+84912000001")
    async with database.transaction() as session:
        with pytest.raises(IntegrityError):
            await session.execute(
                update(models.Proposal).where(models.Proposal.id == second.id).values(subject=first.subject)
            )
        await session.rollback()


async def test_a_draft_is_its_authors_until_it_is_submitted(database: Database) -> None:
    async with database.transaction() as session:
        officer, colleague = [await make_actor(session) for _ in range(2)]
        supervisor = await make_actor(session, Role.POLICE_SUPERVISOR)
        draft = await approvals.propose(
            session,
            actor=officer,
            kind=ProposalKind.CONFIRM_INDICATOR,
            payload={
                "kind": "number",
                "key": "+84912000099",
                "source": "đơn trình báo",
                "verified_at": "2026-11-20",
            },
            reason="ba người báo",
            draft=True,
            now=NOW,
        )
        assert draft.status is ProposalStatus.DRAFT
        with pytest.raises(ProposalNotFound):
            await approve(session, supervisor, draft)
        for other in (colleague, supervisor):
            with pytest.raises(ProposalNotFound):
                await proposal_lists.proposal_for(session, actor=other, proposal_id=draft.public_id)
            with pytest.raises(ProposalNotFound):
                await approvals.submit(session, actor=other, proposal_id=draft.public_id, now=NOW)
        assert await proposal_lists.proposal_for(session, actor=officer, proposal_id=draft.public_id) == draft
        await approvals.submit(session, actor=officer, proposal_id=draft.public_id, now=NOW)
        with pytest.raises(AlreadyDecided):
            await approvals.submit(session, actor=officer, proposal_id=draft.public_id, now=NOW)
        await approve(session, supervisor, draft)


async def test_a_proposal_that_became_impossible_stays_proposed(database: Database) -> None:
    async with database.transaction() as session:
        supervisor = await make_actor(session, Role.POLICE_SUPERVISOR)
        proposal = await make_confirmation(session, await make_actor(session))
        await make_indicator(session)
        public_id, version_hash = proposal.public_id, proposal.version_hash
    with pytest.raises(AlreadyConfirmed):
        async with audit.acting(
            database, actor=supervisor, action="proposal.approve", subject=f"proposal:{public_id}", now=NOW
        ) as session:
            await approvals.approve(
                session,
                actor=supervisor,
                proposal_id=public_id,
                version_hash=version_hash,
                reason="đúng",
                now=NOW,
            )
    async with database.reading() as session:
        row = await session.scalar(select(models.Proposal))
        assert row is not None
        assert row.status is ProposalStatus.PROPOSED
        assert await session.scalar(select(models.Approval)) is None
        assert (await audit_of(session))[-1] == ("proposal.approve", "refused")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"colour": "red"}, "colour"),
        ({"source": " "}, "source"),
        ({"kind": "letter"}, "kind"),
        ({"verified_at": "20/11/2026"}, "verified_at"),
    ],
)
async def test_a_payload_that_is_not_understood_is_refused_by_its_field(
    database: Database, changed: dict[str, str], field: str
) -> None:
    async with database.transaction() as session:
        with pytest.raises(PayloadUnreadable, match=f"^{field}$"):
            await make_confirmation(session, await make_actor(session), **changed)


@pytest.mark.parametrize("number", ["x", "-1", "9" * 19, "٣"])
async def test_a_number_in_a_payload_is_a_number(database: Database, number: str) -> None:
    async with database.transaction() as session:
        with pytest.raises(PayloadUnreadable, match="indicator"):
            await approvals.propose(
                session,
                actor=await make_actor(session),
                kind=ProposalKind.WITHDRAW_INDICATOR,
                payload={"indicator": number, "version": "1"},
                reason="nhầm",
                now=NOW,
            )


async def test_a_kind_that_nobody_registered_cannot_be_proposed(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(proposal_record.RULES, ProposalKind.PROTECT_NUMBER)
    async with database.transaction() as session:
        with pytest.raises(KindNotAvailable):
            await approvals.propose(
                session,
                actor=await make_actor(session),
                kind=ProposalKind.PROTECT_NUMBER,
                payload={},
                reason="thử",
                now=NOW,
            )


async def test_each_sees_what_waits_for_them(database: Database) -> None:
    async with database.transaction() as session:
        own = await make_office(session, OfficeKind.COMMUNE_POLICE, communes=("24700",))
        officer = await make_actor(session, Role.POLICE_OFFICER, own)
        colleague = await make_actor(session, Role.POLICE_OFFICER, own)
        supervisor = await make_actor(session, Role.POLICE_SUPERVISOR)
        elsewhere = await make_actor(
            session,
            Role.POLICE_SUPERVISOR,
            await make_office(session, OfficeKind.COMMUNE_POLICE, communes=("24701",)),
        )
        outsider = await make_actor(session, Role.SCHOOL_STAFF)
        first = await make_confirmation(session, officer)
        second = await make_confirmation(session, officer, "+84912000001")
        assert await proposal_lists.waiting_for(session, actor=supervisor) == (first, second)
        assert await proposal_lists.waiting_for(session, actor=supervisor, limit=1) == (first,)
        for actor in (officer, colleague, elsewhere, outsider):
            assert await proposal_lists.waiting_for(session, actor=actor) == ()
        assert await proposal_lists.proposals_of(session, actor=colleague) == (second, first)
        for actor in (officer, colleague, supervisor):
            found = await proposal_lists.proposal_for(session, actor=actor, proposal_id=first.public_id)
            assert found == first
        for actor in (elsewhere, outsider):
            with pytest.raises(ProposalNotFound):
                await proposal_lists.proposal_for(session, actor=actor, proposal_id=first.public_id)
        with pytest.raises(ProposalNotFound):
            await proposal_lists.proposal_for(session, actor=officer, proposal_id="khong-co")


async def test_a_kind_without_rule_breaks_nothing_that_is_looked_for(database: Database) -> None:
    async with database.transaction() as session:
        with pytest.raises(RecordNotFound):
            await approvals.propose(
                session,
                actor=await make_actor(session),
                kind=ProposalKind.WITHDRAW_INDICATOR,
                payload={"indicator": "999", "version": "1"},
                reason="nhầm",
                now=NOW,
            )


@pytest.mark.parametrize("approvers", [8])
async def test_of_many_who_approve_at_once_exactly_one_decides(database: Database, approvers: int) -> None:
    async with database.transaction() as session:
        proposal = await make_confirmation(session, await make_actor(session))
        office = await make_office(session, OfficeKind.PROVINCE_POLICE)
        actors = [await make_actor(session, Role.POLICE_SUPERVISOR, office) for _ in range(approvers)]
        public_id, version_hash = proposal.public_id, proposal.version_hash

    async def decide(actor: Actor) -> bool:
        try:
            async with audit.acting(
                database, actor=actor, action="proposal.approve", subject=f"proposal:{public_id}", now=NOW
            ) as session:
                await approvals.approve(
                    session,
                    actor=actor,
                    proposal_id=public_id,
                    version_hash=version_hash,
                    reason="đúng",
                    now=NOW,
                )
        except AlreadyDecided:
            return False
        return True

    decided = await asyncio.gather(*(decide(actor) for actor in actors))
    assert sum(decided) == 1
    async with database.reading() as session:
        assert len((await session.scalars(select(models.Indicator))).all()) == 1
        assert len((await session.scalars(select(models.Approval))).all()) == 1
        entries = await audit_of(session, f"proposal:{public_id}")
        assert entries.count(("proposal.approve", "done")) == 1
        assert entries.count(("proposal.approve", "refused")) == approvers - 1
        assert isinstance(await audit.verify(session), audit.Verified)


def test_nobody_who_proposes_only_can_approve() -> None:
    proposing = {permission for rule in proposal_record.RULES.values() for permission in rule.propose}
    approving = {permission for rule in proposal_record.RULES.values() for permission in rule.approve}
    assert not proposing & approving
    for role in (Role.SCHOOL_STAFF, Role.POLICE_OFFICER, Role.INFORMATION_OFFICER, Role.AUDITOR):
        assert not approving & rights.RIGHTS[role]


@pytest.mark.parametrize("example", [False, True], ids=["the demo", "the service"])
async def test_whoever_is_of_the_other_world_is_no_second_person(database: Database, example: bool) -> None:
    """Everybody knows how the people of the demo sign in."""
    async with database.transaction() as session:
        police = await make_office(session, OfficeKind.PROVINCE_POLICE, is_example=example)
        operator = await make_office(session, OfficeKind.OPERATOR, is_example=example)
        own = await make_office(session, OfficeKind.OPERATOR, "Nhóm Ví Dụ", is_example=not example)
        officer = await make_actor(
            session,
            Role.POLICE_OFFICER,
            await make_office(session, is_example=not example),
            is_example=not example,
        )
        administrator = await make_actor(session, Role.ADMINISTRATOR, own, is_example=not example)
        number = "+84912000099" if example else "+84530000223"
        confirmation = await make_confirmation(session, officer, number)
        role = await approvals.propose(
            session,
            actor=administrator,
            kind=ProposalKind.GRANT_ROLE,
            payload={
                "office": own.public_id,
                "role": Role.AUDITOR.value,
                "name": "Người Mới",
                "email": "moi@vi-du.example",
            },
            reason="người mới",
            now=NOW,
        )
        for role_there, office, proposal in (
            (Role.POLICE_SUPERVISOR, police, confirmation),
            (Role.ADMINISTRATOR, operator, role),
        ):
            stranger = await make_actor(session, role_there, office, is_example=example)
            with pytest.raises(ProposalNotFound):
                await approvals.approve(
                    session,
                    actor=stranger,
                    proposal_id=proposal.public_id,
                    version_hash=proposal.version_hash,
                    reason="đúng",
                    now=NOW,
                )
            assert await proposal_lists.waiting_for(session, actor=stranger) == ()
            with pytest.raises(ProposalNotFound):
                await proposal_lists.proposal_for(session, actor=stranger, proposal_id=proposal.public_id)
