"""Staff in chat: how a conversation is linked and unlinked, and what it can never do."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db import (
    approvals,
    chat_staff,
    incidents,
    models,
    notices,
    personal_data,
    proposal_record,
    retention,
    rights,
    staff,
    work_list,
)
from db.approvals import AlreadyDecided, ProposalChanged, ProposalNotFound
from db.chat_staff import ChatLinkNotFound, DecisionLinkNotFound
from db.engine import Database
from db.keys import Keys
from db.models import IncidentMark, Lane, OfficeKind, Role
from db.rights import Actor, NotAllowed, NotEligible, StepUpNeeded
from tests.builders import NOW
from tests.db.builders import make_contact, make_conversation, make_school
from tests.db.desk import audit_of, later, make_actor, make_confirmation, make_office
from tests.db.hotlines import HOTLINE, make_school_with_staff
from tests.db.test_cases import file_report

KEYS = Keys(b"k" * 32)
SOON = NOW + timedelta(minutes=9)
LATE = NOW + timedelta(minutes=10)


async def linked(
    session: AsyncSession, actor: Actor, address: str = "1001", channel: str = "telegram"
) -> Actor:
    """The same person in a chat of theirs."""
    code = await chat_staff.new_code(session, actor=actor, keys=KEYS, now=NOW)
    conversation = await make_conversation(session, address, channel=channel)
    found = await chat_staff.link(session, conversation, code, keys=KEYS, now=NOW)
    assert found is not None
    return found


async def works_in(session: AsyncSession, address: str = "1001") -> Actor | None:
    return await chat_staff.actor_in(session, await make_conversation(session, address))


async def test_a_code_from_the_console_links_one_conversation_once(database: Database) -> None:
    async with database.transaction() as session:
        actor = await make_actor(session)
        code = await chat_staff.new_code(session, actor=actor, keys=KEYS, now=NOW)
        kept = await session.scalar(select(models.ChatCode.code_hmac))
        assert kept is not None
        assert code.replace("-", "") not in kept
        assert await works_in(session) is None
        conversation = await make_conversation(session)
        found = await chat_staff.link(
            session, conversation, code.lower().replace("-", " "), keys=KEYS, now=SOON
        )
        assert found is not None
        assert (found.staff_id, found.role) == (actor.staff_id, Role.POLICE_OFFICER)
        assert await works_in(session) == found
        assert await works_in(session, "1002") is None
        other = await make_conversation(session, "1002")
        assert await chat_staff.link(session, other, code, keys=KEYS, now=SOON) is None
        assert [one for one in await audit_of(session) if one[0].startswith("chat.")] == [
            ("chat.code", "done"),
            ("chat.link", "done"),
            ("chat.link", "refused"),
        ]


async def test_a_code_that_is_late_replaced_burnt_or_invented_links_nothing(database: Database) -> None:
    async with database.transaction() as session:
        actor = await make_actor(session)
        conversation = await make_conversation(session)
        replaced = await chat_staff.new_code(session, actor=actor, keys=KEYS, now=NOW)
        late = await chat_staff.new_code(session, actor=actor, keys=KEYS, now=NOW)
        for code, at in ((replaced, NOW), (late, LATE), ("LK-2222-2222-2222", NOW), ("", NOW)):
            assert await chat_staff.link(session, conversation, code, keys=KEYS, now=at) is None
        read_by_a_group = await chat_staff.new_code(session, actor=actor, keys=KEYS, now=NOW)
        await chat_staff.burn(session, read_by_a_group, keys=KEYS, now=NOW)
        assert await chat_staff.link(session, conversation, read_by_a_group, keys=KEYS, now=NOW) is None
        stolen_secret = Keys(b"x" * 32)
        code = await chat_staff.new_code(session, actor=actor, keys=KEYS, now=NOW)
        assert await chat_staff.link(session, conversation, code, keys=stolen_secret, now=NOW) is None


async def test_only_school_staff_and_police_who_proved_the_second_factor_get_a_code(
    database: Database,
) -> None:
    async with database.transaction() as session:
        for role in Role:
            actor = await make_actor(session, role, await make_office(session, kind_of(role)))
            may = role in (Role.SCHOOL_STAFF, Role.POLICE_OFFICER, Role.POLICE_SUPERVISOR)
            if may:
                assert await chat_staff.new_code(session, actor=actor, keys=KEYS, now=NOW)
                with pytest.raises(StepUpNeeded):
                    await chat_staff.new_code(session, actor=actor, keys=KEYS, now=NOW + timedelta(minutes=6))
            else:
                with pytest.raises(NotAllowed):
                    await chat_staff.new_code(session, actor=actor, keys=KEYS, now=NOW)


def kind_of(role: Role) -> OfficeKind:
    return min(rights.OFFICES_OF[role])


async def test_two_conversations_that_send_the_same_code_at_once_are_not_both_linked(
    database: Database,
) -> None:
    async with database.transaction() as session:
        code = await chat_staff.new_code(session, actor=await make_actor(session), keys=KEYS, now=NOW)

    async def send(address: str) -> bool:
        async with database.transaction() as session:
            conversation = await make_conversation(session, address)
            return await chat_staff.link(session, conversation, code, keys=KEYS, now=NOW) is not None

    assert sum(await asyncio.gather(*(send(str(number)) for number in range(6)))) == 1


async def test_a_conversation_is_one_persons_at_a_time(database: Database) -> None:
    async with database.transaction() as session:
        first, second = await make_actor(session), await make_actor(session)
        await linked(session, first)
        await linked(session, second)
        found = await works_in(session)
        assert found is not None
        assert found.staff_id == second.staff_id
        assert await chat_staff.links_of(session, first) == ()


async def test_either_side_ends_the_link(database: Database) -> None:
    async with database.transaction() as session:
        actor, stranger = await make_actor(session), await make_actor(session)
        await linked(session, actor)
        [row] = await chat_staff.links_of(session, actor)
        assert row.conversation.channel.value == "telegram"
        with pytest.raises(ChatLinkNotFound):
            await chat_staff.end_link(session, actor=stranger, link_id=row.id, now=NOW)
        await chat_staff.end_link(session, actor=actor, link_id=row.id, now=NOW)
        assert await works_in(session) is None
        with pytest.raises(ChatLinkNotFound):
            await chat_staff.end_link(session, actor=actor, link_id=row.id, now=NOW)
        await linked(session, actor)
        conversation = await make_conversation(session)
        assert await chat_staff.unlink(session, conversation, now=NOW)
        assert not await chat_staff.unlink(session, conversation, now=NOW)
        assert [one[0] for one in await audit_of(session)].count("chat.unlink") == 2


@pytest.mark.parametrize("how", ["disabled", "role ended", "office closed"])
async def test_whoever_is_out_at_the_desk_is_out_in_chat_at_once(database: Database, how: str) -> None:
    async with database.transaction() as session:
        office = await make_office(session)
        actor = await make_actor(session, office=office)
        administrator = await make_actor(session, Role.ADMINISTRATOR)
        code = await chat_staff.new_code(session, actor=actor, keys=KEYS, now=NOW)
        conversation = await make_conversation(session)
        in_chat = await chat_staff.link(session, conversation, code, keys=KEYS, now=NOW)
        unused = await chat_staff.new_code(session, actor=actor, keys=KEYS, now=NOW)
        assert in_chat is not None
        if how == "disabled":
            await staff.disable(
                session, actor=administrator, public_id=actor.public_id, reason="nghỉ việc", now=NOW
            )
        elif how == "role ended":
            await staff.end_role(
                session, actor=administrator, membership_id=actor.membership_id, reason="nghỉ", now=NOW
            )
        else:
            await staff.close_office(
                session, actor=administrator, public_id=office.public_id, reason="sáp nhập", now=NOW
            )
        assert await works_in(session) is None
        assert await chat_staff.link(session, conversation, unused, keys=KEYS, now=NOW) is None
        with pytest.raises(NotEligible):
            await make_confirmation(session, in_chat)
        with pytest.raises(NotEligible):
            await work_list.work_list(session, actor=in_chat, now=NOW)


async def test_in_chat_one_proposes_and_never_decides(database: Database) -> None:
    async with database.transaction() as session:
        office = await make_office(session, OfficeKind.PROVINCE_POLICE)
        officer = await make_actor(session, Role.POLICE_OFFICER, office)
        supervisor = await make_actor(session, Role.POLICE_SUPERVISOR, office)
        proposal = await make_confirmation(session, await linked(session, officer))
        assert proposal.proposer_id == officer.staff_id
        entry = await session.scalar(
            select(models.AuditEntry).where(models.AuditEntry.action == "proposal.propose")
        )
        assert entry is not None
        assert entry.session.startswith("chat:")
        in_chat = await linked(session, supervisor, "1002")
        for decide in (approvals.approve, approvals.reject):
            with pytest.raises((NotEligible, StepUpNeeded)):
                await decide(
                    session,
                    actor=in_chat,
                    proposal_id=proposal.public_id,
                    version_hash=proposal.version_hash,
                    reason="đã gọi hỏi",
                    now=NOW,
                )


async def test_the_way_to_a_decision_is_for_one_person_once_and_for_minutes(database: Database) -> None:
    async with database.transaction() as session:
        office = await make_office(session, OfficeKind.PROVINCE_POLICE)
        officer = await make_actor(session, Role.POLICE_OFFICER, office)
        supervisor = await make_actor(session, Role.POLICE_SUPERVISOR, office)
        colleague = await make_actor(session, Role.POLICE_SUPERVISOR, office)
        proposal = await make_confirmation(session, officer)
        in_chat = await linked(session, supervisor)

        async def link() -> str:
            return await chat_staff.decision_link(
                session, actor=in_chat, proposal_id=proposal.public_id, now=NOW
            )

        async def use(actor: Actor, token: str) -> str:
            return await chat_staff.use_decision_link(session, actor=actor, token=token, now=SOON)

        token = await link()
        supervisor = await later(session, supervisor, SOON)
        colleague = await later(session, colleague, SOON)
        await chat_staff.require_decision_link(session, actor=supervisor, token=token, now=SOON)
        for actor, at in ((colleague, SOON), (supervisor, LATE)):
            with pytest.raises(DecisionLinkNotFound):
                await chat_staff.require_decision_link(session, actor=actor, token=token, now=at)
        with pytest.raises(StepUpNeeded):
            await use(in_chat, token)
        assert await use(supervisor, token) == proposal.public_id
        with pytest.raises(DecisionLinkNotFound):
            await use(supervisor, token)
        changed = await link()
        await approvals.revise(
            session,
            actor=officer,
            proposal_id=proposal.public_id,
            payload={**proposal_record.payload_of(proposal), "source": "đơn khác"},
            reason="thêm đơn",
            now=NOW,
        )
        with pytest.raises(ProposalChanged):
            await use(supervisor, changed)
        unlinked = await link()
        await chat_staff.unlink(session, await make_conversation(session), now=NOW)
        with pytest.raises(DecisionLinkNotFound):
            await use(supervisor, unlinked)


async def test_there_is_no_way_to_what_is_decided_or_is_another_offices(database: Database) -> None:
    async with database.transaction() as session:
        office = await make_office(session, OfficeKind.PROVINCE_POLICE)
        officer = await make_actor(session, Role.POLICE_OFFICER, office)
        in_chat = await linked(session, await make_actor(session, Role.POLICE_SUPERVISOR, office))
        elsewhere = await make_actor(session, Role.POLICE_OFFICER)
        proposal = await make_confirmation(session, officer)
        await approvals.take_back(
            session, actor=officer, proposal_id=proposal.public_id, reason="nhầm", now=NOW
        )
        with pytest.raises(AlreadyDecided):
            await chat_staff.decision_link(session, actor=in_chat, proposal_id=proposal.public_id, now=NOW)
        foreign = await linked(session, elsewhere, "1009")
        with pytest.raises(ProposalNotFound):
            await chat_staff.decision_link(session, actor=foreign, proposal_id=proposal.public_id, now=NOW)


async def test_notices_to_an_office_go_to_its_chats_once_in_the_lane_of_staff(database: Database) -> None:
    async with database.transaction() as session:
        office = await make_office(session)
        first, second = await make_actor(session, office=office), await make_actor(session, office=office)
        await linked(session, first)
        await linked(session, second, "1002")
        await linked(session, first, "in a browser", "web")
        await linked(session, await make_actor(session), "1003")
        dead = await make_conversation(session, "1002")
        dead.dead_since = NOW
        await notices.tell(session, [office.id], topic="contact.frozen", subject="contact:1", now=NOW)

        async def queue() -> int:
            return await chat_staff.queue_notices(session, payload=lambda notice: notice.topic, now=NOW)

        assert (await queue(), await queue()) == (1, 0)
        [message] = await session.scalars(select(models.Outbox))
        assert (message.address, message.lane, message.payload) == ("1001", Lane.STAFF, "contact.frozen")


async def test_the_work_list_counts_and_names_codes_and_nothing_else(database: Database) -> None:
    async with database.transaction() as session:
        school = await make_school_with_staff(session)
        await make_contact(session, school.school, HOTLINE, expires_at=NOW)
        report = await file_report(session, school_id=school.school.id)
        waits = await work_list.work_list(session, actor=school.person, now=NOW)
        assert (waits.queue, waits.proposals, waits.waiting) == (None, None, ())
        assert (waits.incidents, waits.unmarked) == (1, (report.case_code,))
        assert (waits.reconfirmations, len(waits.contacts)) == (1, 1)
        await incidents.mark(
            session, actor=school.person, case_code=report.case_code, mark=IncidentMark.OURS, now=NOW
        )
        assert (await work_list.work_list(session, actor=school.person, now=NOW)).incidents == 0
        education = await work_list.work_list(session, actor=school.officer, now=NOW)
        assert (education.queue, education.proposals, education.reconfirmations) == (None, 0, None)
        office = await make_office(session, OfficeKind.PROVINCE_POLICE)
        officer = await make_actor(session, Role.POLICE_OFFICER, office)
        supervisor = await make_actor(session, Role.POLICE_SUPERVISOR, office)
        proposal = await make_confirmation(session, officer, "+84912000123")
        waits = await work_list.work_list(session, actor=supervisor, now=NOW)
        assert (waits.queue, waits.reports) == (1, (report.case_code,))
        assert (waits.proposals, [one.public_id for one in waits.waiting]) == (1, [proposal.public_id])
        assert waits.incidents is None
        assert (await work_list.work_list(session, actor=officer, now=NOW)).proposals is None


async def test_a_linked_conversation_is_not_forgotten_and_what_is_over_is(database: Database) -> None:
    async with database.transaction() as session:
        actor = await make_actor(session, Role.POLICE_SUPERVISOR)
        in_chat = await linked(session, actor)
        proposal = await make_confirmation(session, await make_actor(session, Role.POLICE_OFFICER))
        assert in_chat.role is Role.POLICE_SUPERVISOR
        await chat_staff.decision_link(session, actor=in_chat, proposal_id=proposal.public_id, now=NOW)
        assert (await personal_data.stored_data(session, await make_conversation(session), NOW)).works_here
    await retention.forget_old(database, NOW + timedelta(days=60))
    async with database.transaction() as session:
        assert await session.scalar(select(models.ChatLink.id)) is not None
        for table in (models.ChatCode, models.DecisionLink):
            assert await session.scalar(select(table.id)) is None
        await chat_staff.unlink(session, await make_conversation(session), now=NOW)
        assert not (
            await personal_data.stored_data(session, await make_conversation(session), NOW)
        ).works_here
    await retention.forget_old(database, NOW + timedelta(days=181))
    async with database.reading() as session:
        assert await session.scalar(select(models.ChatLink.id)) is None


async def test_who_is_erased_works_there_no_more(database: Database) -> None:
    async with database.transaction() as session:
        actor = await make_actor(session)
        await linked(session, actor)
        await make_school(session)
        await personal_data.erase(session, await make_conversation(session))
        assert await chat_staff.links_of(session, actor) == ()
