"""One Zalo Official Account from start to stop. Its webhook is set by hand on a page of Zalo."""

from collections.abc import Callable
from datetime import datetime

from bot.channels.zalo_oa_tokens import OaTokens
from bot.settings import Settings
from db.engine import Database
from db.sealing import Sealer

WEBHOOK_PATH = "/webhooks/zalo-oa"


def tokens_of(
    settings: Settings, database: Database, sealer: Sealer, clock: Callable[[], datetime]
) -> OaTokens:
    """The tokens of the account in the settings. Opens no connection."""
    return OaTokens(
        database,
        sealer,
        oa_id=settings.zalo_oa_id,
        app_id=settings.zalo_oa_app_id,
        app_secret=settings.zalo_oa_app_secret.get_secret_value(),
        old_app_secret=settings.zalo_oa_app_secret_old.get_secret_value(),
        given=settings.zalo_oa_refresh_token.get_secret_value(),
        oauth_base=settings.zalo_oa_oauth_base,
        clock=clock,
    )
