"""Nothing acknowledged is lost, nothing takes effect twice, nothing finished is kept."""

import asyncio
from datetime import datetime, timedelta

import pytest

from db import inbox, mailbox, outbox
from db.engine import Database
from db.inbox import ClaimLost, InboxItem
from db.models import Inbox, InboxStatus, Lane, OutboxStatus
from db.outbox import OutboxItem, SendOutcome
from tests.builders import NOW
from tests.db.builders import make_conversation

LATER = NOW + timedelta(minutes=5)


async def accept(
    database: Database, event_id: str, *, address: str = "1001", payload: str = "{}", now: datetime = NOW
) -> bool:
    async with database.transaction() as session:
        return await inbox.accept(
            session,
            channel="telegram",
            bot_account="bot",
            event_id=event_id,
            address=address,
            payload=payload,
            now=now,
        )


async def claim(database: Database, *, now: datetime = NOW, limit: int = 10) -> list[InboxItem]:
    async with database.transaction() as session:
        return await inbox.claim_inbox(session, now=now, limit=limit)


async def finish(database: Database, item: InboxItem, *, now: datetime = NOW) -> None:
    async with database.transaction() as session:
        await inbox.finish_inbox(session, item, now)


async def queue(
    database: Database,
    payload: str = '{"headline": "x"}',
    *,
    address: str = "1001",
    lane: Lane = Lane.ANSWER,
    inbox_id: int | None = None,
    now: datetime = NOW,
) -> int:
    async with database.transaction() as session:
        conversation = await make_conversation(session, address)
        return await outbox.queue(
            session, conversation=conversation, inbox_id=inbox_id, lane=lane, payload=payload, now=now
        )


async def claim_out(
    database: Database, *, now: datetime = NOW, limit: int = 10, lanes: tuple[Lane, ...] = outbox.EVERY_LANE
) -> list[OutboxItem]:
    async with database.transaction() as session:
        return await outbox.claim_outbox(
            session, channel="telegram", bot_account="bot", now=now, limit=limit, lanes=lanes
        )


async def record(
    database: Database,
    outbox_id: int,
    result: SendOutcome,
    *,
    detail: str = "",
    retry_at: datetime | None = None,
    now: datetime = NOW,
) -> OutboxStatus | None:
    async with database.transaction() as session:
        return await outbox.record_send(
            session, outbox_id, result=result, detail=detail, retry_at=retry_at, now=now
        )


# What comes in


async def test_the_same_event_is_taken_in_once(database: Database) -> None:
    assert await accept(database, "7")
    assert not await accept(database, "7", payload="again")
    assert [item.payload for item in await claim(database)] == ["{}"]


async def test_an_event_id_belongs_to_its_channel_and_bot_account(database: Database) -> None:
    assert await accept(database, "7")
    async with database.transaction() as session:
        assert await inbox.accept(
            session, channel="telegram", bot_account="other", event_id="7", address="1", payload="{}", now=NOW
        )
        assert await inbox.accept(
            session, channel="web", bot_account="bot", event_id="7", address="1", payload="{}", now=NOW
        )


async def test_one_conversation_is_claimed_one_message_at_a_time_and_in_order(database: Database) -> None:
    for event in ("1", "2", "3"):
        await accept(database, event)
    for event in ("1", "2", "3"):
        items = await claim(database)
        assert [item.event_id for item in items] == [event]
        assert await claim(database) == []
        await finish(database, items[0])
    assert await claim(database) == []


async def test_different_conversations_are_claimed_together_oldest_first(database: Database) -> None:
    for event, address in (("1", "a"), ("2", "b"), ("3", "a"), ("4", "c")):
        await accept(database, event, address=address)
    assert [item.event_id for item in await claim(database, limit=2)] == ["1", "2"]
    assert [item.event_id for item in await claim(database)] == ["4"]


async def test_workers_racing_for_messages_get_each_message_once(database: Database) -> None:
    for number in range(40):
        await accept(database, str(number), address=f"address {number % 8}")
    done: list[str] = []

    async def work() -> None:
        while items := await claim(database, limit=3):
            for item in items:
                await asyncio.sleep(0)
                done.append(item.event_id)
                await finish(database, item)

    await asyncio.gather(*(work() for _ in range(4)))
    while items := await claim(database):
        for item in items:
            done.append(item.event_id)
            await finish(database, item)
    assert sorted(done, key=int) == [str(number) for number in range(40)]
    for address in range(8):
        mine = [int(event) for event in done if int(event) % 8 == address]
        assert mine == sorted(mine)


