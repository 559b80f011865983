"""What holds for every request: headers, origin, size, and whose address counts."""

import re
from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from api.app import create_app
from tests.api.doubles import NOW, Desk, make_settings
from tests.api.serving import served, visiting

PUBLIC = {
    "GET /",
    "POST /chat",
    "POST /chat/read",
    "POST /chat/clear",
    "POST /share",
    "POST /language",
    "GET /quyen-rieng-tu",
    "GET /toilaai",
    "GET /offline",
    "GET /docs",
    "GET /danh-ba",
    "GET /truong/{school_id}",
    "GET /truong/{school_id}/poster.pdf",
    "GET /nhung/{school_id}",
    "GET /khieu-nai",
    "POST /khieu-nai",
    "POST /khieu-nai/tra-cuu",
    "GET /manifest.webmanifest",
    "GET /sw.js",
    "GET /favicon.ico",
    "GET /static",
    "POST /v1/checks",
    "GET /v1/hotlines",
    "GET /v1/openapi.json",
    "GET /livez",
    "GET /readyz",
    "GET /metrics",
    # Opened by its own secret, not by a role.
    "POST /webhooks/telegram",
    "POST /webhooks/zalo-bot",
    "POST /webhooks/zalo-oa",
}
"""Routes that anybody may use. A route that is not here needs a role."""


def routes_of(app: FastAPI) -> Iterator[str]:
    for context in iter_route_contexts(app.routes):
        methods = set(context.methods or {"GET"}) - {"HEAD"}
        yield from (f"{method} {context.path}" for method in methods)


def test_every_route_is_on_the_public_list() -> None:
    app = create_app(make_settings(), opening=Desk().open)
    # Those of the console are in authorisation.toml.
    assert {route for route in routes_of(app) if " /console" not in route} == PUBLIC


async def test_every_page_has_the_strict_headers(site: httpx.AsyncClient) -> None:
    paths = [
        "/",
        "/quyen-rieng-tu",
        "/toilaai",
        "/offline",
        "/docs",
        "/sw.js",
        "/khong-co",
        "/static/app.css",
    ]
    responses = [await site.get(path) for path in [*paths, "/livez", "/v1/openapi.json", "/v1/khong-co"]]
    responses.append(await site.post("/chat", data={"text": "x", "event_id": str(uuid4())}))
    for response in responses:
        policy = response.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["referrer-policy"] == "same-origin"
        assert response.headers["cross-origin-opener-policy"] == "same-origin"
        assert "camera=()" in response.headers["permissions-policy"]


async def test_no_page_has_inline_script_or_style(site: httpx.AsyncClient) -> None:
    for path in ("/", "/quyen-rieng-tu", "/toilaai", "/offline", "/docs"):
        page = (await site.get(path)).text
        assert "style=" not in page
        assert not re.search(r"\son\w+=", page)
        assert all("src=" in tag for tag in page.split("<script")[1:])


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://elsewhere.example"},
        {"origin": "null"},
    ],
)
@pytest.mark.parametrize("path", ["/chat", "/share", "/chat/clear", "/language", "/v1/checks"])
async def test_a_write_that_another_site_caused_is_refused(
    site: httpx.AsyncClient, desk: Desk, path: str, headers: dict[str, str]
) -> None:
    response = await site.post(path, data={"text": "x", "event_id": str(uuid4())}, headers=headers)
    assert response.status_code == 403
    assert desk.delivery.asked == []


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"}, {}])
async def test_our_own_forms_and_the_share_sheet_are_let_in(
    site: httpx.AsyncClient, desk: Desk, headers: dict[str, str]
) -> None:
    response = await site.post("/chat", data={"text": "x", "event_id": str(uuid4())}, headers=headers)
    assert response.status_code == 200


async def test_an_old_browser_is_let_in_by_its_origin(site: httpx.AsyncClient) -> None:
    origin = str(site.base_url).rstrip("/")
    response = await site.post("/chat", data={"text": "x"}, headers={"origin": origin})
    assert response.status_code == 200


async def test_a_body_of_unknown_length_is_counted_while_it_is_read(site: httpx.AsyncClient) -> None:
    async def endless() -> object:
        for _ in range(40):
            yield b'{"text": "' + b"a" * 65_536

    response = await site.post("/v1/checks", content=endless(), headers={"content-type": "application/json"})
    assert response.status_code == 413
    assert response.headers["content-type"] == "application/problem+json"


async def refusals(desk: Desk, headers: list[dict[str, str]]) -> list[int]:
    app = create_app(desk.settings, opening=desk.open, clock=lambda: NOW)
    async with served(app) as url, visiting(url) as client:
        statuses: list[int] = []
        for more in headers:
            client.cookies.clear()
            form = {"text": "x", "event_id": str(uuid4())}
            statuses.append((await client.post("/chat", data=form, headers=more)).status_code)
        return statuses


async def test_new_visits_of_one_address_are_limited_whatever_a_header_claims() -> None:
    claimed = [{"x-forwarded-for": f"203.0.113.{number}"} for number in range(130)]
    statuses = await refusals(Desk(), claimed)
    assert statuses == [200] * 120 + [429] * 10


async def test_behind_a_trusted_proxy_each_client_counts_by_itself() -> None:
    claimed = [{"x-forwarded-for": f"203.0.113.{number}"} for number in range(130)]
    desk = Desk(settings=make_settings(trusted_proxies=("127.0.0.1",)))
    assert await refusals(desk, claimed) == [200] * 130


async def test_a_known_visit_is_not_limited_by_its_address(site: httpx.AsyncClient) -> None:
    statuses = [
        (await site.post("/chat", data={"text": "x", "event_id": str(uuid4())})).status_code
        for _ in range(30)
    ]
    assert statuses == [200] * 30


async def test_over_https_the_cookie_is_secure_and_bound_to_this_host() -> None:
    desk = Desk(settings=make_settings(trusted_proxies=("127.0.0.1",)))
    async with served(create_app(desk.settings, opening=desk.open)) as url, visiting(url) as client:
        response = await client.post("/chat", data={"text": "x"}, headers={"x-forwarded-proto": "https"})
    assert response.headers["set-cookie"].startswith("__Host-goilai=")
    assert "Secure" in response.headers["set-cookie"]
    assert response.headers["strict-transport-security"]
