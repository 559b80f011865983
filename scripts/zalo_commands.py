"""Commands over the link to a Zalo Official Account: how it stands, link anew, allow one more try."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated, Final

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from bot.app import secret_of
from bot.channels.zalo_oa_tokens import HASH_PURPOSE
from bot.settings import Settings
from db import channel_tokens
from db.engine import Database
from db.models import TokenState
from db.sealing import Sealer

zalo = typer.Typer(no_args_is_help=True, help="The link to the Zalo Official Account.")

DatabaseOption = Annotated[
    str, typer.Option("--database", help="Address of the database; else DATABASE_URL, else var/goilai.db.")
]
STATES: Final = {
    TokenState.USABLE: "Đang liên kết. / Linked.",
    TokenState.REFRESHING: "Đang gia hạn. / Being renewed.",
    TokenState.UNKNOWN: (
        "Không rõ mã gia hạn đã dùng chưa: liên kết lại (`goilai zalo link`) hoặc cho thử một lần "
        "(`goilai zalo retry`). / Nobody knows whether the token was used: link anew, or allow one try."
    ),
    TokenState.REFUSED: "Zalo từ chối mã: liên kết lại. / Zalo refuses the token: link anew.",
}
NEVER: Final = "Chưa từng liên kết. / Never linked."


@zalo.command("status")
def status(database: DatabaseOption = "") -> None:
    """Say whether the account is linked."""

    async def look(session: AsyncSession, settings: Settings) -> str:
        token = await channel_tokens.token_of(session, **_place(settings))
        return STATES[token.state] if token else NEVER

    _do(look, database)


@zalo.command("link")
def link(
    refresh_token: Annotated[
        str, typer.Option(prompt=True, hide_input=True, help="Asked for, so that it is in no history.")
    ],
    database: DatabaseOption = "",
) -> None:
    """Link the account with a refresh token from a new consent; a running service takes it up by itself."""

    async def take(session: AsyncSession, settings: Settings) -> str:
        sealer = Sealer(secret_of(settings))
        new = await channel_tokens.link(
            session,
            **_place(settings),
            refresh_token=sealer.seal(refresh_token.strip()),
            given=sealer.hmac(HASH_PURPOSE, refresh_token.strip()),
            now=datetime.now(UTC),
        )
        if new:
            return "Đã liên kết. / Linked."
        return "Mã này đã được đưa trước đây, không dùng lại. / Given before, so not used again."

    _do(take, database)


@zalo.command("retry")
def retry(database: DatabaseOption = "") -> None:
    """Allow the kept refresh token to be used once more: right only when Zalo never got the first try."""

    async def allow(session: AsyncSession, settings: Settings) -> str:
        if await channel_tokens.allow_one_more_try(session, **_place(settings), now=datetime.now(UTC)):
            return "Sẽ thử lại một lần. / It will be tried once more."
        return "Không có gì để thử lại. / There is nothing to try again."

    _do(allow, database)


def _place(settings: Settings) -> dict[str, str]:
    if not settings.zalo_oa_id:
        print("Chưa đặt ZALO_OA_ID. / ZALO_OA_ID is not set.", file=sys.stderr)
        raise typer.Exit(1)
    return {"channel": "zalo_oa", "bot_account": settings.zalo_oa_id}


def _do(work: Callable[[AsyncSession, Settings], Awaitable[str]], database: str) -> None:
    settings = Settings()

    async def run() -> str:
        # A running server tolerates a short transaction beside its own.
        opened = Database(database or settings.database_url, exclusive=False)
        try:
            async with opened.transaction() as session:
                return await work(session, settings)
        finally:
            await opened.close()

    print(asyncio.run(run()))
