"""Two conversations become one person's by a code and a yes on both sides, and can be parted again."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db import checks, corrections, linking, models, people, personal_data
from db.corrections import Correction
from db.engine import Database
from db.keys import Keys
from db.linking import (
    CODE_LIVES,
    MOST_CONVERSATIONS,
    CodeNotOpen,
    CodeOfThisConversation,
    LinkedAlready,
    LinkNotOpen,
    TooMuchToLink,
)
from db.models import Conversation
from scamcheck.knowledge import IdentifierKind
from tests.builders import NOW
from tests.db.builders import make_conversation, make_school
from tests.db.test_checks import make_verdict

KEYS = Keys(b"a secret of this test only")
CODE = "K7MP2Q9X"
LATER = NOW + CODE_LIVES


async def both(session: AsyncSession) -> tuple[Conversation, Conversation]:
    return await make_conversation(session), await make_conversation(session, "6ede", channel="zalo_bot")


async def link(
    session: AsyncSession, asking: Conversation, answering: Conversation, *, most: int = 7
) -> None:
    await linking.ask(session, asking, code=CODE, keys=KEYS, now=NOW)
    typed = await linking.type_in(session, answering, code=CODE, keys=KEYS, now=NOW)
    await linking.agree(session, answering, link_id=typed.id, now=NOW)
    await linking.link(session, asking, link_id=typed.id, most_followed=most, now=NOW)


async def count(session: AsyncSession, table: type[models.Base]) -> int:
    return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_what_either_follows_and_agreed_to_is_the_persons(database: Database) -> None:
    async with database.transaction() as session:
        one, two = await both(session)
        shared, mine, theirs = [await make_school(session, name) for name in ("Chung", "Một", "Hai")]
        for conversation, school in ((one, shared), (one, mine), (two, shared), (two, theirs)):
            await people.follow_school(session, conversation, school.id, NOW)
        await people.give_consent(session, two, kind="report", version="1", now=NOW)
        await link(session, one, two)
        assert one.person_id == two.person_id
        assert {school.name for school in await people.followed_schools(session, two)} == {
            "Chung",
            "Một",
            "Hai",
        }
        assert await people.followed_schools(session, one) == await people.followed_schools(session, two)
        held = await personal_data.stored_data(session, one, NOW)
        assert [other.id for other in held.linked] == [two.id]
        assert len(held.consents) == 1
        assert not held.linking
        assert await count(session, models.Person) == 1
        assert await count(session, models.LinkRequest) == 0


async def test_nothing_is_linked_before_both_have_said_yes(database: Database) -> None:
    async with database.transaction() as session:
        one, two = await both(session)
        await linking.ask(session, one, code=CODE, keys=KEYS, now=NOW)
        assert await linking.waiting_for(session, one, NOW) is None
        typed = await linking.type_in(session, two, code=CODE, keys=KEYS, now=NOW)
        assert (typed.asking.id, typed.answering.id, typed.asked_at) == (one.id, two.id, NOW)
        with pytest.raises(LinkNotOpen):
            await linking.link(session, one, link_id=typed.id, most_followed=7, now=NOW)
        await linking.agree(session, two, link_id=typed.id, now=NOW)
        waiting = await linking.waiting_for(session, one, NOW)
        assert waiting is not None
        assert waiting.answering.id == two.id
        for conversation in (one, two):
            assert await linking.others_of(session, conversation) == []
            assert await linking.is_open(session, conversation, NOW)


async def test_each_side_can_only_say_its_own_yes(database: Database) -> None:
    async with database.transaction() as session:
        one, two = await both(session)
        stranger = await make_conversation(session, "2002")
        await linking.ask(session, one, code=CODE, keys=KEYS, now=NOW)
        typed = await linking.type_in(session, two, code=CODE, keys=KEYS, now=NOW)
        for wrong in (one, stranger):
            with pytest.raises(LinkNotOpen):
                await linking.agree(session, wrong, link_id=typed.id, now=NOW)
        await linking.agree(session, two, link_id=typed.id, now=NOW)
        for wrong in (two, stranger):
            with pytest.raises(LinkNotOpen):
                await linking.link(session, wrong, link_id=typed.id, most_followed=7, now=NOW)
        with pytest.raises(LinkNotOpen):
            await linking.agree(session, two, link_id=typed.id + 1, now=NOW)


async def test_a_code_is_typed_once_and_not_where_it_was_given_out(database: Database) -> None:
    async with database.transaction() as session:
        one, two = await both(session)
        stranger = await make_conversation(session, "2002")
        await linking.ask(session, one, code=CODE, keys=KEYS, now=NOW)
        with pytest.raises(CodeOfThisConversation):
            await linking.type_in(session, one, code=CODE, keys=KEYS, now=NOW)
        with pytest.raises(CodeNotOpen):
            await linking.type_in(session, two, code="K7MP2Q9Z", keys=KEYS, now=NOW)
        await linking.type_in(session, two, code=CODE, keys=KEYS, now=NOW)
        with pytest.raises(CodeNotOpen):
            await linking.type_in(session, stranger, code=CODE, keys=KEYS, now=NOW)


async def test_a_new_code_makes_the_one_before_worthless(database: Database) -> None:
    async with database.transaction() as session:
        one, two = await both(session)
        await linking.ask(session, one, code=CODE, keys=KEYS, now=NOW)
        await linking.ask(session, one, code="ZZZZ2222", keys=KEYS, now=NOW)
        with pytest.raises(CodeNotOpen):
            await linking.type_in(session, two, code=CODE, keys=KEYS, now=NOW)
        assert await count(session, models.LinkRequest) == 1


async def test_a_conversation_answers_one_code_at_a_time(database: Database) -> None:
    async with database.transaction() as session:
        one, two = await both(session)
        other = await make_conversation(session, "2002")
        await linking.ask(session, one, code=CODE, keys=KEYS, now=NOW)
        await linking.ask(session, other, code="ZZZZ2222", keys=KEYS, now=NOW)
        first = await linking.type_in(session, two, code=CODE, keys=KEYS, now=NOW)
        await linking.type_in(session, two, code="ZZZZ2222", keys=KEYS, now=NOW)
        with pytest.raises(LinkNotOpen):
            await linking.agree(session, two, link_id=first.id, now=NOW)


async def test_codes_and_requests_end_after_ten_minutes(database: Database) -> None:
    async with database.transaction() as session:
        one, two = await both(session)
        await linking.ask(session, one, code=CODE, keys=KEYS, now=NOW)
        with pytest.raises(CodeNotOpen):
            await linking.type_in(session, two, code=CODE, keys=KEYS, now=LATER)
        typed = await linking.type_in(session, two, code=CODE, keys=KEYS, now=NOW)
        with pytest.raises(LinkNotOpen):
            await linking.agree(session, two, link_id=typed.id, now=LATER)
        await linking.agree(session, two, link_id=typed.id, now=NOW)
        assert await linking.waiting_for(session, one, LATER) is None
        with pytest.raises(LinkNotOpen):
            await linking.link(session, one, link_id=typed.id, most_followed=7, now=LATER)
        assert not await linking.is_open(session, one, LATER)
        await linking.forget_old(session, LATER)
        assert await count(session, models.LinkRequest) == 0


@pytest.mark.parametrize("side", [0, 1])
async def test_a_no_of_either_side_ends_it(database: Database, side: int) -> None:
    async with database.transaction() as session:
        sides = await both(session)
        await linking.ask(session, sides[0], code=CODE, keys=KEYS, now=NOW)
        await linking.type_in(session, sides[1], code=CODE, keys=KEYS, now=NOW)
        await linking.refuse(session, sides[side])
        assert await count(session, models.LinkRequest) == 0


async def test_who_is_linked_already_need_not_be_linked_again(database: Database) -> None:
    async with database.transaction() as session:
        one, two = await both(session)
        await link(session, one, two)
        await linking.ask(session, one, code=CODE, keys=KEYS, now=NOW)
        with pytest.raises(LinkedAlready):
            await linking.type_in(session, two, code=CODE, keys=KEYS, now=NOW)


async def test_a_last_yes_after_they_became_one_person_in_another_way_does_no_harm(
    database: Database,
) -> None:
    async with database.transaction() as session:
        one, two = await both(session)
        await linking.ask(session, one, code=CODE, keys=KEYS, now=NOW)
        typed = await linking.type_in(session, two, code=CODE, keys=KEYS, now=NOW)
        await linking.agree(session, two, link_id=typed.id, now=NOW)
        two.person_id = one.person_id
        await session.flush()
        await linking.link(session, one, link_id=typed.id, most_followed=7, now=NOW)
        assert [other.id for other in await linking.others_of(session, one)] == [two.id]


async def test_more_than_one_person_may_have_is_not_linked(database: Database) -> None:
    async with database.transaction() as session:
        one, two = await both(session)
        for number, conversation in enumerate((one, one, two, two)):
            school = await make_school(session, f"Trường {number}")
            await people.follow_school(session, conversation, school.id, NOW)
        with pytest.raises(TooMuchToLink):
            await link(session, one, two, most=3)
        assert one.person_id != two.person_id
        await link(session, one, two, most=4)
        for number in range(MOST_CONVERSATIONS - 2):
            await link(session, one, await make_conversation(session, f"more {number}"))
        with pytest.raises(TooMuchToLink):
            await link(session, one, await make_conversation(session, "one too many"))


async def test_parted_both_keep_what_they_follow_and_each_changes_alone(database: Database) -> None:
    async with database.transaction() as session:
        one, two = await both(session)
        school = await make_school(session)
        await people.follow_school(session, two, school.id, NOW)
        assert await linking.part(session, one, NOW) == []
        await link(session, one, two)
        assert [other.id for other in await linking.part(session, one, NOW)] == [two.id]
        assert one.person_id != two.person_id
        await people.unfollow_school(session, one, school.id)
        assert await people.followed_schools(session, one) == ()
        assert len(await people.followed_schools(session, two)) == 1


async def test_a_conversation_that_is_forgotten_takes_its_open_codes_along(database: Database) -> None:
    async with database.transaction() as session:
        one, two = await both(session)
        await linking.ask(session, one, code=CODE, keys=KEYS, now=NOW)
        await linking.type_in(session, two, code=CODE, keys=KEYS, now=NOW)
        await personal_data.erase(session, two)
        assert await count(session, models.LinkRequest) == 0


async def test_the_code_is_not_in_the_record(database: Database) -> None:
    async with database.transaction() as session:
        one, _ = await both(session)
        await linking.ask(session, one, code=CODE, keys=KEYS, now=NOW)
        request = (await session.scalars(select(models.LinkRequest))).one()
    assert CODE not in request.code_hmac
    assert len(request.code_hmac) == 64


async def test_a_school_followed_while_two_are_linked_is_not_lost(postgresql_url: str) -> None:
    database, other = Database(postgresql_url), Database(postgresql_url)
    async with database.transaction() as session:
        one, two = await both(session)
        school = await make_school(session)
        await linking.ask(session, one, code=CODE, keys=KEYS, now=NOW)
        typed = await linking.type_in(session, two, code=CODE, keys=KEYS, now=NOW)
        await linking.agree(session, two, link_id=typed.id, now=NOW)
    followed = asyncio.Event()

    async def follow() -> None:
        async with other.transaction() as session:
            there = await session.get_one(Conversation, two.id)
            await people.follow_school(session, there, school.id, NOW)
            followed.set()
            await asyncio.sleep(0.3)

    following = asyncio.create_task(follow())
    await followed.wait()
    async with database.transaction() as session:
        here = await session.get_one(Conversation, one.id)
        await linking.link(session, here, link_id=typed.id, most_followed=7, now=NOW)
    await following
    async with database.reading() as session:
        here = await session.get_one(Conversation, one.id)
        assert len(await people.followed_schools(session, here)) == 1
    await database.close()
    await other.close()


async def test_a_promise_made_on_the_web_or_at_a_dead_address_is_kept_on_the_linked_channel(
    database: Database,
) -> None:
    async with database.transaction() as session:
        web = await make_conversation(session, "visit", channel="web")
        chat = await make_conversation(session, "6ede", channel="zalo_bot")
        await make_conversation(session, "somebody else")
        check_id = await checks.record_check(session, web, make_verdict(), keys=KEYS, now=NOW)
        assert await checks.want_correction(session, web, check_id=check_id, now=NOW)
        assert await told(session) == ["visit"]
        await link(session, web, chat)
        assert await told(session) == ["6ede"]
        chat.dead_since = NOW
        await session.flush()
        assert await told(session) == ["visit"]


async def told(session: AsyncSession) -> list[str]:
    for row in await session.scalars(select(models.Outbox)):
        await session.delete(row)
    await corrections.note_change(
        session, kind=IdentifierKind.NUMBER, key="+84530000113", listed=True, now=NOW + timedelta(hours=1)
    )
    await corrections.queue_corrections(session, keys=KEYS, payload=_payload, now=NOW)
    return [row.address or "" for row in await session.scalars(select(models.Outbox))]


def _payload(correction: Correction) -> str:
    return correction.key
