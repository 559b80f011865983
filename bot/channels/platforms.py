"""Which chat platforms the operator has switched on, each ready to be listened to."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.channels import telegram_listening, zalo_bot_listening
from bot.channels.intake import Intake, ListeningChannel
from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class Platform:
    """One platform: the channel that sends and reads, how it listens, how its connections end."""

    channel: ListeningChannel
    listen: Callable[[Intake, asyncio.Event], Awaitable[None]]
    close: Callable[[], Awaitable[None]]


def chat_platforms(settings: Settings) -> list[Platform]:
    """The platforms of these settings. Opens no connection."""
    platforms: list[Platform] = []
    if telegram := telegram_listening.channel_of(settings):
        platforms.append(
            Platform(
                telegram,
                lambda intake, stop: telegram_listening.listen(telegram, intake, settings, stop),
                telegram.close,
            )
        )
    if zalo_bot := zalo_bot_listening.channel_of(settings):
        platforms.append(
            Platform(
                zalo_bot,
                lambda intake, stop: zalo_bot_listening.listen(zalo_bot, intake, settings, stop),
                zalo_bot.close,
            )
        )
    return platforms
