"""Figures for operators: to this machine or a token's bearer, and nothing about anybody."""

import httpx
import pytest

from api.app import create_app
from tests.api.doubles import Desk, make_settings
from tests.api.serving import served, visiting


async def test_this_machine_reads_counts_without_a_person_in_them(whole_site: httpx.AsyncClient) -> None:
    await whole_site.post(
        "/chat", data={"text": "0912 345 678", "event_id": "11111111-1111-4111-8111-111111111111"}
    )
    figures = await whole_site.get("/metrics")
    assert figures.status_code == 200
    assert 'goilai_events_answered_total{channel="web"}' in figures.text
    assert "0912345678" not in figures.text.replace(" ", "")
    assert "goilai_inbox_waiting 0.0" in figures.text


async def test_nobody_who_comes_through_a_proxy_reads_them(site: httpx.AsyncClient) -> None:
    assert (await site.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"})).status_code == 404


@pytest.mark.parametrize(
    ("given", "status"), [("", 404), ("Bearer wrong", 404), ("Bearer a-long-token", 200)]
)
async def test_with_a_token_only_its_bearer_reads_them(given: str, status: int) -> None:
    desk = Desk(settings=make_settings(metrics_token="a-long-token"))
    async with served(create_app(desk.settings, opening=desk.open)) as url, visiting(url) as site:
        assert (await site.get("/metrics", headers={"Authorization": given})).status_code == status
