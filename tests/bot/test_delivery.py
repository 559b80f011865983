"""Durable in and out, on both databases: once, in order, after the commit, and honest when something breaks."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.answering import marked_late
from bot.awaited_answers import DeliveryUnavailable
from bot.channels.adapter import SENT, SendKind, SendResult
from bot.delivery import AnswerLate, Delivery
from bot.messages import Channel, ConversationId, Incoming, Reply
from bot.messages_json import reply_to_json
from bot.sending import Sender
from db import inbox, outbox, people
from db.engine import Database, sqlite_path
from db.models import Conversation, Inbox, InboxStatus, Lane, Outbox, OutboxStatus, Person
from tests.bot.conftest import Clock, Platform
from tests.builders import NOW

PLACE = ConversationId(Channel.TELEGRAM, "bot", "42")


def make_incoming(event_id: str = "1", *, place: ConversationId = PLACE, said: str = "xin chào") -> Incoming:
    return Incoming(conversation=place, event_id=event_id, received_at=NOW, text=said)


@dataclass
class Answers:
    """What the conversation does, as a test wants it: echo, and fail for as often as it is told to."""

    failures: int = 0
    poison: str = ""
    heard: list[str] = field(default_factory=list)
    held: dict[str, asyncio.Event] = field(default_factory=dict)

    async def __call__(
        self, incoming: Incoming, session: AsyncSession, conversation: Conversation, now: datetime
    ) -> tuple[Reply, ...]:
        people.save_dialogue(conversation, state="open", data={}, expires_at=now)
        if (event := self.held.get(incoming.text)) is not None:
            await event.wait()
        if self.poison and incoming.text == self.poison:
            raise RuntimeError
        if self.failures:
            self.failures -= 1
            raise RuntimeError("what the parent wrote: " + incoming.text)
        self.heard.append(incoming.text)
        return (Reply(f"Về: {incoming.text}"),)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Order and claims depend on the kind of database: here both are used."""
    opened = Database(database_url)
    yield opened
    await opened.close()


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def platform() -> Platform:
    return Platform(Channel.TELEGRAM)


@pytest.fixture
def delivery(database: Database, answers: Answers, clock: Clock) -> Delivery:
    return Delivery(database, answers, clock=clock)


@pytest.fixture
def sender(database: Database, platform: Platform, clock: Clock) -> Sender:
    return Sender(database, platform, clock=clock)


async def statuses(database: Database) -> list[InboxStatus]:
    async with database.reading() as session:
        return list(await session.scalars(select(Inbox.status).order_by(Inbox.id)))


async def outgoing(database: Database) -> list[tuple[OutboxStatus, str | None, str | None]]:
    async with database.reading() as session:
        rows = await session.scalars(select(Outbox).order_by(Outbox.id))
        return [(row.status, row.payload, row.detail) for row in rows]


async def test_an_event_has_its_effect_once_however_often_it_comes(
    delivery: Delivery, sender: Sender, platform: Platform
) -> None:
    assert await delivery.accept(make_incoming())
    assert not await delivery.accept(make_incoming())
    await delivery.work()
    assert not await delivery.accept(make_incoming())
    assert await delivery.work() == 0
    await sender.send_once()
    await sender.send_once()
    assert [reply.headline for _, reply in platform.received] == ["Về: xin chào"]


async def test_nothing_of_what_was_said_is_left_when_it_is_answered_and_sent(
    database: Database, delivery: Delivery, sender: Sender
) -> None:
    await delivery.accept(make_incoming(said="bí mật của mẹ"))
    await delivery.work()
    await sender.send_once()
    async with database.reading() as session:
        rows = [*await session.scalars(select(Inbox.payload)), *await session.scalars(select(Outbox.payload))]
    assert rows == [None, None]


async def test_messages_of_one_person_are_answered_in_order(delivery: Delivery, answers: Answers) -> None:
    for number in range(5):
        await delivery.accept(make_incoming(str(number), said=str(number)))
    while await delivery.work():
        pass
    assert answers.heard == ["0", "1", "2", "3", "4"]


