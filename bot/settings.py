"""What an operator can set, read once in the composition root from the environment or `.env`."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.limits import CHECKS_BY_ALL
from db.engine import accepted_url, sqlite_path

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_PLACEHOLDERS = ("changeme", "change-me", "secret", "placeholder")
MIN_SECRET_LENGTH = 32


class DemoRecordsRefused(ValueError):
    """Demo records may not be served to the public or to a chat platform."""


class PlaceholderSecretRefused(ValueError):
    """A secret that everybody knows protects nothing."""


class ChannelIncomplete(ValueError):
    """A channel is switched on without everything it needs."""


class PartsMissing(ValueError):
    """Nobody would do a part of the work."""


PARTS = ("work", "send", "listen")
"""What a process can do besides serving the web."""


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
    telegram_webhook_secret_old: SecretStr = SecretStr("")
    """The one before, accepted too while a new one is being put in place; empty again afterwards."""
    telegram_proxy: str = ""
    """HTTP or SOCKS5 proxy towards Telegram, for networks that block it."""
    telegram_api_base: str = "https://api.telegram.org"
    """Bot API server."""
    telegram_name: str = ""
    """Public name of the bot, without the @, for the list of our accounts."""
    zalo_bot_token: SecretStr = SecretStr("")
    """Token from the Zalo Bot Creator; empty leaves the Zalo Bot off."""
    zalo_bot_mode: Literal["polling", "webhook"] = "polling"
    """`webhook` needs PUBLIC_URL and ZALO_BOT_WEBHOOK_SECRET; only with it nothing is lost in a crash."""
    zalo_bot_webhook_secret: SecretStr = SecretStr("")
    """8 to 256 characters; Zalo echoes it in a header."""
    zalo_bot_webhook_secret_old: SecretStr = SecretStr("")
    """As TELEGRAM_WEBHOOK_SECRET_OLD."""
    zalo_bot_api_base: str = "https://bot-api.zaloplatforms.com"
    """Zalo Bot server."""
    zalo_bot_name: str = ""
    """Public name of the Zalo Bot, for the list of our accounts."""
    zalo_bot_link: str = ""
    """Link that opens the Zalo Bot, for the list of our accounts."""
    zalo_oa_id: str = Field(default="", pattern=r"^\d{0,32}$")
    """Number of the Zalo Official Account; empty leaves it off."""
    zalo_oa_app_id: str = Field(default="", pattern=r"^\d{0,32}$")
    """Number of the application that the Official Account is linked to."""
    zalo_oa_secret: SecretStr = SecretStr("")
    """OA secret key of the webhook page; signs what Zalo posts to us."""
    zalo_oa_secret_old: SecretStr = SecretStr("")
    """As TELEGRAM_WEBHOOK_SECRET_OLD."""
    zalo_oa_app_secret: SecretStr = SecretStr("")
    """Secret key of the application; renews the access token."""
    zalo_oa_app_secret_old: SecretStr = SecretStr("")
    """The one before, tried when Zalo refuses the new one; empty again afterwards."""
    zalo_oa_refresh_token: SecretStr = SecretStr("")
    """Refresh token from the consent of the account's administrator. Used once; later ones are kept sealed in
    the database. Put a new one here to link the account again."""
    zalo_oa_name: str = ""
    """Public name of the Official Account, for the list of our accounts."""
    zalo_oa_api_base: str = "https://openapi.zalo.me"
    """Official Account server."""
    zalo_oa_oauth_base: str = "https://oauth.zaloapp.com"
    """Server that renews access tokens."""
    telegram_sends_per_second: float = Field(default=30.0, gt=0)
    """What Telegram takes from this bot: 30 a second, more when paid for. Shared by answers (70 %), staff
    (10 %) and alerts (20 %)."""
    checks_per_minute_by_all: int = Field(default=CHECKS_BY_ALL.count, ge=1)
    """Checks a minute that this process answers, of everybody together; beyond it people get the fixed steps
    at once. 24,000 is 400 a second, above what one process can do: lower it to protect a small machine."""
    parts: str = "work,send,listen"
    """What this process does: `work` (answer what came in), `send`, `listen` (poll the platforms); `none` for
    a web server alone. On SQLite always all."""
    erasure_ledger: str = ""
    """File that names, by keyed hashes, who asked to be forgotten, for after a restore. Unset:
    `erasures.jsonl` beside the SQLite file, or in `var`. Several machines each keep their own."""
    audit_anchor: str = ""
    """File outside the database that gets the newest hash of the audit, signed, every five minutes, so that
    a rewritten audit is found out. Unset: `audit-anchor.jsonl` beside the SQLite file; PostgreSQL needs it
    set, best on another disk or machine. Several machines each keep their own."""
    drain_notice_seconds: float = Field(default=1.0, ge=0, le=30)
    """How long /readyz says that this process is about to stop before it takes in nothing more: longer than
    the interval at which a load balancer asks. The rest of the stop takes at most 14 seconds."""
    metrics_token: SecretStr = SecretStr("")
    """Bearer token for /metrics; empty serves it to this machine only."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """Least severity written to the log."""

    @field_validator("parts")
    @classmethod
    def _known_parts(cls, value: str) -> str:
        if value != "none" and not set(value.split(",")) <= set(PARTS):
            raise ValueError(f"PARTS takes {', '.join(PARTS)}, with commas between them, or none.")
        return value

    @field_validator(
        "secret",
        "telegram_token",
        "telegram_webhook_secret",
        "telegram_webhook_secret_old",
        "zalo_bot_token",
        "zalo_bot_webhook_secret",
        "zalo_bot_webhook_secret_old",
        "zalo_oa_secret",
        "zalo_oa_secret_old",
        "zalo_oa_app_secret",
        "zalo_oa_app_secret_old",
        "zalo_oa_refresh_token",
        "metrics_token",
        mode="before",
    )
    @classmethod
    def _from_file(cls, value: object) -> object:
        """Accept `file:/path` for a secret that is mounted rather than set."""
        if isinstance(value, str) and value.startswith("file:"):
            return Path(value.removeprefix("file:")).read_text(encoding="utf-8").strip()
        return value

    @model_validator(mode="after")
    def _refuse_unsafe_combinations(self) -> Self:
        if self.serves_demo and (self.host not in _LOOPBACK or self.has_channel):
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
        self._refuse_incomplete_zalo()
        if self.database_url.startswith("sqlite") and not all(map(self.does, PARTS)):
            raise PartsMissing(
                "One SQLite file serves one process, so that process does everything: leave PARTS unset, "
                "or use PostgreSQL."
            )
        return self

    def _refuse_incomplete_zalo(self) -> None:
        secret = self.zalo_bot_webhook_secret.get_secret_value()
        webhook = self.zalo_bot_token.get_secret_value() and self.zalo_bot_mode == "webhook"
        if webhook and not (self.public_url and 8 <= len(secret) <= 256):
            raise ChannelIncomplete(
                "The Zalo Bot webhook needs PUBLIC_URL and ZALO_BOT_WEBHOOK_SECRET of 8 to 256 characters."
            )
        needed = (self.zalo_oa_app_id, *map(_revealed, (self.zalo_oa_secret, self.zalo_oa_app_secret)))
        if self.zalo_oa_id and not all(needed):
            raise ChannelIncomplete(
                "The Zalo Official Account needs ZALO_OA_APP_ID, ZALO_OA_SECRET and ZALO_OA_APP_SECRET."
            )

    @property
    def erasures_file(self) -> Path:
        """Where erasures are noted."""
        if self.erasure_ledger or not self.database_url.startswith("sqlite"):
            return Path(self.erasure_ledger or "var/erasures.jsonl")
        return sqlite_path(accepted_url(self.database_url)).with_name("erasures.jsonl")

    @property
    def audit_anchor_file(self) -> Path | None:
        """Where checkpoints of the audit are written; None when nobody said where."""
        if self.audit_anchor:
            return Path(self.audit_anchor)
        if not self.database_url.startswith("sqlite"):
            return None
        return sqlite_path(accepted_url(self.database_url)).with_name("audit-anchor.jsonl")

    def does(self, part: str) -> bool:
        """Whether this process does one of `PARTS`."""
        return part in self.parts.split(",")

    @property
    def has_channel(self) -> bool:
        """Whether any chat platform is switched on."""
        return bool(_revealed(self.telegram_token) or _revealed(self.zalo_bot_token) or self.zalo_oa_id)

    @property
    def serves_demo(self) -> bool:
        """Whether demo records are loaded and marked as such."""
        if self.demo is not None:
            return self.demo
        return self.host in _LOOPBACK and not self.has_channel


def _revealed(secret: SecretStr) -> str:
    return secret.get_secret_value()
