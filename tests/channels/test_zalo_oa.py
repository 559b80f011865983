"""The Official Account adapter: marks, events, what the person sees, and what the delivery is told."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.channels import SendKind, SendResult
from bot.channels.events import AddressGone, UnintelligibleUpdate
from bot.channels.zalo_http import BUSY_PAUSE, NOT_SENT_PAUSE, Answer
from bot.channels.zalo_oa import OPERATOR_PAUSE, AccessUnavailable, ZaloOaChannel, outcome
from bot.channels.zalo_oa_reply import for_official_account
from bot.channels.zalo_oa_signature import Origin, mark, origin
from bot.messages import Call, Channel, Choice, ConversationId, Incoming, Link, Reply
from tests.channels.peer import AcceptThenDrop, Fault, Garbage, Hang, Refuse
from tests.channels.zalo_oa_peer import APP_ID, OA_ID, OA_SECRET, OaPhone, ZaloOaPeer, buttons_of

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
PARENT = "246845883529197922"
HOTLINE = Call("Trường Ví Dụ", "0530 000 113", "+84530000113", note="ví dụ, không có thật")


class Tokens:
    """Hands out what the peer accepts, or what it accepted before."""

    def __init__(self, peer: ZaloOaPeer) -> None:
        self.peer = peer
        self.asked: list[str | None] = []
        self.token = peer.access_token = "access-1"
        self.unavailable = False

    async def current(self, *, refused: str | None = None) -> str:
        self.asked.append(refused)
        if self.unavailable:
            raise AccessUnavailable("NoAccessToken", retry_after=60)
        if refused is not None:
            self.token = self.peer.access_token = f"access-{len(self.asked)}"
        return self.token


@pytest.fixture
async def zalo() -> AsyncIterator[ZaloOaPeer]:
    async with ZaloOaPeer().serving() as serving:
        yield serving
    assert serving.complaints == []


@pytest.fixture
def tokens(zalo: ZaloOaPeer) -> Tokens:
    return Tokens(zalo)


@pytest.fixture
async def account(zalo: ZaloOaPeer, tokens: Tokens) -> AsyncIterator[ZaloOaChannel]:
    made = ZaloOaChannel(OA_ID, tokens, api_base=zalo.url, read_timeout=0.3)
    yield made
    await made.close()


# Marks

BODY = b'{"event_name":"user_send_text","timestamp":"1795489200000"}'
STAMP = "1795489200000"
AT = datetime.fromtimestamp(1_795_489_200, UTC)


def judged(body: bytes = BODY, signature: str | None = None, header: str = "", now: datetime = AT) -> Origin:
    given = f"mac={mark(APP_ID, body, STAMP, OA_SECRET)}" if signature is None else signature
    return origin(
        body, signature=given, timestamp_header=header, ids=(APP_ID, OA_ID), secrets=(OA_SECRET,), now=now
    )


def test_the_documented_mark_is_genuine() -> None:
    assert judged() is Origin.GENUINE


@pytest.mark.parametrize("first", [APP_ID, OA_ID])
def test_the_mark_may_begin_with_either_id(first: str) -> None:
    assert judged(signature=mark(first, BODY, STAMP, OA_SECRET)) is Origin.GENUINE


def test_the_timestamp_may_come_in_a_header() -> None:
    body = b'{"event_name":"follow"}'
    assert judged(body, f"mac={mark(APP_ID, body, STAMP, OA_SECRET)}", STAMP) is Origin.GENUINE


def test_seconds_are_understood_as_well() -> None:
    body = b'{"timestamp": 1795489200}'
    assert judged(body, mark(APP_ID, body, "1795489200", OA_SECRET)) is Origin.GENUINE


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "mac=",
        "mac=0",
        "mac=mật-khẩu",
        mark("1", BODY, STAMP, OA_SECRET),
        mark(APP_ID, BODY + b" ", STAMP, OA_SECRET),
        mark(APP_ID, BODY, "1795489200001", OA_SECRET),
        mark(APP_ID, BODY, STAMP, ""),
        mark(APP_ID, BODY, STAMP, "another secret"),
    ],
)
def test_any_other_mark_is_forged(signature: str) -> None:
    assert judged(signature=signature) is Origin.FORGED


@pytest.mark.parametrize("secret", [OA_SECRET, "the secret before"])
def test_while_a_secret_is_being_changed_both_are_known(secret: str) -> None:
    judged_by_both = origin(
        BODY,
        signature=mark(APP_ID, BODY, STAMP, secret),
        timestamp_header="",
        ids=(APP_ID, OA_ID),
        secrets=(OA_SECRET, "the secret before"),
        now=AT,
    )
    assert judged_by_both is Origin.GENUINE


def test_without_a_secret_of_ours_nothing_is_genuine() -> None:
    signature = mark(APP_ID, BODY, STAMP, "")
    assert (
        origin(BODY, signature=signature, timestamp_header="", ids=(APP_ID,), secrets=("", ""), now=AT)
        is Origin.FORGED
    )


@pytest.mark.parametrize(
    ("late", "expected"),
    [
        (timedelta(hours=12), Origin.GENUINE),  # the last of Zalo's tries
        (timedelta(hours=24), Origin.GENUINE),
        (timedelta(hours=24, seconds=1), Origin.STALE),
        (timedelta(minutes=-10), Origin.GENUINE),
        (timedelta(minutes=-11), Origin.STALE),
    ],
)
def test_a_recording_is_not_taken_for_ever(late: timedelta, expected: Origin) -> None:
    assert judged(now=AT + late) is expected


def test_a_timestamp_within_what_a_person_wrote_is_not_the_event_s() -> None:
    words = json.dumps({"message": {"text": '"timestamp":"1"'}, "timestamp": STAMP}).encode()
    assert judged(words, mark(APP_ID, words, STAMP, OA_SECRET)) is Origin.GENUINE


def test_a_date_beyond_all_calendars_is_stale_not_an_error() -> None:
    body = b'{"timestamp":"9999999999999999"}'
    assert judged(body, mark(APP_ID, body, "9999999999999999", OA_SECRET)) is Origin.STALE


# Reading


def incoming(account: ZaloOaChannel, event: dict[str, Any]) -> Incoming:
    received = account.read(event, NOW)
    assert received is not None
    assert isinstance(received.event, Incoming)
    return received.event


async def test_a_text_becomes_a_message(zalo: ZaloOaPeer, account: ZaloOaChannel) -> None:
    event = zalo.event(PARENT, "user_send_text", text="0912 345 678")

    asked = incoming(account, event)

    assert asked.conversation == ConversationId(Channel.ZALO_OA, OA_ID, PARENT)
    assert (asked.text, asked.action, asked.event_id) == ("0912 345 678", None, event["message"]["msg_id"])


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("#said:child_emergency", "said:child_emergency"),
        ("#school:none", "school:none"),
        ("#report_yes:a-Z_09", "report_yes:a-Z_09"),
        ("#menu", "menu"),
    ],
)
async def test_a_tap_arrives_as_text_and_is_input(
    zalo: ZaloOaPeer, account: ZaloOaChannel, text: str, action: str
) -> None:
    asked = incoming(account, zalo.event(PARENT, "user_send_text", text=text))
    assert (asked.text, asked.action) == ("", action)


@pytest.mark.parametrize(
    "text", ["#", "#1", "# menu", "#Lừa đảo", "#menu nhé", "#a:" + "b" * 61, "xem #menu"]
)
async def test_other_words_with_a_hash_are_words(zalo: ZaloOaPeer, account: ZaloOaChannel, text: str) -> None:
    asked = incoming(account, zalo.event(PARENT, "user_send_text", text=text))
    assert (asked.text, asked.action) == (text, None)


@pytest.mark.parametrize("kind", ["image", "gif", "sticker", "audio", "video", "file", "location"])
async def test_what_cannot_be_read_yet_is_said_to_be_so(
    zalo: ZaloOaPeer, account: ZaloOaChannel, kind: str
) -> None:
    attachment = {"type": kind, "payload": {"url": "https://zalo.example/a", "thumbnail": ""}}
    asked = incoming(account, zalo.event(PARENT, f"user_send_{kind}", attachments=[attachment]))
    assert (asked.text, asked.links, asked.unreadable) == ("", (), True)


async def test_a_shared_link_is_checked_with_what_it_says(zalo: ZaloOaPeer, account: ZaloOaChannel) -> None:
    payload = {
        "url": "https://hoan-hoc-phi.vi-du.example/",
        "description": "Nhận lại học phí",
        "thumbnail": "",
    }
    asked = incoming(
        account, zalo.event(PARENT, "user_send_link", attachments=[{"type": "link", "payload": payload}])
    )
    assert (asked.text, asked.links) == ("Nhận lại học phí", ("https://hoan-hoc-phi.vi-du.example/",))


@pytest.mark.parametrize(
    ("description", "numbers", "text", "unreadable"),
    [
        ('{"phone": "84912345678", "qrCodeUrl": "https://x.example"}', ("84912345678",), "", False),
        ('{"phoneNumber": 84912345678, "gender": "0"}', ("84912345678",), "", False),
        ('{"qrCodeUrl": "https://x.example"}', (), "", True),
        ('{"phone": "gọi tôi nhé"}', (), "", True),
        ("Bác sĩ Nam 0912 345 678", (), "Bác sĩ Nam 0912 345 678", False),
        ("{" * 5000, (), "", True),
        ("7", (), "7", False),
    ],
)
async def test_the_numbers_of_a_contact_card_are_checked(  # noqa: PLR0917
    zalo: ZaloOaPeer,
    account: ZaloOaChannel,
    description: str,
    numbers: tuple[str, ...],
    text: str,
    unreadable: bool,
) -> None:
    attachment = {"type": "link", "payload": {"url": "https://zalo.example", "description": description}}
    event = zalo.event(PARENT, "user_send_business_card", text="", attachments=[attachment])

    asked = incoming(account, event)

    assert (asked.shared_numbers, asked.text, asked.unreadable) == (numbers, text, unreadable)
    assert asked.links == ()


async def test_a_new_follower_is_greeted_once_per_follow(zalo: ZaloOaPeer, account: ZaloOaChannel) -> None:
    event = zalo.event(PARENT, "follow")
    first = incoming(account, event)
    assert (first.text, first.conversation.address) == ("/start", PARENT)
    assert incoming(account, event).event_id == first.event_id
    later = {**event, "timestamp": str(int(event["timestamp"]) + 1)}
    assert incoming(account, later).event_id != first.event_id


async def test_who_opens_the_chat_again_and_again_is_greeted_once_a_day(account: ZaloOaChannel) -> None:
    def opened(milliseconds: int, user: str) -> str:
        event = {
            "event_name": "user_click_chatnow",
            "oa_id": OA_ID,
            "user_id": user,
            "timestamp": str(milliseconds),
        }
        return incoming(account, event).event_id

    day = 24 * 3600 * 1000
    assert opened(20_000 * day, PARENT) == opened(20_001 * day - 1, PARENT)
    assert opened(20_000 * day, PARENT) != opened(20_001 * day, PARENT)
    assert opened(20_000 * day, PARENT) != opened(20_000 * day, "7")


async def test_who_leaves_can_no_longer_be_reached(zalo: ZaloOaPeer, account: ZaloOaChannel) -> None:
    received = account.read(zalo.event(PARENT, "unfollow"), NOW)
    assert received is not None
    assert received.event == AddressGone(ConversationId(Channel.ZALO_OA, OA_ID, PARENT))


@pytest.mark.parametrize(
    "name",
    [
        "oa_send_text",
        "user_seen_message",
        "user_received_message",
        "user_send_group_text",
        "user_reacted_message",
    ],
)
async def test_what_is_no_message_to_us_is_passed_over(
    zalo: ZaloOaPeer, account: ZaloOaChannel, name: str
) -> None:
    assert account.read({**zalo.event(PARENT, "user_send_text", text="x"), "event_name": name}, NOW) is None


async def test_an_event_of_another_account_of_the_same_application_is_not_ours(
    zalo: ZaloOaPeer, account: ZaloOaChannel
) -> None:
    event = zalo.event(PARENT, "user_send_text", text="x")
    assert account.read({**event, "recipient": {"id": "999"}}, NOW) is None


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"event_name": 7, "timestamp": []},
        {"event_name": "user_send_text", "timestamp": "1"},
        {"event_name": "user_send_text", "sender": {"id": "a\x00"}, "message": {"msg_id": "1"}},
        {"event_name": "user_send_text", "sender": {"id": "1"}, "message": {}},
        {"event_name": "follow", "timestamp": "1"},
        {"event_name": "user_click_chatnow", "timestamp": "soon"},
    ],
)
async def test_an_event_without_the_promised_shape_is_unintelligible(
    account: ZaloOaChannel, raw: dict[str, Any]
) -> None:
    with pytest.raises(UnintelligibleUpdate):
        account.read(raw, NOW)


@pytest.mark.parametrize("attachments", [None, 7, "x", [7, None], [{"type": "link", "payload": 7}]])
async def test_odd_attachments_do_not_hide_the_words(
    zalo: ZaloOaPeer, account: ZaloOaChannel, attachments: object
) -> None:
    event = zalo.event(PARENT, "user_send_text", text="0912 345 678", attachments=attachments)
    assert incoming(account, event).text == "0912 345 678"


# Sending


def make_reply(**parts: Any) -> Reply:
    return Reply("⚠️ TIN NÀY RẤT GIỐNG LỪA ĐẢO. Đừng chuyển tiền", steps=("Đừng trả lời.",), **parts)


def make_choices(count: int) -> tuple[Choice, ...]:
    return tuple(Choice(f"said:{n}", f"Việc {n}") for n in range(1, count + 1))


async def test_the_hotline_is_a_button_and_so_are_choices_while_there_is_room(
    zalo: ZaloOaPeer, account: ZaloOaChannel
) -> None:
    zalo.event(PARENT, "user_send_text", text="x")

    assert await account.send(PARENT, make_reply(calls=(HOTLINE,), choices=make_choices(6))) == SendResult(
        SendKind.SENT
    )

    (message,) = zalo.shown[PARENT]
    buttons = buttons_of(message)
    assert buttons[0] == {
        "title": "☎ Gọi Trường Ví Dụ",
        "type": "oa.open.phone",
        "payload": {"phone_code": "+84530000113"},
    }
    assert [button["payload"] for button in buttons[1:]] == ["#said:1", "#said:2", "#said:3", "#said:4"]
    assert "☎ Trường Ví Dụ: 0530 000 113 (ví dụ, không có thật)" in message["text"]
    assert "Việc 4" not in message["text"]
    assert "5. Việc 5\n6. Việc 6\nTrả lời bằng số hoặc gõ chữ." in message["text"]


def test_113_alone_is_no_button() -> None:
    message = for_official_account(make_reply(calls=(Call("Công an", "113", "113"),)))
    assert "attachment" not in message


def test_a_label_too_long_for_a_button_and_those_after_it_are_numbered() -> None:
    choices = (Choice("a", "Một"), Choice("b", "x" * 101), Choice("c", "Ba"))
    message = for_official_account(make_reply(choices=choices))
    assert [button["title"] for button in buttons_of(message)] == ["Một"]
    assert f"2. {'x' * 101}\n3. Ba" in str(message["text"])


def test_a_long_name_is_cut_on_its_button_only() -> None:
    call = Call("Trường " + "x" * 120, "0530 000 113", "+84530000113")
    message = for_official_account(make_reply(calls=(call,)))
    (button,) = buttons_of(message)
    assert len(button["title"]) == 100
    assert call.name in str(message["text"])


def test_links_of_ours_stand_in_the_text() -> None:
    message = for_official_account(make_reply(links=(Link("https://goilai.example", "Xem đầy đủ"),)))
    assert "Xem đầy đủ: https://goilai.example" in str(message["text"])


async def test_an_expired_token_is_renewed_and_the_answer_sent_once(
    zalo: ZaloOaPeer, account: ZaloOaChannel, tokens: Tokens
) -> None:
    zalo.event(PARENT, "user_send_text", text="x")
    zalo.expire_access()

    assert (await account.send(PARENT, make_reply())).kind is SendKind.SENT

    assert tokens.asked == [None, "access-1"]
    assert len(zalo.shown[PARENT]) == 1


async def test_a_token_that_is_refused_again_is_not_renewed_again(
    zalo: ZaloOaPeer, account: ZaloOaChannel, tokens: Tokens
) -> None:
    zalo.play("cs", Refuse(-216, "x"), Refuse(-216, "x"))

    result = await account.send(PARENT, make_reply())

    assert result == SendResult(SendKind.RETRY_AFTER, OPERATOR_PAUSE, "Error-216")
    assert len(tokens.asked) == 2


async def test_without_a_token_the_answer_waits(account: ZaloOaChannel, tokens: Tokens) -> None:
    tokens.unavailable = True
    result = await account.send(PARENT, make_reply())
    assert result == SendResult(SendKind.RETRY_AFTER, 60, "NoAccessToken")


@pytest.mark.parametrize(("hours", "kind"), [(47, "reply"), (49, "purchase_quota"), (167, "purchase_quota")])
async def test_within_seven_days_an_answer_arrives(
    zalo: ZaloOaPeer, account: ZaloOaChannel, hours: int, kind: str
) -> None:
    zalo.event(PARENT, "user_send_text", text="x")
    zalo.hours_later = hours
    zalo.quota = 10
    with capture_logs() as logs:
        assert (await account.send(PARENT, make_reply())).kind is SendKind.SENT
    assert {"event": "zalo_oa.quota_low", "log_level": "warning", "kind": kind, "remain": 9} in logs


async def test_after_seven_days_the_address_is_closed_until_the_person_writes(
    zalo: ZaloOaPeer, account: ZaloOaChannel
) -> None:
    zalo.event(PARENT, "user_send_text", text="x")
    zalo.hours_later = 169
    assert await account.send(PARENT, make_reply()) == SendResult(SendKind.BLOCKED, detail="Error-230")
    zalo.event(PARENT, "user_send_text", text="y")
    assert (await account.send(PARENT, make_reply())).kind is SendKind.SENT


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Refuse(-32, "rate"), SendResult(SendKind.RETRY_AFTER, BUSY_PAUSE, "Error-32")),
        (Garbage(429, "slow"), SendResult(SendKind.RETRY_AFTER, BUSY_PAUSE, "Status429")),
        (Refuse(-213, "not a follower"), SendResult(SendKind.BLOCKED, detail="Error-213")),
        (Refuse(-244, "restricted"), SendResult(SendKind.BLOCKED, detail="Error-244")),
        (Refuse(-224, "package"), SendResult(SendKind.RETRY_AFTER, OPERATOR_PAUSE, "Error-224")),
        (Refuse(-201, "params"), SendResult(SendKind.FAILED, detail="Error-201")),
        (Refuse(-200, "failed"), SendResult(SendKind.AMBIGUOUS, detail="Error-200")),
        (Refuse(-99999, "new"), SendResult(SendKind.AMBIGUOUS, detail="Error-99999")),
        (Refuse(500, "x"), SendResult(SendKind.AMBIGUOUS, detail="Status500")),
        (Garbage(502, "<html>"), SendResult(SendKind.AMBIGUOUS, detail="Status502")),
        (Garbage(200, "{}"), SendResult(SendKind.AMBIGUOUS, detail="Status200")),
        (Hang(), SendResult(SendKind.AMBIGUOUS, detail="ReadTimeout")),
        (AcceptThenDrop(), SendResult(SendKind.AMBIGUOUS, detail="RemoteProtocolError")),
    ],
)
async def test_what_went_wrong_is_told_honestly(
    zalo: ZaloOaPeer, account: ZaloOaChannel, fault: Fault, expected: SendResult
) -> None:
    zalo.event(PARENT, "user_send_text", text="x")
    zalo.play("cs", fault)
    assert await account.send(PARENT, make_reply()) == expected


def test_a_number_written_as_text_is_understood() -> None:
    assert outcome(Answer(200, {"error": "-230"})).kind is SendKind.BLOCKED


async def test_what_only_the_operator_can_mend_is_told_aloud(
    zalo: ZaloOaPeer, account: ZaloOaChannel
) -> None:
    zalo.play("cs", Refuse(-221, "not verified"))
    with capture_logs() as logs:
        await account.send(PARENT, make_reply())
    assert {"event": "zalo_oa.operator_needed", "log_level": "error", "error": "Error-221"} in logs


async def test_a_platform_that_cannot_be_reached_was_sent_nothing(tokens: Tokens) -> None:
    nowhere = ZaloOaChannel(OA_ID, tokens, api_base="http://127.0.0.1:1")
    assert await nowhere.send(PARENT, make_reply()) == SendResult(
        SendKind.RETRY_AFTER, NOT_SENT_PAUSE, "ConnectError"
    )
    await nowhere.close()


async def test_a_phone_shows_what_was_sent(zalo: ZaloOaPeer, account: ZaloOaChannel) -> None:
    parent = OaPhone(zalo, PARENT)
    zalo.event(PARENT, "user_send_text", text="x")
    await account.send(PARENT, make_reply(calls=(HOTLINE,)))
    assert parent.calls == ["+84530000113"]
