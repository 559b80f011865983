"""What the person sees, and what the delivery is told, over HTTP."""

import asyncio

import pytest

from bot.channels import SendKind, SendResult
from bot.channels.telegram import TelegramChannel
from bot.messages import Call, Choice, Link, Reply
from tests.channels.peer import (
    BLOCKED,
    BROKEN,
    TOKEN,
    AcceptThenDrop,
    Fault,
    Garbage,
    Hang,
    Peer,
    Refuse,
    too_many,
)

PARENT = 71
ADDRESS = str(PARENT)
HOTLINE = Call("Trường Ví Dụ", "0530 000 113", "+84530000113", note="ví dụ, không có thật")


def make_reply(
    headline: str = "⚠️ TIN NÀY RẤT GIỐNG LỪA ĐẢO. Đừng chuyển tiền",
    *,
    calls: tuple[Call, ...] = (),
    choices: tuple[Choice, ...] = (),
    links: tuple[Link, ...] = (),
    steps: tuple[str, ...] = ("Đừng trả lời.",),
) -> Reply:
    return Reply(headline, steps=steps, calls=calls, choices=choices, links=links)


async def test_an_answer_is_one_plain_message_with_a_bold_first_line(
    peer: Peer, channel: TelegramChannel
) -> None:
    reply = make_reply()

    assert await channel.send(ADDRESS, reply) == SendResult(SendKind.SENT)

    (sent,) = peer.made("sendMessage")
    assert sent["text"].startswith(reply.headline)
    assert "Đừng trả lời." in sent["text"]
    # The warning sign is two UTF-16 units; letters outside the first plane would be two each.
    assert sent["entities"] == [
        {"type": "bold", "offset": 0, "length": len(reply.headline.encode("utf-16-le")) // 2}
    ]
    assert sent["link_preview_options"] == {"is_disabled": True}
    assert "parse_mode" not in sent


async def test_markup_in_an_answer_stays_text(peer: Peer, channel: TelegramChannel) -> None:
    await channel.send(ADDRESS, make_reply("Trường <b>A</b> *B* _C_ [D](tg://user?id=1)"))

    (sent,) = peer.made("sendMessage")
    assert sent["text"].startswith("Trường <b>A</b> *B* _C_ [D](tg://user?id=1)")
    assert [entity["type"] for entity in sent["entities"]] == ["bold"]


async def test_choices_are_buttons_and_not_repeated_in_the_text(peer: Peer, channel: TelegramChannel) -> None:
    choices = (
        Choice("on_phone", "Tôi đang nghe máy"),
        Choice("menu", "Việc khác"),
        Choice("privacy", "Riêng tư"),
    )
    await channel.send(ADDRESS, make_reply(choices=choices))

    (sent,) = peer.made("sendMessage")
    assert sent["reply_markup"]["inline_keyboard"] == [
        [{"text": "Tôi đang nghe máy", "callback_data": "on_phone"}],
        [{"text": "Việc khác", "callback_data": "menu"}, {"text": "Riêng tư", "callback_data": "privacy"}],
    ]
    assert "Tôi đang nghe máy" not in sent["text"]


async def test_a_token_of_64_bytes_is_taken_and_a_longer_one_costs_only_its_button(
    peer: Peer, channel: TelegramChannel
) -> None:
    longest, too_long = "school:" + "ê" * 28 + "x", "school:" + "ê" * 29
    choices = (Choice(longest, "Trường dài nhất có thể"), Choice(too_long, "Trường dài hơn thế"))

    result = await channel.send(ADDRESS, make_reply(choices=choices))

    (sent,) = peer.made("sendMessage")
    assert len(longest.encode()) == 64
    assert result.kind is SendKind.SENT
    assert [row[0]["callback_data"] for row in sent["reply_markup"]["inline_keyboard"]] == [longest]


async def test_a_page_of_ours_is_a_button_that_opens_it(peer: Peer, channel: TelegramChannel) -> None:
    await channel.send(ADDRESS, make_reply(links=(Link("https://goilai.example/p", "Trang in"),)))

    (sent,) = peer.made("sendMessage")
    assert sent["reply_markup"]["inline_keyboard"] == [
        [{"text": "Trang in", "url": "https://goilai.example/p"}]
    ]
    assert "goilai.example" not in sent["text"]


async def test_the_hotline_follows_as_a_contact_card(peer: Peer, channel: TelegramChannel) -> None:
    await channel.send(ADDRESS, make_reply(calls=(HOTLINE, Call("Công an", "113", "113"))))

    (card,) = peer.made("sendContact")
    assert card["phone_number"] == "+84530000113"
    assert card["first_name"] == "Trường Ví Dụ"
    assert card["last_name"] == "ví dụ, không có thật"
    assert [call.method for call in peer.calls] == ["sendMessage", "sendContact"]


async def test_113_alone_is_no_contact_card(peer: Peer, channel: TelegramChannel) -> None:
    await channel.send(ADDRESS, make_reply(calls=(Call("Công an", "113", "113"),)))

    assert peer.made("sendContact") == []
    assert "113" in peer.made("sendMessage")[0]["text"]


async def test_an_answer_in_a_topic_goes_to_that_topic(peer: Peer, channel: TelegramChannel) -> None:
    await channel.send("-100500/9", make_reply(calls=(HOTLINE,)))

    assert [call.params["message_thread_id"] for call in peer.calls] == [9, 9]
    assert [call.params["chat_id"] for call in peer.calls] == [-100500, -100500]


@pytest.mark.parametrize(
    ("fault", "kind", "retry_after", "detail"),
    [
        (too_many(7), SendKind.RETRY_AFTER, 7.0, "RetryAfter"),
        (BLOCKED, SendKind.BLOCKED, 0.0, "Forbidden"),
        (Refuse(400, "Bad Request: chat not found"), SendKind.FAILED, 0.0, "BadRequest"),
        (Refuse(401, "Unauthorized"), SendKind.RETRY_AFTER, 60.0, "InvalidToken"),
        (BROKEN, SendKind.AMBIGUOUS, 0.0, "NetworkError"),
        (Refuse(500, "Internal Server Error"), SendKind.AMBIGUOUS, 0.0, "NetworkError"),
        (Garbage(502), SendKind.AMBIGUOUS, 0.0, "NetworkError"),
        (Garbage(200), SendKind.AMBIGUOUS, 0.0, "JSONDecodeError"),
        (Garbage(200, '{"ok": true}'), SendKind.AMBIGUOUS, 0.0, "NoMessage"),
        (Garbage(200, "[]"), SendKind.AMBIGUOUS, 0.0, "NoMessage"),
        (Garbage(429, '{"parameters": {"retry_after": "soon"}}'), SendKind.AMBIGUOUS, 0.0, "NetworkError"),
        (Garbage(200, '{"ok": true, "result": 7}'), SendKind.AMBIGUOUS, 0.0, "NoMessage"),
        (Hang(), SendKind.AMBIGUOUS, 0.0, "SocketTimeoutError"),
        (AcceptThenDrop(), SendKind.AMBIGUOUS, 0.0, "ClientPayloadError"),
    ],
    ids=[
        "429",
        "403",
        "400",
        "401",
        "502",
        "500",
        "502 html",
        "200 html",
        "no result",
        "a list",
        "429 without a time",
        "odd result",
        "hang",
        "drop",
    ],
)
async def test_each_fault_is_reported_as_what_is_known_about_the_message(  # noqa: PLR0917 - a row each
    peer: Peer, channel: TelegramChannel, fault: Fault, kind: SendKind, retry_after: float, detail: str
) -> None:
    peer.play("sendMessage", fault)

    assert await channel.send(ADDRESS, make_reply()) == SendResult(kind, retry_after, detail)


async def test_a_connection_that_cannot_be_made_certainly_sent_nothing() -> None:
    unreachable = TelegramChannel(TOKEN, api_base="http://127.0.0.1:1")

    result = await unreachable.send(ADDRESS, make_reply())

    await unreachable.close()
    assert result == SendResult(SendKind.RETRY_AFTER, 5.0, "ClientConnectorError")


async def test_a_group_that_became_a_supergroup_is_answered_at_its_new_address(
    peer: Peer, channel: TelegramChannel
) -> None:
    moved = Refuse(400, "Bad Request: group chat was upgraded", {"migrate_to_chat_id": -100900})
    peer.play("sendMessage", moved, chat=-55)

    result = await channel.send("-55", make_reply(calls=(HOTLINE,)))

    assert result == SendResult(SendKind.SENT, new_address="-100900")
    assert [message["chat"]["id"] for message in peer.shown[-100900]] == [-100900, -100900]


async def test_a_chat_that_moves_twice_at_once_fails_instead_of_circling(
    peer: Peer, channel: TelegramChannel
) -> None:
    moved = Refuse(400, "Bad Request: group chat was upgraded", {"migrate_to_chat_id": -55})
    peer.play("sendMessage", moved, moved)

    assert await channel.send("-55", make_reply()) == SendResult(SendKind.FAILED, 0.0, "ChatMigrated", "-55")


async def test_when_only_the_card_was_refused_a_second_try_sends_only_the_card(
    peer: Peer, channel: TelegramChannel
) -> None:
    peer.play("sendContact", too_many(1))
    reply = make_reply(calls=(HOTLINE,))

    first = await channel.send(ADDRESS, reply)
    second = await channel.send(ADDRESS, reply)

    assert (first.kind, second.kind) == (SendKind.RETRY_AFTER, SendKind.SENT)
    assert len(peer.made("sendMessage")) == 1
    assert ["contact" in message for message in peer.shown[PARENT]] == [False, True]


async def test_another_answer_after_a_refused_card_is_sent_whole(
    peer: Peer, channel: TelegramChannel
) -> None:
    peer.play("sendContact", too_many(1))

    await channel.send(ADDRESS, make_reply(calls=(HOTLINE,)))
    await channel.send(ADDRESS, make_reply("Câu trả lời khác"))
    await channel.send(ADDRESS, make_reply(calls=(HOTLINE,)))

    assert len(peer.made("sendMessage")) == 3


async def test_forty_answers_at_once_do_not_hinder_each_other(peer: Peer, channel: TelegramChannel) -> None:
    results = await asyncio.gather(*(channel.send(str(person), make_reply()) for person in range(1, 41)))

    assert {result.kind for result in results} == {SendKind.SENT}
    assert len(peer.made("sendMessage")) == 40


async def test_a_text_of_the_longest_kind_is_cut_and_still_sent(peer: Peer, channel: TelegramChannel) -> None:
    result = await channel.send(ADDRESS, make_reply(steps=("Bước rất dài. " * 600,)))

    assert result.kind is SendKind.SENT
    assert len(peer.made("sendMessage")[0]["text"]) <= 2000


async def test_a_tap_that_is_too_old_to_answer_is_let_go(peer: Peer, channel: TelegramChannel) -> None:
    peer.play("answerCallbackQuery", Refuse(400, "Bad Request: query is too old"))

    await channel.answer_tap("old")
    await channel.answer_tap("new")

    assert peer.answered_taps == ["new"]