async def test_one_person_does_not_wait_for_another(
    database: Database, answers: Answers, clock: Clock
) -> None:
    delivery = Delivery(database, answers, clock=clock, workers=2)
    answers.held["chậm"] = asyncio.Event()
    await delivery.accept(make_incoming("1", said="chậm"))
    await delivery.accept(make_incoming("2", place=replace(PLACE, address="43"), said="nhanh"))
    working = asyncio.create_task(delivery.work())
    if database.dialect == "postgresql":  # SQLite has one writer, so there nothing overtakes anything
        async with asyncio.timeout(60):
            while answers.heard != ["nhanh"]:  # noqa: ASYNC110 - the first is held until then
                await asyncio.sleep(0.01)
    answers.held["chậm"].set()
    assert await working == 2
    assert sorted(answers.heard) == ["chậm", "nhanh"]


async def test_the_first_failure_is_answered_honestly_and_the_real_answer_follows(  # noqa: PLR0917
    database: Database, delivery: Delivery, answers: Answers, sender: Sender, platform: Platform, clock: Clock
) -> None:
    answers.failures = 1
    await delivery.accept(make_incoming(said="mai họp phụ huynh nhé"))
    await delivery.work()
    await sender.send_once()
    assert platform.received[0][1].headline.startswith("🔧 CHƯA KIỂM TRA ĐƯỢC")
    assert platform.received[0][1].calls[0].dial == "113"
    assert await statuses(database) == [InboxStatus.WAITING]
    clock.forward(seconds=3)
    await delivery.work()
    await sender.send_once()
    assert platform.received[1][1].headline == "Về: mai họp phụ huynh nhé"
    assert await statuses(database) == [InboxStatus.DONE]


async def test_a_failure_keeps_none_of_its_effects(
    database: Database, delivery: Delivery, answers: Answers
) -> None:
    answers.failures = 1
    await delivery.accept(make_incoming())
    await delivery.work()
    async with database.reading() as session:
        assert (await session.scalars(select(Conversation))).all() == []
        assert (await session.scalars(select(Person))).all() == []


async def test_after_five_failures_a_message_is_set_aside_and_its_conversation_goes_on(
    database: Database, delivery: Delivery, answers: Answers, clock: Clock
) -> None:
    answers.failures = 5
    await delivery.accept(make_incoming("1", said="độc"))
    await delivery.accept(make_incoming("2", said="lành"))
    for _ in range(5):
        await delivery.work()
        clock.forward(minutes=1)
    await delivery.work()
    assert await statuses(database) == [InboxStatus.SET_ASIDE, InboxStatus.DONE]
    assert answers.heard == ["lành"]
    async with database.reading() as session:
        assert await session.scalar(select(Inbox.error_class).where(Inbox.event_id == "1")) == "RuntimeError"


async def test_the_words_of_an_error_are_not_logged(
    delivery: Delivery, answers: Answers, capsys: pytest.CaptureFixture[str]
) -> None:
    answers.failures = 1
    await delivery.accept(make_incoming(said="bí mật của mẹ"))
    await delivery.work()
    logged = capsys.readouterr()
    assert "RuntimeError" in logged.out + logged.err
    assert "bí mật" not in logged.out + logged.err


async def test_a_payload_of_another_version_is_answered_with_the_fixed_steps(
    database: Database, delivery: Delivery, sender: Sender, platform: Platform
) -> None:
    await delivery.accept(make_incoming())
    async with database.transaction() as session:
        await session.execute(text("UPDATE inbox SET payload = 'nonsense'"))
    await delivery.work()
    await sender.send_once()
    assert platform.received[0][1].headline.startswith("🔧 CHƯA KIỂM TRA ĐƯỢC")


async def test_a_worker_that_died_loses_nothing(
    database: Database, delivery: Delivery, answers: Answers, clock: Clock
) -> None:
    await delivery.accept(make_incoming())
    async with database.transaction() as session:
        await inbox.claim_inbox(session, now=clock(), limit=1)  # and then it was killed
    assert await delivery.work() == 0
    clock.forward(minutes=1)
    await delivery.work()
    assert answers.heard == ["xin chào"]


