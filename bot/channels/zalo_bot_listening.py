"""One Zalo Bot from start to stop: makes sure of its token, then listens in the way the operator chose."""

import asyncio
from collections.abc import Callable

from bot.channels.intake import Intake
from bot.channels.polling import Pauses, poll, until_it_works
from bot.channels.zalo_bot import ZaloBotChannel
from bot.settings import Settings

WEBHOOK_PATH = "/webhooks/zalo-bot"


def channel_of(settings: Settings) -> ZaloBotChannel | None:
    """The channel, when a token is set. Opens no connection."""
    token = settings.zalo_bot_token.get_secret_value()
    return ZaloBotChannel(token, api_base=settings.zalo_bot_api_base) if token else None


async def listen(
    channel: ZaloBotChannel,
    intake: Intake,
    settings: Settings,
    stop: asyncio.Event,
    *,
    pauses: Callable[[], Pauses] = Pauses,
) -> None:
    """Listen until `stop` is set. A platform that cannot be reached is tried again for as long as it takes.

    Raises:
        TokenRefused: Zalo does not accept the token; waiting does not help.
    """
    await until_it_works(channel.introduce, stop, pauses(), channel=channel.channel)
    if settings.zalo_bot_mode == "polling":
        await poll(channel, intake, stop, pauses=pauses())
        return
    url = settings.public_url.rstrip("/") + WEBHOOK_PATH
    secret = settings.zalo_bot_webhook_secret.get_secret_value()
    await until_it_works(
        lambda: channel.listen_by_webhook(url, secret), stop, pauses(), channel=channel.channel
    )
    await stop.wait()
