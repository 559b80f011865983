"""Installing the page and sharing into it from other apps."""

import re

import httpx
import pytest

from api import assets
from tests.api.doubles import Desk


async def test_text_shared_from_another_app_is_answered_at_once(site: httpx.AsyncClient, desk: Desk) -> None:
    response = await site.post("/share", files={"title": (None, "Zalo"), "text": (None, "con cấp cứu")})
    assert "RẤT GIỐNG LỪA ĐẢO" in response.text
    assert desk.delivery.asked[0].text == "con cấp cứu\nZalo"
    assert desk.delivery.asked[0].forwarded


async def test_a_shared_link_that_stands_in_the_text_counts_once(site: httpx.AsyncClient, desk: Desk) -> None:
    link = "https://vi-du.example/x"
    await site.post("/share", data={"text": f"xem {link}", "url": link})
    await site.post("/share", data={"url": link})
    assert [incoming.text for incoming in desk.delivery.asked] == [f"xem {link}", link]


async def test_sharing_nothing_asks_for_something(site: httpx.AsyncClient, desk: Desk) -> None:
    assert (await site.post("/share", data={})).status_code == 422
    assert desk.delivery.asked == []


async def test_the_manifest_takes_text_and_links_by_post(site: httpx.AsyncClient) -> None:
    response = await site.get("/manifest.webmanifest")
    manifest = response.json()
    assert response.headers["content-type"].startswith("application/manifest+json")
    assert manifest["share_target"]["method"] == "POST"
    assert manifest["share_target"]["action"] == "/share"
    assert set(manifest["share_target"]["params"]) == {"title", "text", "url"}
    for icon in manifest["icons"]:
        found = await site.get(icon["src"])
        assert found.status_code == 200
        assert found.headers["content-type"].startswith(icon["type"])


async def test_the_service_worker_keeps_only_the_shell_and_the_offline_page(site: httpx.AsyncClient) -> None:
    script = (await site.get("/sw.js")).text
    kept = re.findall(r'"(/[^"]*)"', script.partition("SHELL = [")[2].partition("]")[0])
    assert "/offline" in kept
    assert all(address == "/offline" or address.startswith("/static/") for address in kept)
    for address in kept:
        assert (await site.get(address)).status_code == 200
    assert "cache.put" not in script
    assert "cache.add(" not in script


async def test_without_a_network_the_fixed_steps_and_113_are_there(site: httpx.AsyncClient) -> None:
    page = (await site.get("/offline")).text
    assert "Đang mất mạng" in page
    assert 'href="tel:113"' in page
    assert 'href="tel:115"' in page


@pytest.mark.parametrize("path", ["/quyen-rieng-tu", "/toilaai", "/docs"])
async def test_reading_pages_are_there_in_both_languages(site: httpx.AsyncClient, path: str) -> None:
    vietnamese = (await site.get(path)).text
    site.cookies.set("ngon_ngu", "en")
    english = (await site.get(path)).text
    assert vietnamese.count("<h1") == english.count("<h1") == 1
    assert vietnamese != english


async def test_the_privacy_page_leads_to_ones_own_data_and_its_deletion(site: httpx.AsyncClient) -> None:
    page = (await site.get("/quyen-rieng-tu")).text
    assert 'name="action" value="data"' in page
    assert 'name="action" value="erase"' in page


async def test_an_asset_whose_address_names_its_content_is_kept_for_ever(site: httpx.AsyncClient) -> None:
    named = await site.get(assets.address("app.css"))
    unnamed = await site.get("/static/app.css")
    assert "immutable" in named.headers["cache-control"]
    assert unnamed.headers["cache-control"] == "no-cache"


def test_only_assets_of_the_pages_have_an_address() -> None:
    with pytest.raises(KeyError):
        assets.content("other.js")


async def test_browsers_that_ask_for_a_favicon_are_shown_the_icon(site: httpx.AsyncClient) -> None:
    response = await site.get("/favicon.ico")
    assert response.headers["location"] == assets.address("icon-192.png")