async def test_an_event_that_is_being_answered_is_not_answered_by_another_worker(
    database: Database, delivery: Delivery, answers: Answers, clock: Clock
) -> None:
    held = answers.held["xin chào"] = asyncio.Event()
    await delivery.accept(make_incoming())
    first = asyncio.create_task(delivery.work())
    await asyncio.sleep(0.1)
    second = asyncio.create_task(Delivery(database, answers, clock=clock).work())
    await asyncio.sleep(0.1)
    held.set()
    assert [await first, await second] == [1, 0]
    assert answers.heard == ["xin chào"]


async def test_one_failing_event_does_not_hold_up_those_that_wait_with_it(
    delivery: Delivery, answers: Answers, database: Database, clock: Clock
) -> None:
    answers.poison = "độc"
    for number, said in enumerate(("trước", "độc", "sau")):
        await delivery.accept(make_incoming(str(number), place=replace(PLACE, address=said), said=said))
    while await delivery.work():
        pass
    assert sorted(answers.heard[-2:]) == ["sau", "trước"]
    assert sorted(await statuses(database)) == [InboxStatus.DONE, InboxStatus.DONE, InboxStatus.WAITING]


async def test_a_failure_of_two_workers_at_once_is_noted_once(
    database: Database, delivery: Delivery, answers: Answers, clock: Clock
) -> None:
    answers.failures = 2
    await delivery.accept(make_incoming())
    await asyncio.gather(delivery.work(), Delivery(database, answers, clock=clock).work())
    assert len(await outgoing(database)) == 1


async def test_events_that_come_together_share_a_commit_and_each_learns_its_own_fate(
    delivery: Delivery, database: Database
) -> None:
    places = [replace(PLACE, address=str(number)) for number in range(30)]
    incoming = [make_incoming(str(number), place=place) for number, place in enumerate(places)]
    fates = await asyncio.gather(*(delivery.accept(one) for one in (*incoming, *incoming[:10])))
    assert fates.count(True) == 30
    assert len(await statuses(database)) == 30


