"""The queue when it is long: what is looked for is found on whatever page it lay, and counts tell the truth."""

import re

import pytest

from api.pages.console import queue
from tests.api.console import Site
from tests.api.test_console_journeys import report

TOLD = "báo con tôi ở trường tiểu học Ví Dụ Hoa Sen phường Xuân Hương Đà Lạt cấp cứu, chuyển 30 triệu để mổ"


async def test_a_kind_is_found_behind_more_urgent_ones_and_the_list_goes_on(
    desk_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent, officer = await desk_site.visitor(), await desk_site.person("police")
    await report(parent, f"0530 000 301 {TOLD}")
    await report(parent, f"0530 000 301 {TOLD}, stk 0530000302")
    monkeypatch.setattr(queue, "MOST", 1)
    first = await officer.see("/console/queue?area=all")
    assert ("0530 000 301" in first, "0530000302" in first) == (True, False)
    assert "Về đầu danh sách" not in first
    following = await officer.see("/console/queue?area=all&start=1")
    assert ("0530 000 301" in following, "0530000302" in following) == (False, True)
    assert "Về đầu danh sách" in following
    accounts = await officer.see("/console/queue?area=all&kind=bank_account")
    assert "0530000302" in accounts
    links = await officer.see("/console/queue?area=all&kind=link")
    assert "Không có mục nào thuộc loại này" in links
    assert 'href="/console/queue?area=all"' in links


async def test_a_cluster_says_when_it_shows_the_latest_of_more(
    desk_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent, officer = await desk_site.visitor(), await desk_site.person("police")
    for _ in range(2):
        await report(parent, f"0530 000 303 {TOLD}")
    listed = await officer.see("/console/queue?area=all")
    pages = [
        re.findall(rf'href="(/console/queue/{part}[^"]*)"', listed)[0].replace("&amp;", "&")
        for part in ("number", "stories")
    ]
    for page in pages:
        assert "<h2>2 tin báo</h2>" in await officer.see(page)
    monkeypatch.setattr(queue, "MOST_REPORTS", 1)
    for page in pages:
        assert "Hơn 1 tin báo; đây là 1 tin mới nhất" in await officer.see(page)
