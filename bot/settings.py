"""What an operator can set, read once in the composition root from the environment or `.env`."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_PLACEHOLDERS = ("changeme", "change-me", "secret", "placeholder")
MIN_SECRET_LENGTH = 32


class DemoRecordsRefused(ValueError):
    """Demo records may not be served to the public or to a chat platform."""


class PlaceholderSecretRefused(ValueError):
    """A secret that everybody knows protects nothing."""


class Settings(BaseSettings):
    """Settings of one process. With none at all: SQLite, the web chat, demo records."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True)

    host: str = "127.0.0.1"
    """Address the web server listens on."""
    port: int = Field(default=8000, ge=0, le=65535)
    """Port the web server listens on."""
    database_url: str = "sqlite:///var/goilai.db"
    """`sqlite:///file` or `postgresql://user:password@host/name`."""
    public_url: str = ""
    """Address under which people reach the web page, for links in answers and the webhook."""
    demo: bool | None = None
    """Serve demo records. Unset: yes on the embedded default without a channel token, else no."""
    secret: SecretStr = SecretStr("")
    """Key of the HMACs under which phone numbers are logged: 32 characters or more, never in the database.
    Unset: made once and kept in `secret` beside the SQLite file; PostgreSQL needs it set."""
    operator: str = "Nhóm vận hành Gọi Lại"
    """Who runs this service, named in every channel."""
    appeal_contact: str = ""
    """Where an appeal can be sent, in words; empty says that the operator has not set one."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses of reverse proxies whose X-Forwarded-For is believed."""
    telegram_token: SecretStr = SecretStr("")
    """Bot token from BotFather; empty leaves Telegram off."""
    telegram_mode: Literal["polling", "webhook"] = "polling"
    """`webhook` needs PUBLIC_URL and TELEGRAM_WEBHOOK_SECRET."""
    telegram_webhook_secret: SecretStr = SecretStr("")
    """1 to 256 of A-Z, a-z, 0-9, _ and -; Telegram echoes it in a header."""
    telegram_proxy: str = ""
    """HTTP or SOCKS5 proxy towards Telegram, for networks that block it."""
    telegram_api_base: str = "https://api.telegram.org"
    """Bot API server."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """Least severity written to the log."""

    @field_validator("secret", "telegram_token", "telegram_webhook_secret", mode="before")
    @classmethod
    def _from_file(cls, value: object) -> object:
        """Accept `file:/path` for a secret that is mounted rather than set."""
        if isinstance(value, str) and value.startswith("file:"):
            return Path(value.removeprefix("file:")).read_text(encoding="utf-8").strip()
        return value

    @model_validator(mode="after")
    def _refuse_unsafe_combinations(self) -> Self:
        if self.serves_demo and (self.host not in _LOOPBACK or self.telegram_token.get_secret_value()):
            raise DemoRecordsRefused(
                "Demo records are invented: they need a loopback HOST and no channel token. "
                "Set DEMO=false (and run `goilai demo remove` if they are in the database)."
            )
        secret = self.secret.get_secret_value()
        if secret and (secret.lower() in _PLACEHOLDERS or len(secret) < MIN_SECRET_LENGTH):
            raise PlaceholderSecretRefused(
                f"SECRET must be at least {MIN_SECRET_LENGTH} random characters, for example from "
                '`python3 -c "import secrets; print(secrets.token_urlsafe(48))"`.'
            )
        webhook = self.telegram_token.get_secret_value() and self.telegram_mode == "webhook"
        if webhook and not (self.public_url and self.telegram_webhook_secret.get_secret_value()):
            raise PlaceholderSecretRefused(
                "The Telegram webhook needs PUBLIC_URL and TELEGRAM_WEBHOOK_SECRET."
            )
        return self

    @property
    def serves_demo(self) -> bool:
        """Whether demo records are loaded and marked as such."""
        if self.demo is not None:
            return self.demo
        return self.host in _LOOPBACK and not self.telegram_token.get_secret_value()
