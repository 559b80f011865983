"""Which accounts are ours, as the operator states it: whatever else calls itself Gọi Lại is not us."""

from dataclasses import dataclass
from typing import Final

from bot.messages import Channel
from bot.settings import Settings

_TELEGRAM_LINK: Final = "https://t.me/"
_ZALO_LINK: Final = "https://zalo.me/"


@dataclass(frozen=True, slots=True)
class OfficialAccount:
    """One account of ours on an open channel."""

    channel: Channel
    name: str
    """Public name; empty when the operator has not stated it."""
    link: str
    """What opens it; empty when there is no such link."""


def official_accounts(settings: Settings) -> tuple[OfficialAccount, ...]:
    """Our accounts on every channel that is switched on, the one with the widest reach first."""
    accounts: list[OfficialAccount] = []
    if settings.zalo_oa_id:
        accounts.append(
            OfficialAccount(Channel.ZALO_OA, settings.zalo_oa_name, _ZALO_LINK + settings.zalo_oa_id)
        )
    if settings.zalo_bot_token.get_secret_value():
        accounts.append(
            OfficialAccount(Channel.ZALO_BOT, settings.zalo_bot_name, _web_address(settings.zalo_bot_link))
        )
    if settings.public_url:
        shown = settings.public_url.split("://", maxsplit=1)[-1].rstrip("/")
        accounts.append(OfficialAccount(Channel.WEB, shown, _web_address(settings.public_url)))
    if settings.telegram_token.get_secret_value():
        name = settings.telegram_name.removeprefix("@")
        accounts.append(
            OfficialAccount(
                Channel.TELEGRAM, f"@{name}" if name else "", _TELEGRAM_LINK + name if name else ""
            )
        )
    return tuple(accounts)


def _web_address(link: str) -> str:
    return link if link.startswith(("https://", "http://")) else ""
