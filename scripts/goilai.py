"""The command line: check a text, load records from CSV until the desk exists, demo records, migrate."""

import asyncio
import getpass
import sys
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.settings import Settings
from db import demo, demo_staff, importing, migrate, reference
from db.engine import Database, DatabaseInUse, DatabaseUrlRefused
from db.importing import RowsRefused
from db.models import ImportKind
from scripts import record_commands, staff_commands
from scripts.check_command import check
from scripts.zalo_commands import zalo

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # local variables may hold what must not be printed
    help="Gọi Lại, from the command line.",
)
load = typer.Typer(
    no_args_is_help=True, help="Take in records from a CSV, XLSX or XLS file: all rows, or none."
)
demo_app = typer.Typer(no_args_is_help=True, help="Invented records to try the service with.")
app.command("check")(check)
app.command("backup")(record_commands.back_up)
app.command("restore")(record_commands.restore)
app.command("forget-again")(record_commands.forget_again)
app.add_typer(load, name="load")
app.add_typer(staff_commands.staff, name="staff")
app.add_typer(staff_commands.audit, name="audit")
app.add_typer(zalo, name="zalo")
app.add_typer(demo_app, name="demo")

DatabaseOption = Annotated[
    str, typer.Option("--database", help="Address of the database; else DATABASE_URL, else var/goilai.db.")
]
OperatorOption = Annotated[
    str, typer.Option("--by", help="Name of the operator, recorded with each row; else the user's name.")
]
FileArgument = Annotated[
    Path,
    typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV, XLSX or XLS, with a header row."),
]


@load.command("schools")
def load_schools(file: FileArgument, database: DatabaseOption = "", by: OperatorOption = "") -> None:
    """Columns: level, name, commune, source; maybe province, old_district, aliases, document, verified_at."""
    _load(ImportKind.SCHOOLS, file, database, by)


@load.command("contacts")
def load_contacts(file: FileArgument, database: DatabaseOption = "", by: OperatorOption = "") -> None:
    """Columns: owner_kind, owner, value, source, verified_at; level and commune for a school; maybe hours."""
    _load(ImportKind.CONTACTS, file, database, by)


@load.command("numbers")
def load_numbers(file: FileArgument, database: DatabaseOption = "", by: OperatorOption = "") -> None:
    """Confirmed numbers, accounts, links. Columns: kind, value, bank, unit, source, document, verified_at."""
    _load(ImportKind.INDICATORS, file, database, by)


@demo_app.command("add")
def add_demo(database: DatabaseOption = "") -> None:
    """Add the demo records: owners called "Ví Dụ", numbers that nobody can have."""

    async def add(session: AsyncSession) -> str:
        now = datetime.now(UTC)
        await reference.load_reference(session, now)
        await demo.load_demo(session, now)
        return "Đã thêm dữ liệu dùng thử. / Demo records added."

    _in_transaction(database, add)


@demo_app.command("remove")
def remove_demo(database: DatabaseOption = "") -> None:
    """Remove every demo record."""

    async def remove(session: AsyncSession) -> str:
        now = datetime.now(UTC)
        await demo_staff.remove_demo_staff(session, now=now)
        removed = await demo.remove_demo(session, now)
        return f"Đã xóa {removed} bản ghi dùng thử. / {removed} demo records removed."

    _in_transaction(database, remove)


@app.command("migrate")
def run_migrations(database: DatabaseOption = "") -> None:
    """Bring the database to the schema of this release; safe to repeat."""
    _run(migrate.upgrade(_url(database)))


def main() -> None:
    """Entry point of `goilai`."""
    app()


def _load(kind: ImportKind, file: Path, database: str, by: str) -> None:
    operator = f"operator:{by or getpass.getuser()}"

    content = file.read_bytes()

    async def take_in(session: AsyncSession) -> str:
        done = await importing.load(
            session, kind, importing.read_rows(content), approved_by=operator, now=datetime.now(UTC)
        )
        said = (
            f"Mới {done.new}, thay đổi {done.changed}, đã có {done.there}. "
            f"/ {done.new} new, {done.changed} changed, {done.there} there already."
        )
        if done.unknown:
            said += f"\nCột không dùng / columns not used: {', '.join(done.unknown)}"
        return said

    _in_transaction(database, take_in)


def _in_transaction(database: str, work: Callable[[AsyncSession], Awaitable[str]]) -> None:
    async def run() -> None:
        opened = Database(_url(database), exclusive=False)
        try:
            async with opened.transaction() as session:
                done = await work(session)
        finally:
            await opened.close()
        print(done)

    _run(run())


def _run(work: Coroutine[Any, Any, None]) -> None:
    """Run, and answer what an operator can mend with a sentence instead of a traceback."""
    try:
        asyncio.run(work)
    except (RowsRefused, DatabaseInUse, DatabaseUrlRefused) as refused:
        print(f"{refused}\nKhông có gì thay đổi. / Nothing was changed.", file=sys.stderr)
        raise typer.Exit(1) from None
    except DBAPIError as error:
        print(
            f"Cơ sở dữ liệu không trả lời đúng; đã chạy `goilai migrate` chưa? "
            f"/ The database refused; has `goilai migrate` been run? ({type(error.orig).__name__})",
            file=sys.stderr,
        )
        raise typer.Exit(1) from None


def _url(given: str) -> str:
    return given or Settings().database_url


if __name__ == "__main__":
    main()
