"""Nothing a parent wrote stays in the file; what is kept is little, and goes when they say so."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.conversation.memory import KEPT, Memory, from_data, nameless, to_data
from bot.messages import Choice
from db import personal_data
from db.engine import Database
from db.models import Consent, Conversation, Person, Report
from scamcheck.observables import extract
from tests.bot.conftest import Chat
from tests.builders import NOW

PLANTED = "Zorbulax"


def bytes_of(database_folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in database_folder.glob("conversations.db*"))


async def test_planted_words_are_not_in_the_file_once_they_are_answered(
    text_chat: Chat, database: Database, tmp_path: Path
) -> None:
    stories = (
        f"Bé {PLANTED} lớp 4A trường tiểu học {PLANTED} đang cấp cứu ở bệnh viện {PLANTED}, chuyển 30 triệu gấp",
        f"{PLANTED} gọi tôi từ 0977 111 222",
        f"chào {PLANTED}",
        f"trường {PLANTED}",
    )
    for story in stories:
        await text_chat.say(story)
    await database.erase_traces()
    written = bytes_of(tmp_path)
    assert written
    for form in (PLANTED, PLANTED.lower()):
        assert form.encode() not in written


async def test_the_number_of_before_is_forgotten_after_fifteen_minutes(
    text_chat: Chat, database: Database, tmp_path: Path
) -> None:
    await text_chat.say("0977 111 222")
    text_chat.clock.forward(minutes=16)
    async with database.transaction() as session:
        await personal_data.forget_old(session, text_chat.clock())
    await database.erase_traces()
    assert b"977111222" not in bytes_of(tmp_path)


async def test_a_report_keeps_identifiers_and_no_words(
    text_chat: Chat, database: Database, tmp_path: Path
) -> None:
    asked = await text_chat.pick(
        await text_chat.say(f"0977 111 222 nói con tôi {PLANTED} đang cấp cứu, chuyển 30 triệu"), "report:"
    )
    await text_chat.pick(asked, "report_yes:")
    await database.erase_traces()
    written = bytes_of(tmp_path)
    assert PLANTED.encode() not in written
    assert b"+84977111222" in written
    async with database.reading() as session:
        report = (await session.scalars(select(Report))).one()
        consent = (await session.scalars(select(Consent))).one()
    assert report.consent_version == consent.version == "2026-11-b"
    assert report.scenario == "child_emergency"


async def test_deleting_leaves_no_trace_of_the_address(
    text_chat: Chat, database: Database, tmp_path: Path
) -> None:
    text_chat.address = "so-secret-an-address"
    await text_chat.say("0977 111 222")
    await text_chat.pick(await text_chat.say("xóa dữ liệu"), "erase_yes")
    await database.erase_traces()
    assert b"so-secret-an-address" not in bytes_of(tmp_path)
    async with database.reading() as session:
        assert (await session.scalars(select(Conversation))).all() == []
        assert (await session.scalars(select(Person))).all() == []


async def test_declining_to_delete_deletes_nothing(text_chat: Chat, database: Database) -> None:
    await text_chat.say("0977 111 222")
    await text_chat.pick(await text_chat.say("xóa dữ liệu"), "cancel")
    async with database.reading() as session:
        assert len((await session.scalars(select(Conversation))).all()) == 1


def test_memory_keeps_no_word_of_a_message() -> None:
    seen = nameless(extract(f"Trường tiểu học {PLANTED} báo: chuyển vào stk 0123456789 Vietcombank"))
    assert PLANTED.lower() not in repr(seen).lower()
    assert seen.accounts


def test_memory_survives_its_storage_and_forgets_what_it_does_not_understand() -> None:
    memory = Memory(menu=(Choice("menu", "Xem"),), chosen_school="7")
    assert from_data(to_data(memory), NOW) == memory
    assert from_data({"menu": "of another version"}, NOW) == Memory()


@pytest.mark.parametrize(("age", "kept"), [(timedelta(minutes=14), True), (KEPT, False)])
async def test_memory_of_a_check_ends_after_fifteen_minutes_although_the_person_goes_on(
    text_chat: Chat, database: Database, age: timedelta, *, kept: bool
) -> None:
    await text_chat.say("0977 111 222")
    async with database.reading() as session:
        (conversation,) = await session.scalars(select(Conversation))
    memory = from_data(conversation.dialogue_data or {}, NOW + age)
    assert (memory.last is not None) is kept