async def test_one_event_that_cannot_be_committed_takes_no_other_with_it(
    delivery: Delivery, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = inbox.accept_all

    async def accept_all(
        session: AsyncSession, events: Sequence[inbox.NewEvent], now: datetime
    ) -> list[bool]:
        if any(event.event_id == "2" for event in events):
            raise OSError
        return await real(session, events, now)

    monkeypatch.setattr(inbox, "accept_all", accept_all)
    fates = await asyncio.gather(
        *(delivery.accept(make_incoming(str(number))) for number in range(4)), return_exceptions=True
    )
    assert [fate is True for fate in fates] == [True, True, False, True]
    assert isinstance(fates[2], DeliveryUnavailable)


async def test_what_cannot_be_committed_is_said_to_the_channel(
    delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def accept_all(session: AsyncSession, *facts: object) -> list[bool]:
        raise OSError

    monkeypatch.setattr(inbox, "accept_all", accept_all)
    with pytest.raises(DeliveryUnavailable):
        await delivery.accept(make_incoming())
    with pytest.raises(DeliveryUnavailable):
        await delivery.answer_to(make_incoming(), 1)


async def test_an_answer_that_cannot_be_read_back_is_not_waited_for(
    running: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def record_sent(session: AsyncSession, ids: Sequence[int], now: datetime) -> None:
        raise OSError

    monkeypatch.setattr(outbox, "record_sent", record_sent)
    with pytest.raises(DeliveryUnavailable):
        await running.answer_to(make_incoming(), 5)


async def test_a_failure_that_cannot_be_noted_ends_the_wait_and_is_tried_again(
    running: Delivery, answers: Answers, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail_inbox(session: AsyncSession, item: inbox.InboxItem, **facts: object) -> bool:
        raise OSError

    monkeypatch.setattr(inbox, "fail_inbox", fail_inbox)
    answers.failures = 100
    with pytest.raises(DeliveryUnavailable):
        await running.answer_to(make_incoming(), 30)
    assert await statuses(database) == [InboxStatus.WAITING]


# Answers in the same request.


@pytest.fixture
async def running(delivery: Delivery) -> AsyncIterator[Delivery]:
    task = asyncio.create_task(delivery.run())
    yield delivery
    delivery.stop()
    await asyncio.wait_for(task, 10)


async def test_the_web_gets_the_answer_in_the_same_request_and_once(
    database: Database, running: Delivery
) -> None:
    incoming = make_incoming(place=ConversationId(Channel.WEB, "web", "visit"))
    assert [reply.headline for reply in await running.answer_to(incoming, 5)] == ["Về: xin chào"]
    assert await running.answer_to(incoming, 5) == ()
    assert await outgoing(database) == [(OutboxStatus.SENT, None, None)]


async def test_the_web_gets_the_honest_answer_when_something_breaks(
    running: Delivery, answers: Answers
) -> None:
    answers.failures = 1
    incoming = make_incoming(place=ConversationId(Channel.WEB, "web", "visit"))
    (reply,) = await running.answer_to(incoming, 5)
    assert reply.headline.startswith("🔧 CHƯA KIỂM TRA ĐƯỢC")


async def test_the_web_does_not_wait_for_ever(delivery: Delivery) -> None:
    with pytest.raises(AnswerLate):
        await delivery.answer_to(make_incoming(), 0.05)  # nobody is working


async def test_an_answer_by_another_process_is_found(
    delivery: Delivery, database: Database, clock: Clock
) -> None:
    other = Delivery(database, Answers(), clock=clock)
    waiting = asyncio.create_task(delivery.answer_to(make_incoming(), 5))
    await asyncio.sleep(0.1)
    await other.work()
    assert [reply.headline for reply in await waiting] == ["Về: xin chào"]


async def test_stopping_finishes_what_is_in_flight_and_returns_at_once(
    delivery: Delivery, answers: Answers, database: Database
) -> None:
    held = answers.held["xin chào"] = asyncio.Event()
    task = asyncio.create_task(delivery.run())
    await delivery.accept(make_incoming())
    async with asyncio.timeout(5):
        await asyncio.sleep(0.2)
        delivery.stop()
        held.set()
        await task
    assert await statuses(database) == [InboxStatus.DONE]


async def test_what_does_not_finish_in_time_is_cut_off_and_done_again(
    delivery: Delivery, answers: Answers, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.delivery.STOP_SECONDS", 0.1)
    answers.held["xin chào"] = asyncio.Event()
    task = asyncio.create_task(delivery.run())
    await delivery.accept(make_incoming())
    await asyncio.sleep(0.2)
    delivery.stop()
    await asyncio.wait_for(task, 5)
    assert answers.heard == []
    answers.held["xin chào"].set()
    clock.forward(minutes=1)
    await Delivery(delivery._database, answers, clock=clock).work()
    assert answers.heard == ["xin chào"]


async def test_after_stop_nothing_more_is_claimed(
    delivery: Delivery, answers: Answers, database: Database, clock: Clock
) -> None:
    await delivery.accept(make_incoming())
    delivery.stop()
    assert await delivery.work() == 0
    assert answers.heard == []
    await Delivery(database, answers, clock=clock).work()
    assert answers.heard == ["xin chào"]


async def test_work_goes_on_when_the_records_come_back(
    delivery: Delivery, database: Database, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, broken = inbox.claim_inbox, 2

    async def claim_inbox(session: AsyncSession, *, now: datetime, limit: int) -> list[inbox.InboxItem]:
        nonlocal broken
        if broken:
            broken -= 1
            raise OSError
        return await real(session, now=now, limit=limit)

    monkeypatch.setattr(inbox, "claim_inbox", claim_inbox)
    monkeypatch.setattr("bot.delivery._RETRY_SECONDS", 0.01)
    task = asyncio.create_task(delivery.run())
    assert await delivery.answer_to(make_incoming(), 5)
    delivery.stop()
    await task


# Sending.


async def queue(
    database: Database, lane: Lane = Lane.ANSWER, address: str = "42", said: str = "Chào"
) -> None:
    async with database.transaction() as session:
        await outbox.queue(
            session,
            conversation=replace(PLACE, address=address),
            inbox_id=None,
            lane=lane,
            payload=reply_to_json(Reply(said)),
            now=NOW,
        )


async def test_a_limit_stops_its_lane_until_it_ends_and_no_other(
    database: Database, sender: Sender, platform: Platform, clock: Clock
) -> None:
    await queue(database, Lane.BULK, "1", "Cảnh báo")
    platform.results = [SendResult(SendKind.RETRY_AFTER, retry_after=30)]
    await sender.send_once()
    await queue(database, Lane.BULK, "2", "Cảnh báo")
    await queue(database, Lane.ANSWER, "3", "Trả lời")
    await sender.send_once()
    await sender.send_once()
    assert [address for address, _ in platform.received] == ["1", "3"]
    clock.forward(seconds=31)
    await sender.send_once()
    assert sorted(address for address, _ in platform.received) == ["1", "1", "2", "3"]


async def test_with_every_lane_closed_nothing_is_claimed(
    database: Database, sender: Sender, platform: Platform, clock: Clock
) -> None:
    for lane in Lane:
        await queue(database, lane, lane.value)
        platform.results = [SendResult(SendKind.RETRY_AFTER, retry_after=30)]
        await sender.send_once()
    assert await sender.send_once() == 0


async def test_answers_go_before_bulk(database: Database, sender: Sender, platform: Platform) -> None:
    for number in range(9):
        await queue(database, Lane.BULK, f"bulk {number}")
    await queue(database, Lane.ANSWER, "parent")
    await sender.send_once()
    assert platform.received[0][0] == "parent"


async def test_a_blocked_address_is_marked_dead_until_its_next_message(
    database: Database, delivery: Delivery, sender: Sender, platform: Platform
) -> None:
    platform.results = [SendResult(SendKind.BLOCKED, detail="Forbidden")]
    await delivery.accept(make_incoming())
    await delivery.work()
    await sender.send_once()
    async with database.reading() as session:
        assert await session.scalar(select(Conversation.dead_since)) is not None
    assert await outgoing(database) == [(OutboxStatus.BLOCKED, None, "Forbidden")]
    await delivery.accept(make_incoming("2"))
    await delivery.work()
    async with database.reading() as session:
        assert await session.scalar(select(Conversation.dead_since)) is None


async def test_a_moved_address_is_followed(
    database: Database, delivery: Delivery, sender: Sender, platform: Platform
) -> None:
    platform.results = [replace(SENT, new_address="-100")]
    await delivery.accept(make_incoming())
    await delivery.work()
    await sender.send_once()
    async with database.reading() as session:
        assert await session.scalar(select(Conversation.address)) == "-100"


async def test_an_answer_that_may_have_arrived_is_sent_again(
    database: Database, sender: Sender, platform: Platform, clock: Clock
) -> None:
    platform.results = [SendResult(SendKind.AMBIGUOUS, detail="TimedOut")]
    await queue(database)
    await sender.send_once()
    clock.forward(seconds=10)
    await sender.send_once()
    assert [status for status, _, _ in await outgoing(database)] == [OutboxStatus.SENT]
    assert len(platform.received) == 2


async def test_an_alert_that_may_have_arrived_is_not_sent_again(
    database: Database, sender: Sender, platform: Platform, clock: Clock
) -> None:
    platform.results = [SendResult(SendKind.AMBIGUOUS, detail="TimedOut")]
    await queue(database, Lane.BULK)
    await sender.send_once()
    clock.forward(minutes=10)
    await sender.send_once()
    assert [status for status, _, _ in await outgoing(database)] == [OutboxStatus.AMBIGUOUS]
    assert len(platform.received) == 1


async def test_an_adapter_that_breaks_its_promise_stops_nobody(
    database: Database, sender: Sender, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def send(address: str, reply: Reply) -> SendResult:
        raise ValueError(reply.headline)

    monkeypatch.setattr(platform, "send", send)
    await queue(database, Lane.BULK)
    await sender.send_once()
    assert await outgoing(database) == [(OutboxStatus.AMBIGUOUS, None, "ValueError")]


async def test_an_outgoing_payload_that_is_not_ours_fails_for_good(
    database: Database, sender: Sender
) -> None:
    await queue(database)
    async with database.transaction() as session:
        await session.execute(text("UPDATE outbox SET payload = 'nonsense'"))
    await sender.send_once()
    assert await outgoing(database) == [(OutboxStatus.FAILED, None, "PayloadUnreadable")]


async def test_a_result_is_recorded_although_the_records_were_away_for_a_moment(
    database: Database, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, broken = outbox.record_send, 1

    async def record_send(session: AsyncSession, outbox_id: int, **facts: object) -> OutboxStatus | None:
        nonlocal broken
        if broken:
            broken -= 1
            raise OSError
        return await real(session, outbox_id, **facts)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(outbox, "record_send", record_send)
    monkeypatch.setattr("bot.sending._RETRY_SECONDS", 0.01)
    await queue(database)
    await sender.send_once()
    assert [status for status, _, _ in await outgoing(database)] == [OutboxStatus.SENT]


async def test_the_sender_of_a_running_delivery_sends_and_stops(
    database: Database, answers: Answers, platform: Platform, clock: Clock
) -> None:
    delivery = Delivery(database, answers, channels=[platform], clock=clock)
    task = asyncio.create_task(delivery.run())
    await delivery.accept(make_incoming())
    async with asyncio.timeout(5):
        await platform.sent.wait()
        delivery.stop()
        await task
    assert platform.received[0][1].headline == "Về: xin chào"


# Late answers.


def test_an_answer_within_two_minutes_is_left_as_it_is() -> None:
    replies = (Reply("Đầu"),)
    assert marked_late(replies, make_incoming(), NOW + timedelta(minutes=2)) == replies
    assert marked_late((), make_incoming(), NOW + timedelta(hours=2)) == ()


def test_a_later_answer_begins_with_the_time_of_its_message() -> None:
    first, second = marked_late((Reply("Đầu"), Reply("Sau")), make_incoming(), NOW + timedelta(minutes=3))
    assert first.headline == "Trả lời tin lúc 10:00. Đầu"
    assert second.headline == "Sau"


def test_a_late_first_line_still_fits() -> None:
    (reply,) = marked_late((Reply("Rất dài " * 19),), make_incoming(), NOW + timedelta(hours=3))
    assert len(reply.headline) <= 160


async def test_one_event_wakes_one_worker(
    database: Database, answers: Answers, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hear_nothing(*_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr("db.wakeups.listen", hear_nothing)
    monkeypatch.setattr("bot.delivery.POLL_SECONDS", 60.0)
    monkeypatch.setattr("bot.delivery.FOLLOW_UP_SECONDS", 60.0)
    looks: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        looks.extend(["look"] if statement.startswith("UPDATE inbox SET claim=") else [])

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    delivery = Delivery(database, answers, clock=clock, workers=3)
    running = asyncio.create_task(delivery.run())
    async with asyncio.timeout(20):
        while len(looks) < 3:  # noqa: ASYNC110 - it is looked at, not told
            await asyncio.sleep(0.01)
        for number in range(2):
            await delivery.answer_to(make_incoming(str(number), said=str(number)), timeout=20)
    delivery.stop()
    await running
    assert answers.heard == ["0", "1"]
    # Where events are claimed singly, whoever got one looks for another.
    assert len(looks) == 3 + 2 * (1 if database.dialect == "sqlite" else 2)


async def test_who_writes_again_at_once_is_answered_without_waiting_for_the_next_round(
    database: Database, delivery: Delivery, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.delivery.POLL_SECONDS", 60.0)
    for number in range(3):
        await delivery.accept(make_incoming(str(number), said=str(number)))
    running = asyncio.create_task(delivery.run())
    async with asyncio.timeout(20):
        while len(answers.heard) < 3:  # noqa: ASYNC110 - it is looked at, not told
            await asyncio.sleep(0.01)
    delivery.stop()
    await running
    assert answers.heard == ["0", "1", "2"]


async def test_the_journal_is_emptied_soon_after_the_last_answer(
    sqlite_url: str, answers: Answers, clock: Clock
) -> None:
    database = Database(sqlite_url)
    delivery = Delivery(database, answers, clock=clock)
    journal = sqlite_path(database.engine.url).with_name(sqlite_path(database.engine.url).name + "-wal")
    running = asyncio.create_task(delivery.run())
    await delivery.answer_to(make_incoming(), timeout=20)
    async with asyncio.timeout(20):
        while journal.stat().st_size:  # noqa: ASYNC110 - it is looked at, not told
            await asyncio.sleep(0.05)
    delivery.stop()
    await running
    await database.close()
