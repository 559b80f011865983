"""From start to stop, in both ways of listening."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.channels.events import TokenRefused
from bot.channels.intake import Intake
from bot.channels.polling import Pauses
from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_listening import channel_of, listen
from bot.messages import Incoming, Reply
from bot.settings import Settings
from tests.channels.peer import BOT_NAME, TOKEN, Peer, Refuse


def make_settings(**values: Any) -> Settings:
    return Settings(_env_file=None, telegram_token=TOKEN, **values)  # type: ignore[call-arg]


class Kept:
    def __init__(self) -> None:
        self.events: list[object] = []

    async def accept(self, incoming: Incoming) -> bool:
        self.events.append(incoming)
        return True

    async def address_gone(self, *event: object) -> None:
        self.events.append(event)

    async def address_moved(self, *event: object) -> None:
        self.events.append(event)


@pytest.fixture
async def intake(channel: TelegramChannel) -> Intake:
    async def nothing(incoming: Incoming, now: datetime) -> tuple[Reply, ...]:
        return ()

    return Intake(channel, Kept(), outage_replies=nothing, now=lambda: datetime.now(UTC))


def quick() -> Pauses:
    return Pauses(0.01, 0.02)


async def test_the_bot_makes_itself_known_in_two_languages(
    peer: Peer, channel: TelegramChannel, intake: Intake
) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(listen(channel, intake, make_settings(), stop))

    await peer.until(lambda: len(peer.made("getUpdates")) == 1)
    stop.set()
    await asyncio.wait_for(running, 2)

    assert channel.username == BOT_NAME
    assert [line["command"] for line in peer.commands[""]] == [
        line["command"] for line in peer.commands["en"]
    ]
    assert {"command": "xoa", "description": "Xóa dữ liệu của bạn"} in peer.commands[""]
    assert {"command": "xoa", "description": "Delete your data"} in peer.commands["en"]


async def test_every_command_of_the_menu_is_understood() -> None:
    from bot.channels.telegram_updates import MENU  # noqa: PLC0415
    from bot.conversation.words import command_of  # noqa: PLC0415

    verbs = {name: command_of(f"/{name}") for name in MENU}
    assert [
        name for name, verb in verbs.items() if verb is None or (verb[0] == "menu" and name != "trogiup")
    ] == []


async def test_as_a_webhook_the_address_and_the_secret_are_registered(
    peer: Peer, channel: TelegramChannel, intake: Intake
) -> None:
    settings = make_settings(
        telegram_mode="webhook", public_url="https://goilai.example/", telegram_webhook_secret="s3cret_-"
    )
    stop = asyncio.Event()
    running = asyncio.create_task(listen(channel, intake, settings, stop))

    await peer.until(lambda: len(peer.made("setWebhook")) == 1)
    stop.set()
    await asyncio.wait_for(running, 2)

    (registered,) = peer.made("setWebhook")
    assert registered["url"] == "https://goilai.example/webhooks/telegram"
    assert registered["secret_token"] == "s3cret_-"
    assert registered["allowed_updates"] == ["message", "edited_message", "callback_query", "my_chat_member"]
    assert not registered.get("drop_pending_updates", False)


async def test_a_platform_that_is_down_at_the_start_is_tried_until_it_answers(
    peer: Peer, channel: TelegramChannel, intake: Intake
) -> None:
    peer.play("getMe", Refuse(502, "Bad Gateway"), Refuse(502, "Bad Gateway"))
    peer.play("setMyCommands", Refuse(502, "Bad Gateway"))
    stop = asyncio.Event()
    running = asyncio.create_task(listen(channel, intake, make_settings(), stop, pauses=quick))

    await peer.until(lambda: len(peer.made("getUpdates")) == 1)
    stop.set()
    await asyncio.wait_for(running, 2)
    assert len(peer.made("getMe")) == 4


async def test_stopping_while_the_platform_is_down_takes_no_time(
    peer: Peer, channel: TelegramChannel, intake: Intake
) -> None:
    peer.play("getMe", *[Refuse(502, "Bad Gateway")] * 50)
    stop = asyncio.Event()
    running = asyncio.create_task(listen(channel, intake, make_settings(), stop))

    await peer.until(lambda: len(peer.made("getMe")) == 1)
    stop.set()

    await asyncio.wait_for(running, 1)
    assert peer.made("getUpdates") == []


async def test_a_refused_token_ends_listening_with_a_name_for_it(peer: Peer, intake: Intake) -> None:
    wrong = TelegramChannel("4242:another", api_base=peer.url)

    with pytest.raises(TokenRefused):
        await asyncio.wait_for(listen(wrong, intake, make_settings(), asyncio.Event()), 5)
    await wrong.close()


async def test_without_a_token_there_is_no_channel() -> None:
    assert channel_of(Settings(_env_file=None)) is None  # type: ignore[call-arg]


async def test_the_channel_speaks_through_the_proxy_that_is_set(peer: Peer) -> None:
    """The peer plays the proxy: over plain HTTP a proxy is sent the whole address."""
    made = channel_of(make_settings(telegram_api_base="http://telegram.invalid", telegram_proxy=peer.url))
    assert made is not None

    try:
        await made.introduce({})
    finally:
        await made.close()

    assert made.username == BOT_NAME
    assert peer.proxied_for == {"telegram.invalid"}
