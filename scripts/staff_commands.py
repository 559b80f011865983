"""Commands over staff and the audit: the first administrator, verifying the chain, writing a checkpoint."""

import asyncio
import getpass
import sys
from collections.abc import Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn, TypeVar

import typer
from sqlalchemy.exc import DBAPIError

import db.audit as audit_chain
from bot.app import SecretMissing, secret_of
from bot.settings import Settings
from db import demo_staff, identity, invitations
from db import staff as staff_records
from db.audit import AnchorUnreadable, Tampered
from db.engine import Database, DatabaseInUse, DatabaseUrlRefused
from db.sealing import Sealer

_Result = TypeVar("_Result")

JOIN_PATH: Final = "/console/join"
ANCHORS: Final = Path("var/audit-anchor.jsonl")

staff = typer.Typer(no_args_is_help=True, help="People who work at the desk.")
audit = typer.Typer(no_args_is_help=True, help="The audit: who did what, or was refused it.")

DatabaseOption = Annotated[
    str, typer.Option("--database", help="Address of the database; else DATABASE_URL, else var/goilai.db.")
]
AnchorOption = Annotated[
    Path | None,
    typer.Option("--anchor", help="File of checkpoints, outside the database; else AUDIT_ANCHOR."),
]


@staff.callback()
def _staff() -> None:
    """People who work at the desk."""


@staff.command("first-admin")
def first_administrator(
    name: Annotated[str, typer.Argument(help="Name of the person.")],
    email: Annotated[str, typer.Argument(help="Their own e-mail address.")],
    database: DatabaseOption = "",
) -> None:
    """Invite an administrator, while there are fewer than two. Prints a link and a code to say by voice."""
    settings = Settings()

    async def invite() -> invitations.InvitationLink:
        opened = Database(database or settings.database_url, exclusive=False)
        try:
            async with audit_chain.acting(
                opened,
                actor=None,
                action="staff.first_administrator",
                subject="staff:new",
                now=datetime.now(UTC),
            ) as session:
                return await staff_records.first_administrator(
                    session, name=name, email=email, operator=getpass.getuser(), now=datetime.now(UTC)
                )
        finally:
            await opened.close()

    try:
        link = _run(invite())
    except staff_records.AdministratorsExist:
        _refuse("Đã có đủ người quản trị; họ mời người mới. / There are administrators; they invite others.")
    except invitations.AlreadyStaff:
        _refuse("Người này đã có tài khoản hoặc đã được mời. / This person is staff or invited already.")
    except identity.EmailUnreadable:
        _refuse("Địa chỉ thư không đúng. / This is no e-mail address.")
    base = settings.public_url.rstrip("/") or f"http://{settings.host}:{settings.port}"
    print(f"{base}{JOIN_PATH}/{link.token}")
    print(f"Mã đọc qua điện thoại / code to say by voice: {link.spoken_code}")
    print("Có hiệu lực 72 giờ, dùng một lần. / Good for 72 hours, once.")


@staff.command("demo-code")
def demo_code() -> None:
    """Print the code that the people of the demo enter at this moment; real staff have it on their phone."""
    print(demo_staff.code_now(datetime.now(UTC)))


@audit.command("verify")
def verify(database: DatabaseOption = "", anchor: AnchorOption = None) -> None:
    """Recompute the chain and compare it with the checkpoints; status 1 names the first bad row."""
    settings = Settings()
    path = anchor or settings.audit_anchor_file or ANCHORS

    async def check() -> audit_chain.Verified | Tampered:
        opened = Database(database or settings.database_url, exclusive=False)
        try:
            async with opened.reading() as session:
                return await audit_chain.verify(
                    session, anchors=audit_chain.read_anchors(path), sealer=_sealer(settings)
                )
        finally:
            await opened.close()

    try:
        found = _run(check())
    except AnchorUnreadable as line:
        _refuse(f"Tệp mốc kiểm không đọc được / the checkpoint file is damaged: {line}")
    if isinstance(found, Tampered):
        _refuse(f"SAI ở dòng / BAD ROW {found.seq}: {found.why}")
    print(f"OK: {found.entries} dòng / entries, {found.anchors} mốc / checkpoints. {found.head}")


@audit.command("checkpoint")
def checkpoint(database: DatabaseOption = "", anchor: AnchorOption = None) -> None:
    """Append the newest hash, signed, to the checkpoint file."""
    settings = Settings()
    path = anchor or settings.audit_anchor_file or ANCHORS

    async def write() -> audit_chain.Anchor | None:
        opened = Database(database or settings.database_url, exclusive=False)
        try:
            async with opened.reading() as session:
                return await audit_chain.checkpoint(
                    session, path, sealer=_sealer(settings), now=datetime.now(UTC)
                )
        finally:
            await opened.close()

    written = _run(write())
    print("Không có gì mới. / Nothing new." if written is None else f"{written.seq} {written.hash}")


def _run(work: Coroutine[Any, Any, _Result]) -> _Result:
    """Run, and answer what an operator can mend with a sentence."""
    try:
        return asyncio.run(work)
    except (DatabaseInUse, DatabaseUrlRefused, SecretMissing) as refused:
        _refuse(str(refused))
    except DBAPIError as error:
        _refuse(f"The database refused; has `goilai migrate` been run? ({type(error.orig).__name__})")


def _sealer(settings: Settings) -> Sealer:
    return Sealer(secret_of(settings))


def _refuse(why: str) -> NoReturn:
    print(why, file=sys.stderr)
    raise typer.Exit(1)
