"""Committed, then acknowledged; and what a parent gets when it cannot be committed."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.channels.events import AddressGone, AddressMoved
from bot.channels.intake import Intake
from bot.channels.polling import Pauses, poll
from bot.channels.telegram import TelegramChannel
from bot.messages import Incoming, Reply
from tests.channels.peer import AcceptThenDrop, Garbage, Peer, Refuse, too_many
from tests.channels.phones import Phone

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
HELP = Reply("🔧 CHƯA KIỂM TRA ĐƯỢC – cứ làm các bước dưới đây")
PARENT = 71


class StoppedRecords:
    """Records whose database can be taken away."""

    def __init__(self) -> None:
        self.kept: list[Incoming | AddressGone | AddressMoved] = []
        self.gone = False
        self.refused = 0

    async def accept(self, incoming: Incoming) -> bool:
        return self._keep(incoming)

    async def address_gone(self, gone: AddressGone, now: datetime) -> None:
        self._keep(gone)

    async def address_moved(self, moved: AddressMoved) -> None:
        self._keep(moved)

    def _keep(self, event: Incoming | AddressGone | AddressMoved) -> bool:
        if self.gone:
            self.refused += 1
            raise OSError("disk gone, with 0912345678 in the message")
        new = not isinstance(event, Incoming) or event.event_id not in self.events
        if new:
            self.kept.append(event)
        return new

    @property
    def events(self) -> list[str]:
        return [event.event_id for event in self.kept if isinstance(event, Incoming)]

    @property
    def texts(self) -> list[str]:
        return [event.text for event in self.kept if isinstance(event, Incoming)]


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def records() -> StoppedRecords:
    return StoppedRecords()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def intake(channel: TelegramChannel, records: StoppedRecords, clock: Clock) -> AsyncIterator[Intake]:
    async def outage_replies(incoming: Incoming, now: datetime) -> tuple[Reply, ...]:
        if "hỏng" in incoming.text:
            raise ValueError(incoming.text)
        return (HELP,)

    made = Intake(channel, records, outage_replies=outage_replies, now=clock)
    yield made
    await made.close()


@pytest.fixture
def parent(peer: Peer) -> Phone:
    return Phone(peer, PARENT)


def update(parent: Phone, number: int, text: str = "0912345678") -> dict[str, object]:
    return {"update_id": number, "message": parent.message(text=text)}


async def test_what_was_committed_may_be_forgotten_by_the_platform(
    intake: Intake, records: StoppedRecords, parent: Phone
) -> None:
    assert await intake.take(update(parent, 5))
    assert records.events == ["5"]


async def test_what_is_not_for_us_or_makes_no_sense_is_acknowledged_and_leaves_nothing(
    intake: Intake, records: StoppedRecords
) -> None:
    assert await intake.take({"update_id": 5})
    assert await intake.take({"update_id": 6, "message": {"message_id": 1}})
    assert records.kept == []


async def test_without_records_the_parent_is_helped_at_once_and_the_update_must_come_again(
    intake: Intake, records: StoppedRecords, parent: Phone
) -> None:
    records.gone = True

    assert not await intake.take(update(parent, 5))

    await parent.sees(1)
    assert parent.texts[0].startswith(HELP.headline)
    records.gone = False
    assert await intake.take(update(parent, 5))
    assert records.events == ["5"]


async def test_help_without_records_comes_once_in_ten_minutes_for_each_conversation(
    intake: Intake, records: StoppedRecords, parent: Phone, peer: Peer, clock: Clock
) -> None:
    records.gone = True
    other = Phone(peer, 72)

    for number in range(5, 9):
        await intake.take(update(parent, number))
    await intake.take(update(other, 9))
    clock.now = NOW + timedelta(minutes=9, seconds=59)
    await intake.take(update(parent, 10))
    await intake.close()
    assert (len(parent.screen), len(other.screen)) == (1, 1)

    clock.now = NOW + timedelta(minutes=10)
    await intake.take(update(parent, 11))
    await intake.close()
    assert (len(parent.screen), len(other.screen)) == (2, 1)


async def test_even_when_the_help_itself_fails_the_update_is_only_asked_for_again(
    intake: Intake, records: StoppedRecords, parent: Phone
) -> None:
    records.gone = True

    assert not await intake.take(update(parent, 5, "hỏng"))
    await intake.close()
    assert parent.screen == []


async def test_a_tap_is_answered_whether_or_not_it_could_be_committed(
    intake: Intake, records: StoppedRecords, peer: Peer, parent: Phone
) -> None:
    message = parent.message(text="Người gọi nói gì?")
    tap = {
        "id": "t1",
        "from": {"id": PARENT, "is_bot": False, "first_name": "A"},
        "chat_instance": "1",
        "message": message,
        "data": "menu",
    }
    await intake.take({"update_id": 5, "callback_query": tap})
    records.gone = True
    await intake.take({"update_id": 6, "callback_query": {**tap, "id": "t2"}})
    await intake.close()

    assert peer.answered_taps == ["t1", "t2"]


async def test_a_dead_and_a_moved_address_are_noted(
    intake: Intake, records: StoppedRecords, parent: Phone, peer: Peer
) -> None:
    await parent.blocks()
    message = {
        "message_id": 1,
        "date": 1_795_500_000,
        "chat": {"id": -55, "type": "group", "title": "Lớp"},
        "migrate_to_chat_id": -100500,
    }

    assert await intake.take(peer._pending[0])
    assert await intake.take({"update_id": 6, "message": message})
    assert [type(event) for event in records.kept] == [AddressGone, AddressMoved]


async def test_an_event_about_an_address_that_cannot_be_noted_gets_no_help_sent(
    intake: Intake, records: StoppedRecords, parent: Phone, peer: Peer
) -> None:
    records.gone = True
    await parent.blocks()

    assert not await intake.take(peer._pending[0])
    await intake.close()
    assert peer.calls == []


class TestPolling:
    """Our own long poll, against the peer."""

    @pytest.fixture
    async def polling(self, channel: TelegramChannel, intake: Intake) -> AsyncIterator[asyncio.Event]:
        stop = asyncio.Event()
        running = asyncio.create_task(poll(channel, intake, stop, pauses=Pauses(0.02, 0.05)))
        yield stop
        stop.set()
        await asyncio.wait_for(running, 5)

    async def test_messages_arrive_in_order_and_only_then_are_confirmed(
        self, peer: Peer, parent: Phone, records: StoppedRecords, polling: asyncio.Event
    ) -> None:
        numbers = [await parent.says(str(count)) for count in range(20)]

        await peer.until(lambda: peer.unconfirmed == [] and len(peer.made("getUpdates")) > 1)
        assert records.events == [str(number) for number in numbers]

    async def test_the_webhook_is_taken_away_without_dropping_what_waits(
        self, peer: Peer, parent: Phone, records: StoppedRecords, polling: asyncio.Event
    ) -> None:
        await parent.says("0912345678")

        await peer.until(lambda: peer.unconfirmed == [])
        assert peer.made("deleteWebhook") == [{"drop_pending_updates": False}]

    async def test_only_the_kinds_we_read_are_asked_for(self, peer: Peer, polling: asyncio.Event) -> None:
        await peer.until(lambda: len(peer.made("getUpdates")) > 0)
        assert peer.made("getUpdates")[0]["allowed_updates"] == [
            "message",
            "edited_message",
            "callback_query",
            "my_chat_member",
        ]

    async def test_nothing_is_confirmed_while_the_records_are_gone(
        self, peer: Peer, parent: Phone, records: StoppedRecords, polling: asyncio.Event
    ) -> None:
        records.gone = True
        first, second = await parent.says("một"), await parent.says("hai")
        await peer.until(lambda: len(peer.made("getUpdates")) >= 4)
        assert peer.unconfirmed == [first, second]

        records.gone = False
        await peer.until(lambda: peer.unconfirmed == [])
        assert records.texts == ["một", "hai"]
        assert len(parent.screen) == 1, "one direct help, not one per try"

    async def test_a_message_behind_one_that_could_not_be_committed_does_not_overtake_it(
        self, channel: TelegramChannel, intake: Intake, peer: Peer, parent: Phone, records: StoppedRecords
    ) -> None:
        async def refuse_once(incoming: Incoming) -> bool:
            records.gone = records.refused == 0
            return records._keep(incoming)

        records.accept = refuse_once  # type: ignore[method-assign]
        await parent.says("một")
        await parent.says("hai")
        stop = asyncio.Event()
        running = asyncio.create_task(poll(channel, intake, stop, pauses=Pauses(0.02, 0.05)))
        await peer.until(lambda: peer.unconfirmed == [])
        stop.set()
        await running

        assert records.texts == ["một", "hai"]

    async def test_one_unreadable_update_does_not_block_those_behind_it(
        self, peer: Peer, parent: Phone, records: StoppedRecords, polling: asyncio.Event
    ) -> None:
        await peer.deliver(message={"message_id": "?"})
        after = await parent.says("0912345678")

        await peer.until(lambda: peer.unconfirmed == [])
        assert records.events == [str(after)]

    @pytest.mark.parametrize(
        "fault",
        [
            Refuse(502, "Bad Gateway"),
            Refuse(409, "Conflict: terminated by other getUpdates request"),
            Garbage(200),
            Garbage(200, '{"ok": true}'),
            Garbage(200, '{"ok": true, "result": {}}'),
            AcceptThenDrop(),
        ],
        ids=["502", "409", "html", "no result", "no list", "drop"],
    )
    async def test_listening_goes_on_after_a_fault(
        self,
        peer: Peer,
        parent: Phone,
        records: StoppedRecords,
        fault: Refuse | Garbage | AcceptThenDrop,
        polling: asyncio.Event,
    ) -> None:
        peer.play("getUpdates", fault, fault)
        await parent.says("0912345678")

        await peer.until(lambda: peer.unconfirmed == [] and len(peer.made("getUpdates")) > 2)
        assert len(records.kept) == 1

    async def test_a_wait_that_the_platform_asks_for_is_kept(
        self, peer: Peer, parent: Phone, records: StoppedRecords, channel: TelegramChannel, intake: Intake
    ) -> None:
        peer.play("getUpdates", too_many(1))
        stop = asyncio.Event()
        started = asyncio.get_running_loop().time()
        running = asyncio.create_task(poll(channel, intake, stop, pauses=Pauses(0.02, 0.05)))

        await peer.until(lambda: len(peer.made("getUpdates")) >= 2)
        stop.set()
        await running

        assert asyncio.get_running_loop().time() - started >= 1.0

    async def test_a_webhook_set_meanwhile_is_taken_away_again(
        self, peer: Peer, parent: Phone, records: StoppedRecords, polling: asyncio.Event
    ) -> None:
        await peer.until(lambda: len(peer.made("getUpdates")) > 0)
        await peer._set_webhook(url="http://127.0.0.1:1/elsewhere")
        await parent.says("0912345678")

        await peer.until(lambda: len(records.kept) == 1)
        assert len(peer.made("deleteWebhook")) >= 2

    async def test_stopping_does_not_wait_for_the_long_poll(
        self, peer: Peer, channel: TelegramChannel, intake: Intake
    ) -> None:
        stop = asyncio.Event()
        running = asyncio.create_task(poll(channel, intake, stop))
        await peer.until(lambda: len(peer.made("getUpdates")) == 1)

        stop.set()

        await asyncio.wait_for(running, 2)


def test_pauses_grow_to_a_limit_and_start_again_after_a_success() -> None:
    pauses = Pauses(first=1.0, longest=3.0)

    assert [pauses.after_failure() for _ in range(4)] == [1.0, 1.5, 2.25, 3.0]
    assert pauses.after_failure(asked=17.0) == 17.0
    pauses.reset()
    assert pauses.after_failure() == 1.0
