"""What the desk needs of the process besides its services: in the demo, people who can sign in."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from bot.app import Services, open_services, secret_of, utc_now
from bot.settings import Settings
from db import demo_staff
from db.sealing import Sealer


@asynccontextmanager
async def open_with_desk(settings: Settings) -> AsyncGenerator[Services]:
    """Open the services; where the demo is served its staff are there too, and nowhere else.

    Raises:
        DatabaseInUse, DatabaseUrlRefused, KnowledgeUnavailable, SecretMissing: see `bot.app.open_services`.
    """
    async with open_services(settings) as services:
        if settings.serves_demo:
            sealer = Sealer(secret_of(settings))
            async with services.database.transaction() as session:
                await demo_staff.load_demo_staff(session, sealer=sealer, now=utc_now())
        yield services