async def test_a_worker_that_died_loses_its_claim_after_the_lease(database: Database) -> None:
    await accept(database, "1")
    (lost,) = await claim(database)
    assert await claim(database, now=NOW + inbox.INBOX_LEASE) == []
    (taken,) = await claim(database, now=NOW + inbox.INBOX_LEASE + timedelta(seconds=1))
    assert taken.event_id == "1"
    with pytest.raises(ClaimLost):
        await finish(database, lost)
    await finish(database, taken)
    with pytest.raises(ClaimLost):
        await finish(database, taken)


async def test_a_sole_process_that_starts_again_takes_over_every_claim(database: Database) -> None:
    await accept(database, "1")
    await queue(database)
    await claim(database)
    await claim_out(database)
    async with database.transaction() as session:
        await mailbox.release_all(session, NOW)
    assert len(await claim(database)) == 1
    assert len(await claim_out(database)) == 1


async def test_events_claimed_together_are_finished_together(database: Database) -> None:
    for event in ("1", "2"):
        await accept(database, event, address=event, payload="what was said")
    async with database.transaction() as session:
        items = await inbox.claim_inbox(session, now=NOW, limit=10)
        await inbox.finish_all(session, items, NOW)
    assert await claim(database) == []
    async with database.reading() as session:
        for event in ("1", "2"):
            receipt = await inbox.receipt_of(session, channel="telegram", bot_account="bot", event_id=event)
            assert receipt is not None
            assert receipt.status is InboxStatus.DONE


async def test_a_claim_ends_with_a_transaction_that_failed(database: Database) -> None:
    async def die() -> None:
        async with database.transaction() as session:
            assert await inbox.claim_inbox(session, now=NOW, limit=1)
            raise OSError

    await accept(database, "1")
    with pytest.raises(OSError):  # noqa: PT011 - ours
        await die()
    assert len(await claim(database)) == 1


async def test_a_named_event_is_claimed_alone_and_not_before_its_turn(database: Database) -> None:
    for event in ("1", "2"):
        await accept(database, event)
    (first,) = await claim(database)
    async with database.transaction() as session:
        assert await inbox.claim_inbox(session, now=NOW, limit=1, only=first.id + 1) == []
    await finish(database, first)
    async with database.transaction() as session:
        (second,) = await inbox.claim_inbox(session, now=NOW, limit=1, only=first.id + 1)
    assert second.event_id == "2"


async def test_an_event_twice_in_one_group_is_taken_in_once(database: Database) -> None:
    event = inbox.NewEvent("telegram", "bot", "1", "1001", "{}")
    other = inbox.NewEvent("telegram", "bot", "2", "1001", "{}")
    again = inbox.NewEvent("telegram", "bot", "1", "1001", "later")
    async with database.transaction() as session:
        assert await inbox.accept_all(session, [event, other, again], NOW) == [True, True, False]
    assert [item.payload for item in await claim(database)] == ["{}"]


async def test_what_a_wrong_clock_put_off_is_due_after_the_next_start(database: Database) -> None:
    fast = NOW + timedelta(minutes=50)
    await accept(database, "1", now=fast)
    await queue(database, now=fast)
    assert (await claim(database), await claim_out(database)) == ([], [])
    async with database.transaction() as session:
        await mailbox.release_all(session, NOW)
    assert (len(await claim(database)), len(await claim_out(database))) == (1, 1)


