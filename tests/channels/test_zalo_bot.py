"""The Zalo Bot adapter: what events become, what the person sees, what the delivery is told, how it listens."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.app import open_services
from bot.channels import SendKind, SendResult
from bot.channels.events import AnotherListener, PlatformUnavailable, TokenRefused, UnintelligibleUpdate
from bot.channels.intake import Intake
from bot.channels.polling import Pauses, poll
from bot.channels.zalo_bot import TOKEN_PAUSE, ZaloBotChannel, outcome, zalo_text
from bot.channels.zalo_http import BUSY_PAUSE, NOT_SENT_PAUSE
from bot.messages import Call, Choice, Incoming, Reply
from bot.settings import ChannelIncomplete, DemoRecordsRefused, Settings
from tests.channels.peer import AcceptThenDrop, Fault, Garbage, Hang, Refuse
from tests.channels.running import SCAM
from tests.channels.zalo_bot_peer import BOT_ID, BOT_NAME, TOKEN, ZaloBotPeer, ZaloPhone

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
PARENT = "6ede9afa66b88fe6d6a9"


@pytest.fixture
async def zalo() -> AsyncIterator[ZaloBotPeer]:
    async with ZaloBotPeer().serving() as serving:
        yield serving
    assert serving.complaints == []


@pytest.fixture
async def bot(zalo: ZaloBotPeer) -> AsyncIterator[ZaloBotChannel]:
    made = ZaloBotChannel(TOKEN, api_base=zalo.url, read_timeout=0.3)
    yield made
    await made.close()


def incoming(bot: ZaloBotChannel, event: dict[str, Any]) -> Incoming:
    received = bot.read({"ok": True, "result": event}, NOW)
    assert received is not None
    assert isinstance(received.event, Incoming)
    assert bot.read(event, NOW) == received, "polled, the same event stands without its envelope"
    return received.event


# Reading


async def test_a_text_becomes_a_message(zalo: ZaloBotPeer, bot: ZaloBotChannel) -> None:
    event = zalo.event(PARENT, "text", text="0912 345 678")

    asked = incoming(bot, event)

    assert (asked.text, asked.unreadable, asked.is_group) == ("0912 345 678", False, False)
    assert asked.event_id == event["message"]["message_id"]
    assert (asked.conversation.bot_account, asked.conversation.address) == (BOT_ID, PARENT)
    assert asked.received_at == NOW


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("image", {"photo_url": "https://zalo.example/a.jpg"}),
        ("image", {"photo": "https://zalo.example/a.jpg", "caption": ""}),
        ("sticker", {"sticker": "x", "url": "https://zalo.example/s.png"}),
        ("voice", {"voice_url": "https://zalo.example/a.aac"}),
        ("something_new", {}),
    ],
)
async def test_what_cannot_be_read_yet_is_said_to_be_so(
    zalo: ZaloBotPeer, bot: ZaloBotChannel, name: str, content: dict[str, Any]
) -> None:
    asked = incoming(bot, zalo.event(PARENT, name, **content))
    assert (asked.text, asked.unreadable, asked.withheld) == ("", True, False)


async def test_words_under_a_picture_are_read(zalo: ZaloBotPeer, bot: ZaloBotChannel) -> None:
    asked = incoming(
        bot, zalo.event(PARENT, "image", photo="https://x.example", caption="Có phải lừa không?")
    )
    assert (asked.text, asked.unreadable) == ("Có phải lừa không?", False)


async def test_content_that_zalo_withholds_is_known_to_be_withheld(
    zalo: ZaloBotPeer, bot: ZaloBotChannel
) -> None:
    asked = incoming(bot, zalo.event(PARENT, "unsupported"))
    assert (asked.unreadable, asked.withheld) == (True, True)


async def test_in_a_group_our_own_name_is_not_part_of_the_question(
    zalo: ZaloBotPeer, bot: ZaloBotChannel
) -> None:
    await bot.introduce()

    asked = incoming(bot, zalo.event("g1", "text", group=True, text=f"@{BOT_NAME} 0912 345 678"))
    called = incoming(bot, zalo.event("g1", "text", group=True, text=f"@{BOT_NAME}"))

    assert (asked.text, asked.is_group) == ("0912 345 678", True)
    assert called.text == "/menu"


async def test_what_is_no_message_to_us_is_passed_over(zalo: ZaloBotPeer, bot: ZaloBotChannel) -> None:
    event = zalo.event(PARENT, "text", text="x")
    echo = {**event, "message": {**event["message"], "from": {"id": "b", "is_bot": True}}}
    assert bot.read({**event, "event_name": "user.blocked"}, NOW) is None
    assert bot.read(echo, NOW) is None


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"result": 7},
        {"event_name": "message.text.received"},
        {"event_name": "message.text.received", "message": "x"},
        {"event_name": "message.text.received", "message": {"message_id": "1", "chat": {}}},
        {"event_name": "message.text.received", "message": {"message_id": "a\x00b", "chat": {"id": "1"}}},
        {"event_name": "message.text.received", "message": {"message_id": "1", "chat": {"id": "x" * 200}}},
        {
            "event_name": "message.text.received",
            "message": {"message_id": "1", "chat": {"id": "1"}, "text": []},
        },
    ],
)
async def test_an_event_without_the_promised_shape_is_unintelligible(
    bot: ZaloBotChannel, raw: dict[str, Any]
) -> None:
    with pytest.raises(UnintelligibleUpdate):
        bot.read(raw, NOW)


async def test_half_a_letter_does_not_reach_the_database(zalo: ZaloBotPeer, bot: ZaloBotChannel) -> None:
    assert incoming(bot, zalo.event(PARENT, "text", text="a\ud83db")).text == "a?b"


# Sending


def make_reply(**parts: Any) -> Reply:
    return Reply("⚠️ TIN NÀY RẤT GIỐNG LỪA ĐẢO. Đừng chuyển tiền", steps=("Đừng trả lời.",), **parts)


async def test_an_answer_is_plain_text_with_numbered_choices(zalo: ZaloBotPeer, bot: ZaloBotChannel) -> None:
    zalo.event(PARENT, "text", text="x")
    reply = make_reply(
        calls=(Call("Trường Ví Dụ", "0530 000 113", "+84530000113"),), choices=(Choice("menu", "Việc khác"),)
    )

    assert await bot.send(PARENT, reply) == SendResult(SendKind.SENT)

    (sent,) = zalo.made("sendMessage")
    assert sent.keys() == {"chat_id", "text"}
    assert sent["text"].startswith(reply.headline)
    assert "☎ Trường Ví Dụ: 0530 000 113" in sent["text"]
    assert "1. Việc khác\nTrả lời bằng số hoặc gõ chữ." in sent["text"]


async def test_letters_outside_the_first_plane_count_twice(zalo: ZaloBotPeer, bot: ZaloBotChannel) -> None:
    zalo.event(PARENT, "text", text="x")
    long = Reply(
        "🔧 CHƯA KIỂM TRA ĐƯỢC", steps=("🔧" * 990,), reasons=("Vì vậy.",), notes=("a" * 200, "b" * 100)
    )

    assert await bot.send(PARENT, long) == SendResult(SendKind.SENT)

    assert len(zalo.shown[PARENT][0].encode("utf-16-le")) // 2 <= 2000


def test_letters_are_composed() -> None:
    assert zalo_text(Reply("Lừa đảo")) == "Lừa đảo"


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Refuse(400, "Bad Request"), SendResult(SendKind.FAILED, detail="Error400")),
        (Refuse(401, "Unauthorized"), SendResult(SendKind.RETRY_AFTER, TOKEN_PAUSE, "Error401")),
        (Refuse(403, "internal server error"), SendResult(SendKind.AMBIGUOUS, detail="Error403")),
        (Refuse(408, "Request timeout"), SendResult(SendKind.AMBIGUOUS, detail="Error408")),
        (Refuse(429, "Quota exceeded"), SendResult(SendKind.RETRY_AFTER, BUSY_PAUSE, "Error429")),
        (Refuse(500, "x"), SendResult(SendKind.AMBIGUOUS, detail="Error500")),
        (Garbage(502, "<html>"), SendResult(SendKind.AMBIGUOUS, detail="Status502")),
        (Garbage(429, "slow down"), SendResult(SendKind.RETRY_AFTER, BUSY_PAUSE, "Error429")),
        (Garbage(200, "[]"), SendResult(SendKind.AMBIGUOUS, detail="Status200")),
        (Garbage(200, '{"ok": false}'), SendResult(SendKind.AMBIGUOUS, detail="Error500")),
        (
            Garbage(200, '{"ok": false, "error_code": "429"}'),
            SendResult(SendKind.RETRY_AFTER, BUSY_PAUSE, "Error429"),
        ),
        (Hang(), SendResult(SendKind.AMBIGUOUS, detail="ReadTimeout")),
        (AcceptThenDrop(), SendResult(SendKind.AMBIGUOUS, detail="RemoteProtocolError")),
    ],
)
async def test_what_went_wrong_is_told_honestly(
    zalo: ZaloBotPeer, bot: ZaloBotChannel, fault: Fault, expected: SendResult
) -> None:
    zalo.event(PARENT, "text", text="x")
    zalo.play("sendMessage", fault)
    assert await bot.send(PARENT, make_reply()) == expected


def test_a_method_that_is_not_there_is_no_reason_to_hold_up_everybody() -> None:
    assert outcome(404) == SendResult(SendKind.FAILED, detail="Error404")


async def test_a_platform_that_cannot_be_reached_was_sent_nothing() -> None:
    nowhere = ZaloBotChannel(TOKEN, api_base="http://127.0.0.1:1")
    assert await nowhere.send(PARENT, make_reply()) == SendResult(
        SendKind.RETRY_AFTER, NOT_SENT_PAUSE, "ConnectError"
    )
    await nowhere.close()


# Listening


async def test_nothing_new_is_an_empty_list(bot: ZaloBotChannel) -> None:
    assert await bot.fetch(0, wait=0) == []


async def test_an_event_is_given_again_until_it_is_done_with(zalo: ZaloBotPeer, bot: ZaloBotChannel) -> None:
    await zalo.deliver(zalo.event(PARENT, "text", text="một"))
    await zalo.deliver(zalo.event(PARENT, "text", text="hai"))

    (first,) = await bot.fetch(0, wait=1)
    (again,) = await bot.fetch(0, wait=1)
    (second,) = await bot.fetch(1, wait=1)

    assert again == first
    assert incoming(bot, dict(first)).text == "một"
    assert incoming(bot, dict(second)).text == "hai"
    assert (first["update_id"], second["update_id"]) == (0, 1)


async def test_polling_takes_the_webhook_away_and_goes_on(zalo: ZaloBotPeer, bot: ZaloBotChannel) -> None:
    await bot.listen_by_polling()  # there is none, which is no reason to fail
    await bot.listen_by_webhook("http://127.0.0.1:1/x", "eight-characters")
    with pytest.raises(AnotherListener):
        await bot.fetch(0, wait=0)

    await bot.listen_by_polling()

    assert await bot.fetch(0, wait=0) == []


@pytest.mark.parametrize("answer", [Refuse(401, "Unauthorized"), Garbage(404, "<html>no such page</html>")])
async def test_a_refused_token_is_told_from_an_outage(
    zalo: ZaloBotPeer, bot: ZaloBotChannel, answer: Fault
) -> None:
    zalo.play("getMe", answer, Refuse(500, "x"), Refuse(429, "x"))
    with pytest.raises(TokenRefused):
        await bot.introduce()
    with pytest.raises(PlatformUnavailable) as outage:
        await bot.introduce()
    assert outage.value.retry_after is None
    with pytest.raises(PlatformUnavailable) as busy:
        await bot.introduce()
    assert busy.value.retry_after == BUSY_PAUSE


async def test_an_event_that_comes_while_stopping_is_taken_in(zalo: ZaloBotPeer, bot: ZaloBotChannel) -> None:
    taken: list[object] = []

    class Kept:
        async def accept(self, incoming: Incoming) -> bool:
            taken.append(incoming.text)
            return True

        async def address_gone(self, *_: object) -> None: ...

        async def address_moved(self, *_: object) -> None: ...

    async def nothing(incoming: Incoming, now: datetime) -> tuple[Reply, ...]:
        return ()

    stop = asyncio.Event()
    intake = Intake(bot, Kept(), outage_replies=nothing, now=lambda: NOW)
    polling = asyncio.create_task(poll(bot, intake, stop, pauses=Pauses(0.01, 0.02)))
    await zalo.until(lambda: len(zalo.made("getUpdates")) == 1)

    stop.set()
    await zalo.deliver(zalo.event(PARENT, "text", text="vào phút chót"))
    await asyncio.wait_for(polling, 5)

    assert taken == ["vào phút chót"]


# The whole service, by polling


def make_settings(zalo: ZaloBotPeer, database: Path, **values: Any) -> Settings:
    return Settings(
        _env_file=None,  # pyright: ignore[reportCallIssue]
        database_url=f"sqlite:///{database}",
        zalo_bot_token=TOKEN,
        zalo_bot_api_base=zalo.url,
        **values,
    )


async def test_a_parent_is_answered_by_a_service_that_polls(
    zalo: ZaloBotPeer, template: Path, tmp_path: Path
) -> None:
    database = Path(shutil.copy(template, tmp_path / "goilai.db"))
    parent, group = ZaloPhone(zalo, PARENT), ZaloPhone(zalo, "g7", group=True)
    async with open_services(make_settings(zalo, database)):
        await parent.says(SCAM)
        assert "RẤT GIỐNG LỪA ĐẢO" in await parent.sees(1)
        await parent.picks("Báo vụ này")
        assert "đồng ý" in await parent.sees(2)
        await parent.does("unsupported")
        assert "Zalo không cho máy đọc" in await parent.sees(3)
        await group.says(f"@{BOT_NAME} {SCAM}")
        assert len((await group.sees(1)).splitlines()) < 20
        await group.says(f"@{BOT_NAME} rời nhóm")
        assert "không tự rời nhóm được" in await group.sees(2)


async def test_over_quota_an_answer_waits_and_is_not_lost(
    zalo: ZaloBotPeer, template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.zalo_bot.BUSY_PAUSE", 0.2)
    database = Path(shutil.copy(template, tmp_path / "goilai.db"))
    parent = ZaloPhone(zalo, PARENT)
    zalo.quota = 0
    async with open_services(make_settings(zalo, database)):
        await parent.says("/start")
        await zalo.until(lambda: len(zalo.made("sendMessage")) >= 1)
        assert parent.texts == []
        zalo.quota = None
        assert (await parent.sees(1)).startswith("Chào bạn")
    assert len(parent.texts) == 1


# Settings


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ({"zalo_bot_token": TOKEN, "demo": True}, DemoRecordsRefused),
        (
            {
                "zalo_oa_id": "1",
                "zalo_oa_app_id": "2",
                "zalo_oa_secret": "x",
                "zalo_oa_app_secret": "y",
                "demo": True,
            },
            DemoRecordsRefused,
        ),
        (
            {"zalo_bot_token": TOKEN, "zalo_bot_mode": "webhook", "public_url": "https://x.example"},
            ChannelIncomplete,
        ),
        (
            {
                "zalo_bot_token": TOKEN,
                "zalo_bot_mode": "webhook",
                "public_url": "https://x.example",
                "zalo_bot_webhook_secret": "short",
            },
            ChannelIncomplete,
        ),
        ({"zalo_oa_id": "1", "zalo_oa_app_id": "2", "zalo_oa_secret": "x"}, ChannelIncomplete),
    ],
)
def test_settings_that_could_not_work_are_refused_at_start(values: dict[str, Any], refused: type) -> None:
    with pytest.raises(ValueError, match=r"demo|Demo|needs") as error:
        Settings(_env_file=None, **values)  # pyright: ignore[reportCallIssue]
    assert issubclass(refused, ValueError)
    assert TOKEN not in str(error.value)
