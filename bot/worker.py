"""`python -m bot.worker`: answers and sends, beside web servers and pollers of the same PostgreSQL database.

Any number of them may run; PARTS=work or PARTS=send narrows one down.
"""

import asyncio
import signal
import sys

import uvloop
from pydantic import ValidationError

from bot.app import DemoRecordsPresent, SecretMissing, open_services
from bot.settings import Settings
from db.engine import DatabaseInUse, DatabaseUrlRefused


async def run(settings: Settings) -> int:
    """Work until SIGTERM or Ctrl+C; 0 after a clean stop."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with open_services(settings):
        await stop.wait()
    return 0


def main() -> int:
    """Read the settings and run. Returns 2 when they are refused."""
    try:
        settings = Settings()
    except ValidationError as refused:
        for error in refused.errors():
            sys.stderr.write(f"{'.'.join(map(str, error['loc'])) or 'settings'}: {error['msg']}\n")
        return 2
    if settings.database_url.startswith("sqlite"):
        sys.stderr.write("A worker beside others needs PostgreSQL; on SQLite one process does everything.\n")
        return 2
    if settings.does("listen"):
        settings = settings.model_copy(update={"parts": "work,send"})
    try:
        return uvloop.run(run(settings))
    except (DatabaseInUse, DatabaseUrlRefused, DemoRecordsPresent, SecretMissing) as refused:
        sys.stderr.write(f"{refused}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main())
