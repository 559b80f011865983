"""What is remembered of a person, shown to them, and forgotten."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from db import checks, inbox, models, outbox, people, personal_data, reports, schools
from db.engine import Database
from db.keys import Keys
from db.models import Lane
from db.people import SchoolNotFound
from scamcheck.knowledge import IdentifierKind
from scamcheck.verdict import Level
from tests.builders import NOW
from tests.db.builders import make_conversation, make_school
from tests.db.test_checks import make_verdict

KEYS = Keys(b"a secret of this test only")


async def count(session: AsyncSession, table: type[models.Base]) -> int:
    return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_an_address_is_one_conversation_with_one_person(database: Database) -> None:
    async with database.transaction() as session:
        first = await make_conversation(session)
        again = await make_conversation(session, now=NOW + timedelta(days=2))
        other = await make_conversation(session, "1002")
        web = await make_conversation(session, channel="web")
    assert first.id == again.id
    assert len({first.person_id, other.person_id, web.person_id}) == 3
    assert again.last_seen_on.isoformat() == "2026-11-26"


async def test_two_first_messages_at_once_make_one_conversation(database: Database) -> None:
    async def arrive() -> int:
        async with database.transaction() as session:
            return (await make_conversation(session)).id

    assert len(set(await asyncio.gather(*(arrive() for _ in range(4))))) == 1
    async with database.reading() as session:
        assert (await count(session, models.Person), await count(session, models.Conversation)) == (1, 1)


async def test_a_conversation_made_by_another_process_a_moment_ago_is_taken(postgresql_url: str) -> None:
    ours, theirs = Database(postgresql_url), Database(postgresql_url)
    arrived = asyncio.Event()

    async def arrive_first() -> None:
        async with theirs.transaction() as session:
            await make_conversation(session)
            arrived.set()
            await asyncio.sleep(0.3)  # ours waits at the constraint meanwhile

    first = asyncio.create_task(arrive_first())
    await arrived.wait()
    async with ours.transaction() as session:
        await make_conversation(session)
    await first
    async with ours.reading() as session:
        assert (await count(session, models.Person), await count(session, models.Conversation)) == (1, 1)
    await ours.close()
    await theirs.close()


async def test_a_dialogue_is_remembered_until_it_expires(database: Database) -> None:
    async with database.transaction() as session:
        conversation = await make_conversation(session)
        assert people.dialogue_of(conversation, NOW) is None
        people.save_dialogue(
            conversation,
            state="report",
            data={"check": "abc"},
            expires_at=NOW + timedelta(minutes=15),
        )
    async with database.reading() as session:
        conversation = (await session.scalars(select(models.Conversation))).one()
    remembered = people.dialogue_of(conversation, NOW)
    assert remembered is not None
    assert (remembered.state, remembered.data) == ("report", {"check": "abc"})
    assert people.dialogue_of(conversation, NOW + timedelta(minutes=15)) is None


async def test_a_finished_dialogue_is_forgotten(database: Database) -> None:
    async with database.transaction() as session:
        conversation = await make_conversation(session)
        people.save_dialogue(conversation, state="report", data={"a": 1}, expires_at=None)
        people.save_dialogue(conversation, state=None, data={"a": 1}, expires_at=NOW)
    assert (conversation.dialogue_state, conversation.dialogue_data) == (None, None)


async def test_schools_are_followed_once_and_listed_latest_first(database: Database) -> None:
    async with database.transaction() as session:
        conversation = await make_conversation(session)
        first, second = await make_school(session, "Một"), await make_school(session, "Hai")
        for id_ in (first.id, str(second.id), first.id):
            await people.follow_school(session, conversation, id_, NOW)
        followed = await people.followed_schools(session, conversation)
        assert [school.name for school in followed] == ["Hai", "Một"]
        assert await people.unfollow_school(session, conversation, str(second.id))
        assert not await people.unfollow_school(session, conversation, str(second.id))
        assert [school.name for school in await people.followed_schools(session, conversation)] == ["Một"]


async def test_a_withdrawn_school_is_no_longer_among_the_followed(database: Database) -> None:
    async with database.transaction() as session:
        conversation = await make_conversation(session)
        school = await make_school(session)
        await people.follow_school(session, conversation, school.id, NOW)
        await schools.withdraw_school(session, school.id, now=NOW)
        assert await people.followed_schools(session, conversation) == ()


@pytest.mark.parametrize("school_id", ["999", "abc", "", "-1", "٣", "9" * 30, "1 OR 1=1"])
async def test_a_school_that_is_not_there_cannot_be_followed(database: Database, school_id: str) -> None:
    async with database.transaction() as session:
        conversation = await make_conversation(session)
        with pytest.raises(SchoolNotFound):
            await people.follow_school(session, conversation, school_id, NOW)
        assert not await people.unfollow_school(session, conversation, school_id)


async def test_the_first_consent_to_a_version_is_the_one_that_counts(database: Database) -> None:
    async with database.transaction() as session:
        conversation = await make_conversation(session)
        await people.give_consent(session, conversation, kind="report", version="1", now=NOW)
        await people.give_consent(
            session, conversation, kind="report", version="1", now=NOW + timedelta(days=1)
        )
        await people.give_consent(session, conversation, kind="report", version="2", now=NOW)
        held = await personal_data.stored_data(session, conversation, NOW)
    assert [(consent.version, consent.given_on.isoformat()) for consent in held.consents] == [
        ("1", "2026-11-24"),
        ("2", "2026-11-24"),
    ]


async def test_a_dead_address_comes_back_to_life_with_its_next_message(database: Database) -> None:
    place = {"channel": "telegram", "bot_account": "bot"}
    async with database.transaction() as session:
        conversation = await make_conversation(session)
        await people.address_gone(session, **place, address="1001", now=NOW)
        await people.address_gone(session, **place, address="1001", now=NOW + timedelta(days=1))
        await people.address_gone(session, **place, address="never seen", now=NOW)
        assert conversation.dead_since == NOW
        await make_conversation(session)
        assert conversation.dead_since is None


async def test_a_group_that_moved_keeps_its_conversation_and_its_waiting_messages(database: Database) -> None:
    place = {"channel": "telegram", "bot_account": "bot"}
    async with database.transaction() as session:
        conversation = await make_conversation(session, "old")
        await outbox.queue(
            session, conversation=conversation, inbox_id=None, lane=Lane.ANSWER, payload="{}", now=NOW
        )
        await people.address_moved(session, **place, old="old", new="new")
        await people.address_moved(session, **place, old="never seen", new="elsewhere")
        await session.flush()
        assert (await make_conversation(session, "new")).id == conversation.id
        (waiting,) = await outbox.claim_outbox(session, **place, now=NOW, limit=5)
        assert waiting.address == "new"


async def test_a_group_that_moved_to_a_known_address_leaves_the_old_one_alone(database: Database) -> None:
    async with database.transaction() as session:
        old, new = await make_conversation(session, "old"), await make_conversation(session, "new")
        await people.address_moved(session, channel="telegram", bot_account="bot", old="old", new="new")
        await session.flush()
        assert (old.address, new.address) == ("old", "new")


async def test_everything_held_is_shown_and_erased(database: Database) -> None:
    async with database.transaction() as session:
        conversation = await make_conversation(session)
        school = await make_school(session)
        await people.follow_school(session, conversation, school.id, NOW)
        people.save_dialogue(conversation, state="menu", data={}, expires_at=NOW + timedelta(hours=1))
        check_id = await checks.record_check(session, conversation, make_verdict(), keys=KEYS, now=NOW)
        await checks.want_correction(session, conversation, check_id=check_id, now=NOW)
        report = await reports.file_report(
            session,
            conversation,
            check_id=check_id,
            observables=reports.ReportedObservables(identifiers=((IdentifierKind.NUMBER, "+84530000113"),)),
            level=Level.UNKNOWN,
            reasons=[],
            consent_version="1",
            now=NOW,
        )
        await reports.file_dispute(session, conversation, check_id=check_id, now=NOW)
        await inbox.accept(
            session,
            channel="telegram",
            bot_account="bot",
            event_id="1",
            address="1001",
            payload="{}",
            now=NOW,
        )
        await outbox.queue(
            session, conversation=conversation, inbox_id=None, lane=Lane.ANSWER, payload="{}", now=NOW
        )
        held = await personal_data.stored_data(session, conversation, NOW)
    assert held == personal_data.StoredData(
        channel=models.ChannelName.TELEGRAM,
        address="1001",
        first_seen=NOW.date(),
        last_seen=NOW.date(),
        dialogue=True,
        follows=held.follows,
        consents=(personal_data.StoredConsent("report", "1", NOW.date()),),
        checks=(personal_data.StoredCheck(NOW.date(), Level.UNKNOWN),),
        reports=(personal_data.StoredReport(report.case_code, models.ReportStatus.RECEIVED, NOW.date()),),
        disputes=1,
        corrections_wanted=3,
        messages_waiting=2,
    )
    assert [school.name for school in held.follows] == ["Nguyễn Ví Dụ"]

    async with database.transaction() as session:
        conversation = await make_conversation(session)
        await personal_data.erase(session, conversation)
        await outbox.queue(
            session, conversation=conversation, inbox_id=None, lane=Lane.ANSWER, payload="last word", now=NOW
        )
    async with database.reading() as session:
        for table in (
            models.Person,
            models.Conversation,
            models.Subscription,
            models.Consent,
            models.Check,
            models.CheckIdentifier,
            models.CorrectionRequest,
        ):
            assert await count(session, table) == 0
        kept = await reports.report_status(session, report.case_code)
        assert kept is not None
        assert kept.conversation_id is None
        assert (await session.scalars(select(models.Dispute.conversation_id))).all() == [None]
        written = await session.execute(select(models.Outbox.payload, models.Outbox.address))
        assert [tuple(row) for row in written if any(row)] == [("last word", "1001")]


async def test_erasing_one_conversation_touches_no_other(database: Database) -> None:
    async with database.transaction() as session:
        mine, other = await make_conversation(session), await make_conversation(session, "1002")
        school = await make_school(session)
        await people.follow_school(session, other, school.id, NOW)
        await checks.record_check(session, other, make_verdict(), keys=KEYS, now=NOW)
        await personal_data.erase(session, mine)
        held = await personal_data.stored_data(session, other, NOW)
    assert (len(held.follows), len(held.checks)) == (1, 1)


async def test_what_could_not_be_processed_is_erased_with_the_person(database: Database) -> None:
    async with database.transaction() as session:
        conversation = await make_conversation(session)
        await inbox.accept(
            session,
            channel="telegram",
            bot_account="bot",
            event_id="1",
            address="1001",
            payload="text",
            now=NOW,
        )
        for failure in range(5):
            (item,) = await inbox.claim_inbox(session, now=NOW + timedelta(minutes=failure), limit=1)
            await inbox.fail_inbox(
                session, item, error_class="ValueError", now=NOW + timedelta(minutes=failure)
            )
        await personal_data.erase(session, conversation)
    async with database.reading() as session:
        assert (await session.execute(text("SELECT payload, address FROM inbox"))).one() == (None, None)


async def test_dialogues_and_quiet_conversations_are_forgotten_in_time(database: Database) -> None:
    later = NOW + timedelta(days=31)
    async with database.transaction() as session:
        await make_conversation(session, "quiet")
        follower = await make_conversation(session, "follows a school")
        agreed = await make_conversation(session, "agreed to something and left")
        waits = await make_conversation(session, "wants a correction")
        school = await make_school(session)
        await people.follow_school(session, follower, school.id, NOW)
        await people.give_consent(session, agreed, kind="report", version="1", now=NOW)
        check_id = await checks.record_check(session, waits, make_verdict(), keys=KEYS, now=NOW)
        await checks.want_correction(session, waits, check_id=check_id, now=NOW)
        await make_conversation(session, "spoke lately", now=later)
        people.save_dialogue(follower, state="menu", data={"a": 1}, expires_at=NOW)
    async with database.transaction() as session:
        assert await personal_data.forget_old(session, NOW + timedelta(days=30)) == 0
        assert await personal_data.forget_old(session, later) == 2
    async with database.reading() as session:
        left = (await session.scalars(select(models.Conversation).order_by(models.Conversation.id))).all()
        assert [conversation.address for conversation in left] == [
            "follows a school",
            "wants a correction",
            "spoke lately",
        ]
        assert {conversation.dialogue_data is None for conversation in left} == {True}
        assert await count(session, models.Person) == 3
        assert await count(session, models.Consent) == 0


async def test_the_number_of_a_message_dropped_by_an_erasure_is_not_given_to_the_next(
    database: Database,
) -> None:
    """A sender that has just sent the first records that by its number, after the erasure."""
    async with database.transaction() as session:
        conversation = await make_conversation(session)
        sent = await queue(session, conversation)
        await personal_data.erase(session, conversation)
        answer = await queue(session, conversation)
        await outbox.record_sent(session, [sent], NOW)
        assert answer > sent
        waiting = await outbox.claim_outbox(session, channel="telegram", bot_account="bot", now=NOW, limit=5)
        assert [item.id for item in waiting] == [answer]


async def queue(session: AsyncSession, conversation: models.Conversation) -> int:
    return await outbox.queue(
        session,
        conversation=conversation,  # pyright: ignore[reportArgumentType] - its columns are what is asked for
        inbox_id=None,
        lane=Lane.ANSWER,
        payload="words",
        now=NOW,
    )
