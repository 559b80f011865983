"""What an operator may set, and what is refused before anything starts."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.settings import Settings

GOOD_SECRET = "x7" * 20


def make_settings(**given: object) -> Settings:
    return Settings(_env_file=None, **given)  # type: ignore[call-arg, arg-type]


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def test_checkpoints_of_the_audit_are_kept_beside_the_file_or_where_the_operator_says() -> None:
    beside = make_settings(database_url="sqlite:////srv/goilai/goilai.db").audit_anchor_file
    assert beside == Path("/srv/goilai/audit-anchor.jsonl")
    server: dict[str, object] = {"database_url": "postgresql://goilai@db/goilai", "secret": GOOD_SECRET}
    assert make_settings(**server).audit_anchor_file is None
    assert make_settings(**server, audit_anchor="/mnt/a.jsonl").audit_anchor_file == Path("/mnt/a.jsonl")


def test_with_no_settings_at_all_the_demo_is_served_on_loopback() -> None:
    assert make_settings().serves_demo


@pytest.mark.parametrize(
    "given",
    [{"host": "0.0.0.0"}, {"telegram_token": "1:a"}, {"zalo_bot_token": "1:a"}, {"demo": False}],  # noqa: S104
)
def test_nothing_public_serves_demo_records_by_itself(given: dict[str, object]) -> None:
    assert not make_settings(**given).serves_demo


@pytest.mark.parametrize("given", [{"host": "192.0.2.1"}, {"telegram_token": "1:a"}])
def test_demo_records_are_refused_in_public_even_when_asked_for(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="invented"):
        make_settings(demo=True, **given)


@pytest.mark.parametrize("secret", ["changeme", "SECRET", "short"])
def test_a_secret_that_protects_nothing_is_refused(secret: str) -> None:
    with pytest.raises(ValidationError, match="random characters"):
        make_settings(secret=secret)


def test_a_webhook_needs_an_address_and_a_secret() -> None:
    webhook = {"telegram_token": "1:a", "telegram_mode": "webhook"}
    with pytest.raises(ValidationError):
        make_settings(**webhook)
    with pytest.raises(ValidationError):
        make_settings(**webhook, public_url="https://vi-du.example")
    assert make_settings(
        **webhook, public_url="https://vi-du.example", telegram_webhook_secret="abcdefgh_123"
    )


def test_a_secret_can_be_mounted_as_a_file_and_is_never_printed(tmp_path: Path) -> None:
    mounted = tmp_path / "secret"
    mounted.write_text(GOOD_SECRET + "\n", encoding="utf-8")
    settings = make_settings(secret=f"file:{mounted}")
    assert settings.secret.get_secret_value() == GOOD_SECRET
    assert GOOD_SECRET not in repr(settings)


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "8111")
    monkeypatch.setenv("DEMO", "")
    assert (make_settings().port, make_settings().demo) == (8111, None)
