"""Asks for an access token in a process of its own and says what it got: for tests that race or kill it."""

import asyncio
import sys
from datetime import UTC, datetime

from bot.channels.zalo_oa import AccessUnavailable
from bot.channels.zalo_oa_tokens import OaTokens
from db.engine import Database
from db.sealing import Sealer
from tests.channels.zalo_oa_peer import APP_ID, APP_SECRET, FIRST_REFRESH, OA_ID


async def main(database_url: str, oauth_base: str) -> None:
    database = Database(database_url)
    tokens = OaTokens(
        database,
        Sealer(b"s" * 32),
        oa_id=OA_ID,
        app_id=APP_ID,
        app_secret=APP_SECRET,
        given=FIRST_REFRESH,
        oauth_base=oauth_base,
        clock=lambda: datetime.now(UTC),
    )
    print("ready", flush=True)  # noqa: T201
    await asyncio.to_thread(sys.stdin.readline)
    try:
        print(f"got {await tokens.current()}", flush=True)  # noqa: T201
    except AccessUnavailable as unavailable:
        print(f"got {unavailable.detail}", flush=True)  # noqa: T201
    await tokens.close()
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