async def test_a_message_that_fails_waits_longer_each_time_and_is_set_aside_at_the_fifth(
    database: Database,
) -> None:
    await accept(database, "1")
    await accept(database, "2")
    now = NOW
    for failures in range(1, 6):
        (item,) = await claim(database, now=now)
        assert (item.event_id, item.failures) == ("1", failures - 1)
        async with database.transaction() as session:
            set_aside = await inbox.fail_inbox(session, item, error_class="ValueError", now=now)
        assert set_aside == (failures == 5)
        if failures < 5:
            assert await claim(database, now=now + timedelta(seconds=2**failures - 1)) == []
            now += timedelta(seconds=2**failures)
    assert [item.event_id for item in await claim(database, now=now)] == ["2"]
    async with database.reading() as session:
        receipt = await inbox.receipt_of(session, channel="telegram", bot_account="bot", event_id="1")
    assert receipt is not None
    assert receipt.status is InboxStatus.SET_ASIDE


async def test_effects_of_a_transaction_whose_claim_was_lost_are_not_kept(database: Database) -> None:
    async def answer(item: InboxItem) -> None:
        async with database.transaction() as session:
            conversation = await make_conversation(session)
            await outbox.queue(
                session, conversation=conversation, inbox_id=item.id, lane=Lane.ANSWER, payload="{}", now=NOW
            )
            await inbox.finish_inbox(session, item, NOW)

    await accept(database, "1")
    (item,) = await claim(database)
    await answer(item)
    with pytest.raises(ClaimLost):
        await answer(item)
    async with database.reading() as session:
        assert len(await outbox.replies_to(session, item.id)) == 1


async def test_a_receipt_tells_what_became_of_an_event(database: Database) -> None:
    await accept(database, "1")
    async with database.reading() as session:
        waiting = await inbox.receipt_of(session, channel="telegram", bot_account="bot", event_id="1")
        assert waiting is not None
        assert waiting.status is InboxStatus.WAITING
        assert await inbox.receipt_of(session, channel="web", bot_account="bot", event_id="1") is None


# What goes out


async def test_messages_to_one_address_go_out_one_by_one_in_order(database: Database) -> None:
    first, second = await queue(database, "1"), await queue(database, "2")
    other = await queue(database, "3", address="1002")
    assert [item.id for item in await claim_out(database)] == [first, other]
    assert await claim_out(database) == []
    await record(database, first, SendOutcome.SENT)
    assert [item.payload for item in await claim_out(database)] == ["2"]
    assert second


async def test_answers_go_before_bulk_and_a_stopped_lane_stops_no_other(database: Database) -> None:
    bulk = await queue(database, lane=Lane.BULK)
    answer = await queue(database, address="1002")
    assert [item.id for item in await claim_out(database, lanes=(Lane.STAFF,))] == []
    assert [item.id for item in await claim_out(database)] == [answer, bulk]


async def test_bulk_to_an_address_does_not_hold_up_its_answer(database: Database) -> None:
    bulk = await queue(database, lane=Lane.BULK)
    answer = await queue(database)
    assert [item.id for item in await claim_out(database)] == [answer, bulk]


async def test_a_claimed_message_is_sent_again_when_its_sender_died(database: Database) -> None:
    await queue(database)
    assert [item.attempts for item in await claim_out(database)] == [1]
    assert await claim_out(database, now=NOW + outbox.OUTBOX_LEASE) == []
    again = await claim_out(database, now=NOW + outbox.OUTBOX_LEASE + timedelta(seconds=1))
    assert [item.attempts for item in again] == [2]


async def test_a_new_sole_sender_takes_over_the_claims_of_its_account_only(database: Database) -> None:
    await queue(database)
    await claim_out(database)
    for account, found in (("other", 0), ("bot", 1)):
        async with database.transaction() as session:
            await outbox.release_sends(session, channel="telegram", bot_account=account)
        assert len(await claim_out(database)) == found


async def test_sends_recorded_together_are_erased_and_finished_ones_left_alone(database: Database) -> None:
    await accept(database, "1")
    (item,) = await claim(database)
    sent, failed = [await queue(database, inbox_id=item.id) for _ in range(2)]
    await record(database, failed, SendOutcome.FAILED)
    async with database.transaction() as session:
        await outbox.record_sent(session, [sent, failed], NOW)
    async with database.reading() as session:
        replies = await outbox.replies_to(session, item.id)
    assert [(reply.status, reply.payload, reply.address) for reply in replies] == [
        (OutboxStatus.SENT, None, None),
        (OutboxStatus.FAILED, None, None),
    ]


