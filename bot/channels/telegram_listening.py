"""One Telegram bot from start to stop: makes itself known, then listens in the way the operator chose."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.channels.intake import Intake
from bot.channels.polling import Pauses, poll, until_it_works
from bot.channels.telegram_updates import MENU
from bot.settings import Settings
from bot.texts import Texts, load

if TYPE_CHECKING:
    # Its library takes a fifth of a second to import: only a service with a token pays for it.
    from bot.channels.telegram import TelegramChannel, TelegramCommand

WEBHOOK_PATH = "/webhooks/telegram"


def channel_of(settings: Settings) -> "TelegramChannel | None":
    """The channel, when a token is set. Opens no connection."""
    token = settings.telegram_token.get_secret_value()
    if not token:
        return None
    from bot.channels.telegram import TelegramChannel  # noqa: PLC0415

    return TelegramChannel(token, api_base=settings.telegram_api_base, proxy=settings.telegram_proxy or None)


async def listen(
    channel: "TelegramChannel",
    intake: Intake,
    settings: Settings,
    stop: asyncio.Event,
    *,
    pauses: Callable[[], Pauses] = Pauses,
) -> None:
    """Listen until `stop` is set. A platform that cannot be reached is tried again for as long as it takes.

    Raises:
        TokenRefused: Telegram does not accept the token; waiting does not help.
    """
    await until_it_works(lambda: channel.introduce(_menus()), stop, pauses(), channel=channel.channel)
    if settings.telegram_mode == "polling":
        await poll(channel, intake, stop, pauses=pauses())
        return
    url = settings.public_url.rstrip("/") + WEBHOOK_PATH
    secret = settings.telegram_webhook_secret.get_secret_value()
    await until_it_works(
        lambda: channel.listen_by_webhook(url, secret), stop, pauses(), channel=channel.channel
    )
    await stop.wait()


def _menus() -> dict[str, tuple["TelegramCommand", ...]]:
    """Vietnamese for everybody, English where the app is set to it."""
    return {"": _menu(load("vi")), "en": _menu(load("en"))}


def _menu(texts: Texts) -> tuple["TelegramCommand", ...]:
    from bot.channels.telegram import TelegramCommand  # noqa: PLC0415

    return tuple(TelegramCommand(name, texts.get(f"command.{name}")) for name in MENU)
