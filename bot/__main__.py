"""`python -m bot`: the chat platforms alone, by long polling, for a machine without a public address."""

import asyncio
import signal
import sys

import uvloop
from pydantic import ValidationError

from bot.app import SecretMissing, open_services
from bot.channels.events import TokenRefused
from bot.settings import Settings
from db.engine import DatabaseInUse, DatabaseUrlRefused


async def run(settings: Settings) -> int:
    """Answer until SIGTERM or Ctrl+C. Returns 0 after a clean stop, 1 when no platform accepts its token."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with open_services(settings) as services:
        doors = services.doors
        stopping = asyncio.create_task(stop.wait())
        listening = asyncio.gather(*(door.listening for door in doors.values()), return_exceptions=True)
        await asyncio.wait((stopping, listening), return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        ended = {channel: door.listening for channel, door in doors.items() if door.listening.done()}
        failures = {channel: task.exception() for channel, task in ended.items()}
    for channel, failure in failures.items():
        if isinstance(failure, TokenRefused):
            sys.stderr.write(f"{channel.upper()}_TOKEN is refused.\n")
        elif failure is not None:
            raise failure
    return 1 if any(failures.values()) else 0


def main() -> int:
    """Read the settings and run. Returns 2 when they are refused."""
    try:
        settings = Settings()
    except ValidationError as refused:
        for error in refused.errors():
            sys.stderr.write(f"{'.'.join(map(str, error['loc'])) or 'settings'}: {error['msg']}\n")
        return 2
    if not (settings.telegram_token.get_secret_value() or settings.zalo_bot_token.get_secret_value()):
        sys.stderr.write("Neither TELEGRAM_TOKEN nor ZALO_BOT_TOKEN is set.\n")
        return 2
    # A web server is not part of this process, so nothing could take a webhook's posts.
    polling = settings.model_copy(
        update={"telegram_mode": "polling", "zalo_bot_mode": "polling", "zalo_oa_id": ""}
    )
    try:
        return uvloop.run(run(polling))
    except (DatabaseInUse, DatabaseUrlRefused, SecretMissing) as refused:
        sys.stderr.write(f"{refused}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main())
