"""While a webhook's secret is being changed, the old one and the new one open the door; nothing else does."""

from pathlib import Path

import httpx
import pytest

from api.app import create_app
from tests.channels import zalo_bot_peer, zalo_oa_peer
from tests.channels.peer import Peer, address_of, free_listener, served
from tests.channels.running import SECRET, make_settings
from tests.servers import NO_CERTIFICATES

OLD = "old-webhook-secret_0"
DOORS = {
    "/webhooks/telegram": "X-Telegram-Bot-Api-Secret-Token",
    "/webhooks/zalo-bot": "X-Bot-Api-Secret-Token",
}


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize(
    ("old", "given", "opens"),
    [(OLD, SECRET, True), (OLD, OLD, True), (OLD, "", False), (OLD, OLD + SECRET, False), ("", OLD, False)],
    ids=["new", "old", "none", "both in one", "the old one afterwards"],
)
async def test_two_secrets_open_the_door_during_a_change_and_one_afterwards(
    peer: Peer, database: Path, path: str, old: str, given: str, *, opens: bool
) -> None:
    listener = free_listener()
    settings = make_settings(
        peer,
        database,
        telegram_mode="webhook",
        telegram_webhook_secret_old=old,
        zalo_bot_token=zalo_bot_peer.TOKEN,
        zalo_bot_mode="webhook",
        zalo_bot_api_base=peer.url,
        zalo_bot_webhook_secret=SECRET,
        zalo_bot_webhook_secret_old=old,
        public_url=address_of(listener),
    )
    async with (
        served(create_app(settings), lifespan="on", listener=listener) as url,
        httpx.AsyncClient(base_url=url, trust_env=False, verify=NO_CERTIFICATES, timeout=30) as client,
    ):
        response = await client.post(path, json={"no": "event"}, headers={DOORS[path]: given})
    assert response.status_code == (200 if opens else 403)


@pytest.mark.parametrize(
    ("old", "signed_by", "opens"),
    [
        (OLD, zalo_oa_peer.OA_SECRET, True),
        (OLD, OLD, True),
        (OLD, "another", False),
        ("", OLD, False),
    ],
    ids=["new", "old", "none of them", "the old one afterwards"],
)
async def test_two_secrets_of_an_official_account_open_its_door_during_a_change(
    peer: Peer, database: Path, old: str, signed_by: str, *, opens: bool
) -> None:
    settings = make_settings(
        peer,
        database,
        zalo_oa_id=zalo_oa_peer.OA_ID,
        zalo_oa_app_id=zalo_oa_peer.APP_ID,
        zalo_oa_secret=zalo_oa_peer.OA_SECRET,
        zalo_oa_secret_old=old,
        zalo_oa_app_secret=zalo_oa_peer.APP_SECRET,
        zalo_oa_api_base=peer.url,
        zalo_oa_oauth_base=peer.url,
    )
    zalo = zalo_oa_peer.ZaloOaPeer()
    zalo.oa_secret = signed_by
    body, headers = zalo.envelope(zalo.event("201", "user_send_text", text="0912 345 678"))
    async with (
        served(create_app(settings), lifespan="on", listener=free_listener()) as url,
        httpx.AsyncClient(base_url=url, trust_env=False, verify=NO_CERTIFICATES, timeout=30) as client,
    ):
        response = await client.post("/webhooks/zalo-oa", content=body, headers=headers)
    assert response.status_code == (200 if opens else 403)
