"""The command line over the record: load, demo, migrate; a sentence instead of a traceback."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from db.engine import Database
from scripts.goilai import app

Run = Callable[..., Result]


@pytest.fixture
def goilai(bare_database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.setenv("DATABASE_URL", bare_database_url)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, list(arguments))

    return run


def write(folder: Path, content: str) -> str:
    path = folder / "records.csv"
    path.write_text(content, encoding="utf-8")
    return str(path)


def test_records_are_loaded_from_an_empty_database_on(goilai: Run, tmp_path: Path) -> None:
    assert goilai("migrate").exit_code == 0
    assert goilai("demo", "add").exit_code == 0
    schools = write(
        tmp_path, "level,name,commune,source,hiệu trưởng\nTHCS,Nguyễn Du,Đức Lập,Sở GD,Cô Ví Dụ\n"
    )
    loaded = goilai("load", "schools", schools, "--by", "An").output
    assert "1 new, 0 changed, 0 there already" in loaded
    assert "columns not used: hiệu trưởng" in loaded
    assert "0 new, 0 changed, 1 there already" in goilai("load", "schools", schools).output
    refused = goilai("load", "schools", write(tmp_path, "level,name,commune,source\nTHCS,A,Không Có,Sở GD\n"))
    assert refused.exit_code == 1
    assert "dòng 2 (row 2)" in refused.output
    assert "Nothing was changed" in refused.output
    contact = write(
        tmp_path,
        "owner_kind,owner,level,commune,value,source,verified_at\n"
        "trường,Nguyễn Du,THCS,Đức Lập,0261 3546 278,website,2026-09-01\n",
    )
    assert "1 new, 0 changed" in goilai("load", "contacts", contact).output
    number = write(
        tmp_path,
        "kind,value,unit,source,document,verified_at\nsố,0912000099,Công an tỉnh,công văn,1/CV,2026-11-01\n",
    )
    assert "1 new, 0 changed" in goilai("load", "numbers", number).output
    assert "demo records removed" in goilai("demo", "remove").output


def test_a_database_without_tables_is_answered_with_what_to_do(goilai: Run) -> None:
    answered = goilai("demo", "add")
    assert answered.exit_code == 1
    assert "goilai migrate" in answered.output


def test_an_address_that_is_not_accepted_is_answered_with_a_sentence(goilai: Run) -> None:
    answered = goilai("migrate", "--database", "mysql://root:secret@host/db")
    assert answered.exit_code == 1
    assert "begins with mysql" in answered.output
    assert "secret" not in answered.output


async def test_a_running_server_is_not_migrated_under_its_feet(sqlite_url: str) -> None:
    server = Database(sqlite_url)
    answered = await asyncio.to_thread(CliRunner().invoke, app, ["migrate", "--database", sqlite_url])
    await server.close()
    assert answered.exit_code == 1
    assert "open in another process" in answered.output
