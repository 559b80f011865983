"""What the desk needs of the process besides its services: reading of files, and the demo's people."""

import asyncio
import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from bot.app import Services, open_services, secret_of, utc_now
from bot.repeating import repeated
from bot.settings import Settings
from db import demo_staff
from db.importing import working
from db.sealing import Sealer

IMPORT_SECONDS: Final = 1.0
"""How often somebody looks for a file that waits to be read."""


@asynccontextmanager
async def open_with_desk(settings: Settings, *, prepared: bool = False) -> AsyncGenerator[Services]:
    """Open the services; where the demo is served its staff are there too, and nowhere else.

    Raises:
        DatabaseInUse, DatabaseUrlRefused, KnowledgeUnavailable, SecretMissing: see `bot.app.open_services`.
    """
    async with open_services(settings, prepared=prepared) as services:
        if settings.serves_demo:
            sealer = Sealer(secret_of(settings))
            async with services.database.transaction() as session:
                await demo_staff.load_demo_staff(session, sealer=sealer, now=utc_now())
        ending = asyncio.Event()
        read_for_trial = partial(
            working.work,
            services.database,
            holder=secrets.token_hex(8),
            clock=utc_now,
            stopping=ending.is_set,
        )
        async with repeated(IMPORT_SECONDS, read_for_trial, failed="import.not_read"):
            try:
                yield services
            finally:
                ending.set()
