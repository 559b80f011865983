"""The command line over staff and the audit."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from scripts.goilai import app

Run = Callable[..., Result]


@pytest.fixture
def goilai(bare_database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.setenv("DATABASE_URL", bare_database_url)
    monkeypatch.setenv("SECRET", "a secret of the tests, long enough for anybody")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, list(arguments))

    return run


def test_the_first_administrator_is_invited_from_the_machine(goilai: Run) -> None:
    assert goilai("migrate").exit_code == 0
    invited = goilai("staff", "first-admin", "An Ví Dụ", "an@vi-du.example")
    assert invited.exit_code == 0
    assert "/console/join/" in invited.output
    again = goilai("staff", "first-admin", "An Ví Dụ", "an@vi-du.example")
    assert (again.exit_code, "invited already" in again.output) == (1, True)
    assert "no e-mail address" in goilai("staff", "first-admin", "An", "không").output


def test_the_audit_is_verified_against_its_checkpoints(goilai: Run, tmp_path: Path) -> None:
    goilai("migrate")
    assert "Nothing new" in goilai("audit", "checkpoint").output
    goilai("staff", "first-admin", "An Ví Dụ", "an@vi-du.example")
    assert goilai("audit", "checkpoint").output.startswith("3 ")
    verified = goilai("audit", "verify")
    assert (verified.exit_code, verified.output.startswith("OK: 3")) == (0, True)
    anchors = next(tmp_path.rglob("audit-anchor.jsonl"))
    genuine = anchors.read_text(encoding="utf-8")
    anchors.write_text(genuine.replace('"seq":3', '"seq":4'), encoding="utf-8")
    tampered = goilai("audit", "verify")
    assert (tampered.exit_code, "BAD ROW 4" in tampered.output) == (1, True)
    anchors.write_text("x\n", encoding="utf-8")
    assert "damaged" in goilai("audit", "verify").output


def test_an_operator_is_told_what_to_do(goilai: Run) -> None:
    answered = goilai("staff", "first-admin", "An", "an@vi-du.example")
    assert (answered.exit_code, "goilai migrate" in answered.output) == (1, True)
    refused = goilai("audit", "verify", "--database", "mysql://x/y")
    assert (refused.exit_code, "accepted are" in refused.output) == (1, True)
    assert goilai("staff", "demo-code").output.strip().isdigit()