@pytest.mark.parametrize("outcome", [SendOutcome.SENT, SendOutcome.BLOCKED, SendOutcome.FAILED])
async def test_a_finished_message_keeps_neither_text_nor_address(
    database: Database, outcome: SendOutcome
) -> None:
    await accept(database, "1")
    (item,) = await claim(database)
    outbox_id = await queue(database, inbox_id=item.id)
    await claim_out(database)
    assert await record(database, outbox_id, outcome, detail="Forbidden") == outcome.value
    assert await record(database, outbox_id, SendOutcome.FAILED) is None
    async with database.reading() as session:
        (left,) = await outbox.replies_to(session, item.id)
    assert (left.status.value, left.payload, left.address) == (outcome.value, None, None)


async def test_an_answer_that_may_have_arrived_is_sent_at_most_three_times(database: Database) -> None:
    outbox_id = await queue(database)
    for status in (OutboxStatus.WAITING, OutboxStatus.WAITING, OutboxStatus.AMBIGUOUS):
        assert len(await claim_out(database)) == 1
        assert await record(database, outbox_id, SendOutcome.AMBIGUOUS) is status
    assert await claim_out(database, now=LATER) == []


async def test_bulk_that_may_have_arrived_is_not_sent_again(database: Database) -> None:
    outbox_id = await queue(database, lane=Lane.BULK)
    await claim_out(database)
    assert await record(database, outbox_id, SendOutcome.AMBIGUOUS) is OutboxStatus.AMBIGUOUS


async def test_a_message_told_to_wait_is_not_claimed_before_its_time(database: Database) -> None:
    outbox_id = await queue(database)
    await claim_out(database)
    status = await record(
        database,
        outbox_id,
        SendOutcome.RETRY_AFTER,
        retry_at=NOW + timedelta(seconds=30),
        detail="RetryAfter",
    )
    assert status is OutboxStatus.WAITING
    assert await claim_out(database, now=NOW + timedelta(seconds=29)) == []
    assert len(await claim_out(database, now=NOW + timedelta(seconds=30))) == 1


async def test_the_replies_to_an_event_are_found_in_order(database: Database) -> None:
    await accept(database, "1")
    (item,) = await claim(database)
    await queue(database, "first", inbox_id=item.id)
    await queue(database, "second", inbox_id=item.id)
    async with database.reading() as session:
        assert [reply.payload for reply in await outbox.replies_to(session, item.id)] == ["first", "second"]


# What is forgotten


async def test_unprocessable_and_unsent_texts_are_erased_after_a_day(database: Database) -> None:
    await accept(database, "1")
    for _ in range(5):
        (item,) = await claim(database, now=LATER)
        async with database.transaction() as session:
            await inbox.fail_inbox(session, item, error_class="ValueError", now=NOW)
    outbox_id = await queue(database, inbox_id=item.id)
    day = NOW + timedelta(hours=24)
    for now, kept in ((day, True), (day + timedelta(seconds=1), False)):
        async with database.transaction() as session:
            await mailbox.forget_old(session, now)
        async with database.reading() as session:
            (reply,) = await outbox.replies_to(session, item.id)
            row = await session.get_one(Inbox, item.id)
        assert (reply.payload is not None, row.payload is not None, row.address is not None) == (kept,) * 3
    assert reply.status is OutboxStatus.FAILED
    assert outbox_id == reply.id


async def test_a_waiting_message_is_kept_however_old(database: Database) -> None:
    await accept(database, "1", payload="still to be answered")
    async with database.transaction() as session:
        await mailbox.forget_old(session, NOW + timedelta(days=20))
    assert [item.payload for item in await claim(database)] == ["still to be answered"]


async def test_event_ids_are_forgotten_after_two_weeks(database: Database) -> None:
    await accept(database, "1")
    (item,) = await claim(database)
    outbox_id = await queue(database, inbox_id=item.id)
    await claim_out(database)
    await record(database, outbox_id, SendOutcome.SENT)
    await finish(database, item)
    assert not await accept(database, "1", now=NOW + timedelta(days=14))
    async with database.transaction() as session:
        await mailbox.forget_old(session, NOW + timedelta(days=14, seconds=1))
    assert await accept(database, "1", now=NOW + timedelta(days=14, seconds=1))
