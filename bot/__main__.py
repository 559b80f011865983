"""`python -m bot`: Telegram alone, by long polling, for a machine without a public address."""

import asyncio
import signal
import sys

from pydantic import ValidationError

from bot.app import SecretMissing, open_services
from bot.channels.events import TokenRefused
from bot.settings import Settings
from db.engine import DatabaseInUse, DatabaseUrlRefused


async def run(settings: Settings) -> int:
    """Answer until SIGTERM or Ctrl+C. Returns 0 after a clean stop, 1 when Telegram refuses the token."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with open_services(settings) as services:
        if services.telegram is None:
            return 2
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait((stopping, services.telegram.listening), return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        refused = services.telegram.listening.done() and services.telegram.listening.exception()
    if isinstance(refused, TokenRefused):
        sys.stderr.write("Telegram refuses TELEGRAM_TOKEN.\n")
        return 1
    if refused:
        raise refused
    return 0


def main() -> int:
    """Read the settings and run. Returns 2 when they are refused."""
    try:
        settings = Settings()
    except ValidationError as refused:
        for error in refused.errors():
            sys.stderr.write(f"{'.'.join(map(str, error['loc'])) or 'settings'}: {error['msg']}\n")
        return 2
    if not settings.telegram_token.get_secret_value():
        sys.stderr.write("TELEGRAM_TOKEN is not set; BotFather gives one.\n")
        return 2
    try:
        # A web server is not part of this process, so nothing could take a webhook's posts.
        return asyncio.run(run(settings.model_copy(update={"telegram_mode": "polling"})))
    except (DatabaseInUse, DatabaseUrlRefused, SecretMissing) as refused:
        sys.stderr.write(f"{refused}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main())
