"""Staff at work in a chat, on every kind of channel: what they see there, and what never gets there."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk_notices import payload_of, reply_of
from bot.limits import Limits
from bot.messages import Channel, Reply
from bot.text_form import as_text
from db import chat_staff, demo_staff, models, notices, people, signing_in
from db.approval_rules import ProposalKind
from db.approvals import propose
from db.engine import Database
from db.keys import Keys
from db.knowledge_base import SqlKnowledgeBase
from db.models import IncidentMark, Role
from db.rights import Actor
from tests.bot.conftest import SETTINGS, Chat, Clock, make_chat
from tests.builders import NOW
from tests.db.desk import SEALER

KEYS = Keys(b"k" * 32)
REPORTED = "0530 000 321 gọi nói con tôi đang cấp cứu, đòi chuyển 30 triệu để mổ"
SCHOOL = "tiểu học ví dụ hoa sen phường xuân hương - đà lạt"


@pytest.fixture
async def staffed(database: Database) -> Database:
    async with database.transaction() as session:
        await demo_staff.load_demo_staff(session, sealer=SEALER, now=NOW)
    return database


async def signed_in(session: AsyncSession, role: Role, now: object = NOW) -> Actor:
    membership = await session.scalar(
        select(models.Membership)
        .where(models.Membership.role == role)
        .order_by(models.Membership.id)
        .limit(1)
    )
    assert membership is not None
    return await signing_in.begin_session(session, membership, f"token of {role} at {now}", NOW)


async def code_for(database: Database, role: Role) -> str:
    async with database.transaction() as session:
        actor = await signed_in(session, role, object())
        return await chat_staff.new_code(session, actor=actor, keys=KEYS, now=NOW)


async def link(chat: Chat, database: Database, role: Role) -> Reply:
    return await chat.say(f"/lienket {await code_for(database, role)}")


async def waiting_proposal(database: Database, number: str = "+84530000200") -> str:
    async with database.transaction() as session:
        proposal = await propose(
            session,
            actor=await signed_in(session, Role.POLICE_OFFICER, object()),
            kind=ProposalKind.CONFIRM_INDICATOR,
            payload={"kind": "number", "key": number, "source": "đơn", "verified_at": "2026-11-20"},
            reason="Bà Ví Dụ Thị Kín báo",
            now=NOW,
        )
        return proposal.public_id


def everything_in(reply: Reply) -> str:
    return as_text(reply, numbered=True)


async def test_a_code_sent_with_or_without_the_command_links_and_opens_the_desk(
    chat: Chat, staffed: Database
) -> None:
    assert "chưa liên kết" in (await chat.say("/banlamviec")).headline
    assert "lấy mã liên kết" in (await chat.say("/lienket")).headline
    linked = await link(chat, staffed, Role.POLICE_SUPERVISOR)
    assert "vai trò chỉ huy công an" in linked.headline
    desk = await chat.pick(linked, "desk")
    assert desk.headline == "BÀN LÀM VIỆC – chỉ huy công an"
    assert "Hàng chờ: 0" in desk.steps[0]
    again = await chat.say((await code_for(staffed, Role.POLICE_OFFICER)).lower())
    assert "vai trò cán bộ công an" in again.headline
    assert (await chat.say("bàn làm việc")).headline == "BÀN LÀM VIỆC – cán bộ công an"


async def test_a_wrong_or_used_code_links_nothing(chat: Chat, staffed: Database) -> None:
    code = await code_for(staffed, Role.POLICE_OFFICER)
    assert "không dùng được" in (await chat.say("/lienket LK-2222-3333-4444")).headline
    await chat.say(code)
    await chat.say("/huylienket")
    assert "không dùng được" in (await chat.say(code)).headline
    assert "chưa liên kết" in (await chat.say("/banlamviec")).headline


async def test_leaving_ends_it_and_can_be_said_twice(chat: Chat, staffed: Database) -> None:
    linked = await link(chat, staffed, Role.SCHOOL_STAFF)
    assert "Đã hủy liên kết" in (await chat.pick(linked, "desk_leave")).headline
    assert "chưa liên kết" in (await chat.say("hủy liên kết")).headline


async def test_a_code_that_a_group_has_read_is_burnt(
    staffed: Database, knowledge: SqlKnowledgeBase, clock: Clock, limits: Limits
) -> None:
    code = await code_for(staffed, Role.POLICE_OFFICER)
    group = make_chat(staffed, knowledge, clock, limits, Channel.TELEGRAM)
    group.is_group, group.address = True, "a group"
    assert "Cả nhóm đã đọc" in (await group.say(f"/lienket {code}")).headline
    person = make_chat(staffed, knowledge, clock, limits, Channel.TELEGRAM)
    person.events = 100
    assert "không dùng được" in (await person.say(code)).headline


async def test_police_see_counts_and_codes_and_nothing_that_was_reported(
    chat: Chat, staffed: Database, knowledge: SqlKnowledgeBase, clock: Clock, limits: Limits
) -> None:
    parent = make_chat(staffed, knowledge, clock, limits, Channel.TELEGRAM)
    parent.address, parent.events = "a parent", 500
    await parent.say(f"{REPORTED} {SCHOOL}")
    filed = await parent.pick(await parent.say("báo vụ này"), "report_yes")
    [code] = re.findall(r"GL-\w{4}-\w{2}", filed.headline)
    await waiting_proposal(staffed)
    await link(chat, staffed, Role.POLICE_SUPERVISOR)
    desk = await chat.say("/banlamviec")
    said = everything_in(desk)
    assert "Hàng chờ: 1 số" in said
    assert "Đề xuất chờ bạn quyết định: 1" in said
    assert code in said
    for secret in ("0530", "321", "200", "Kín", "cấp cứu", "Hoa Sen", "30 triệu"):
        assert secret not in said, secret


async def test_a_decision_is_a_link_into_the_console_and_never_a_word_in_chat(
    chat: Chat, staffed: Database
) -> None:
    proposal = await waiting_proposal(staffed)
    await link(chat, staffed, Role.POLICE_SUPERVISOR)
    desk = await chat.say("/banlamviec")
    assert any(choice.token == f"desk_case:{proposal}" for choice in desk.choices)
    way = await chat.pick(desk, "desk_case")
    if chat.platform.channel is Channel.WEB:
        assert way.links[0].url.startswith("/console/from-chat/")
    else:
        assert "mở trang bàn làm việc trên máy" in way.headline  # the operator has not said where it is
    for words in ("duyệt", "/duyet", f"approve:{proposal}", f"reject:{proposal}"):
        await chat.say(words)
        await chat.say(action=words)
    async with staffed.reading() as session:
        assert await session.scalar(select(models.Approval.id)) is None


async def test_the_link_is_a_whole_address_where_the_operator_has_said_it(
    staffed: Database, knowledge: SqlKnowledgeBase, clock: Clock, limits: Limits
) -> None:
    settings = SETTINGS.model_copy(update={"public_url": "https://goilai.example/"})
    chat = make_chat(staffed, knowledge, clock, limits, Channel.TELEGRAM, settings)
    proposal = await waiting_proposal(staffed)
    await link(chat, staffed, Role.POLICE_SUPERVISOR)
    way = await chat.pick(await chat.say("/banlamviec"), "desk_case")
    assert re.fullmatch(r"https://goilai\.example/console/from-chat/[\w-]{43}", way.links[0].url)
    assert "10 phút" in way.steps[0]
    await chat.say("/huylienket")
    assert "chưa liên kết" in (await chat.tap(f"desk_case:{proposal}")).headline
    await link(chat, staffed, Role.POLICE_OFFICER)
    assert "không thuộc việc của bạn" in (await chat.tap("desk_case:khong-co")).headline


async def test_an_officer_proposes_a_number_which_is_masked_in_the_answer(
    chat: Chat, staffed: Database
) -> None:
    await link(chat, staffed, Role.POLICE_OFFICER)
    asked = await chat.say("/dexuat")
    assert "lý do, trong một tin" in asked.headline
    proposed = await chat.say("0530 000 200: ba phụ huynh cùng báo")
    assert "0530 ••• 200" in proposed.headline
    assert "0530000200" not in everything_in(proposed).replace(" ", "")
    again = await chat.say("/dexuat 0530 000 200 báo thêm lần nữa")
    assert "đang chờ người thứ hai" in again.headline
    async with staffed.reading() as session:
        [row] = await session.scalars(select(models.Proposal))
        assert (row.kind, row.subject, row.reason) == (
            "confirm_indicator",
            "number:+84530000200",
            "ba phụ huynh cùng báo",
        )


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("0530 000 201", "Thiếu lý do"),
        ("0530 000 201 và 0530 000 202 cùng một nhóm", "Mỗi lần một số"),
        ("không có số nào", "Mỗi lần một số"),
        ("0530 000 113 gọi nhiều người", "đã được xác nhận"),
        ("0912 345 678 gọi nhiều người", "chỉ nhận số ví dụ"),
        ("0263 0111 001 gọi nhiều người", "số chính thức"),
        ("stk 0530000999 Vietcombank nhiều người báo", "Đã gửi đề xuất"),
        ("https://vi-du-hoan-phi.example/nop nhiều người báo", "Đã gửi đề xuất"),
    ],
)
async def test_what_cannot_be_proposed_is_said_and_recorded(
    text_chat: Chat, staffed: Database, words: str, answer: str
) -> None:
    await link(text_chat, staffed, Role.POLICE_OFFICER)
    reply = await text_chat.say(f"/dexuat {words}")
    assert answer in reply.headline


async def test_an_alarming_message_is_checked_even_while_a_proposal_is_asked_for(
    text_chat: Chat, staffed: Database
) -> None:
    await link(text_chat, staffed, Role.POLICE_OFFICER)
    await text_chat.say("/dexuat")
    assert (await text_chat.say(REPORTED)).level is not None
    async with staffed.reading() as session:
        assert await session.scalar(select(models.Proposal.id)) is None


async def test_a_school_marks_a_report_that_names_it(
    chat: Chat, staffed: Database, knowledge: SqlKnowledgeBase, clock: Clock, limits: Limits
) -> None:
    parent = make_chat(staffed, knowledge, clock, limits, Channel.TELEGRAM)
    parent.address, parent.events = "a parent", 500
    await parent.say(f"{REPORTED} {SCHOOL}")
    filed = await parent.pick(await parent.say("báo vụ này"), "report_yes")
    [code] = re.findall(r"GL-\w{4}-\w{2}", filed.headline)
    await link(chat, staffed, Role.SCHOOL_STAFF)
    desk = await chat.say("/banlamviec")
    assert not any("desk_propose" in choice.token for choice in desk.choices)
    marks = {
        "desk_ours": IncidentMark.OURS,
        "desk_not_ours": IncidentMark.NOT_OURS,
        "desk_called": IncidentMark.PARENTS_CALLED,
    }
    asked = await chat.pick(desk, "desk_incident")
    assert code in asked.headline
    for verb in marks:
        assert "Đã ghi nhận" in (await chat.tap(f"{verb}:{code}")).headline
    async with staffed.reading() as session:
        found = (
            await session.scalars(select(models.IncidentNote.mark).order_by(models.IncidentNote.id))
        ).all()
    assert found == list(marks.values())
    assert "thử trên trang bàn làm việc" in (await chat.tap("desk_ours:GL-2222-22")).headline
    assert "thử trên trang bàn làm việc" in (await chat.say("/dexuat 0530 000 200 vì nghi")).headline


async def test_a_strangers_taps_on_old_buttons_do_nothing(text_chat: Chat, staffed: Database) -> None:
    proposal = await waiting_proposal(staffed)
    for token in ("desk", f"desk_case:{proposal}", "desk_ours:GL-2222-22", "desk_propose"):
        assert "chưa liên kết" in (await text_chat.tap(token)).headline
    assert "chưa liên kết" in (await text_chat.say("/dexuat 0530 000 200 vì nghi")).headline
    async with staffed.reading() as session:
        assert len((await session.scalars(select(models.Proposal.id))).all()) == 1


async def test_who_is_put_out_while_typing_proposes_nothing(text_chat: Chat, staffed: Database) -> None:
    await link(text_chat, staffed, Role.POLICE_OFFICER)
    await text_chat.say("/dexuat")
    async with staffed.transaction() as session:
        for membership in await session.scalars(select(models.Membership)):
            membership.until = NOW
    assert "chưa liên kết" in (await text_chat.say("0530 000 200 ba người báo")).headline


async def test_a_notice_tells_that_something_happened_and_not_what_about(
    chat: Chat, staffed: Database
) -> None:
    await link(chat, staffed, Role.POLICE_OFFICER)
    async with staffed.transaction() as session:
        conversation = await people.conversation_for(
            session,
            channel=chat.platform.channel.value,
            bot_account=chat.platform.bot_account,
            address=chat.address,
            now=NOW,
        )
        actor = await chat_staff.actor_in(session, conversation)
        assert actor is not None
        await notices.tell(session, [actor.office_id], topic="contact.frozen", subject="contact:7", now=NOW)
        told = await chat_staff.queue_notices(session, payload=payload_of, now=NOW)
    replies = await chat.deliver()
    if chat.platform.channel is Channel.WEB:
        assert (told, replies) == (0, ())  # a browser is told in the console
    else:
        assert (told, len(replies)) == (1, 1)
        assert replies[0].headline == "Đơn vị của bạn: một số liên hệ đã bị khóa"
        assert "contact:7" not in everything_in(replies[0])


def test_a_notice_without_words_of_its_own_still_says_where_to_look() -> None:
    notice = models.Notice(office_id=1, topic="something.new", subject="thing:1", at=NOW)
    assert "có thông báo mới" in reply_of(notice).headline


async def test_the_data_held_says_that_one_works_here_and_erasing_ends_it(
    text_chat: Chat, staffed: Database
) -> None:
    await link(text_chat, staffed, Role.POLICE_OFFICER)
    assert any("cán bộ" in line for line in (await text_chat.say("/dulieu")).steps)
    await text_chat.pick(await text_chat.say("/xoa"), "erase_yes")
    assert "chưa liên kết" in (await text_chat.say("/banlamviec")).headline


async def test_the_desk_speaks_english_where_the_person_does(text_chat: Chat, staffed: Database) -> None:
    speaker = replace(text_chat, language="en")
    linked = await link(speaker, staffed, Role.POLICE_OFFICER)
    assert linked.headline == "Linked. Here you work as police officer"
