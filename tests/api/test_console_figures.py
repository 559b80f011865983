"""Figures of the desk: images that hold a picture and nothing else, with the numbers beside them as a table."""

import base64
import hashlib
import re
from xml.etree import ElementTree as ET

from api.pages.console import charts
from tests.api.console import Site
from tests.api.test_console_journeys import report

NAMES = ("reports-day", "reports-week", "claims", "waits", "hotlines")


async def test_each_figure_is_an_image_of_its_own_and_a_table(desk_site: Site) -> None:
    parent = await desk_site.visitor()
    await report(parent, "0530 000 223 xưng là công an, bảo con tôi cấp cứu, chuyển ngay 30 triệu để mổ")
    officer = await desk_site.person("police")
    page = await officer.see("/console/figures")
    images = re.findall(r'src="/console/figures/([\w-]+)\.svg"', page)
    assert set(images) <= set(NAMES)
    for name in NAMES:
        response = await officer.client.get(f"/console/figures/{name}.svg")
        assert response.status_code == 200
        assert response.headers["content-type"] == "image/svg+xml"
        policy = response.headers["content-security-policy"]
        drawing = ET.fromstring(response.content)  # noqa: S314 - our own
        style = drawing.find(".//{http://www.w3.org/2000/svg}style")
        assert style is not None
        digest = base64.b64encode(hashlib.sha256((style.text or "").encode()).digest()).decode()
        assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'; sandbox"
        assert not re.search(r"<script|javascript:|\bon\w+=|\bstyle=|href=", response.text)
    assert page.count("<table") == len(images)
    assert page.count("Xem bảng số") == len(images)


async def test_who_decides_nothing_is_not_shown_how_long_decisions_take(desk_site: Site) -> None:
    school = await desk_site.person("school")
    assert "đến khi xác nhận" not in await school.see("/console/figures")
    assert (await school.client.get("/console/figures/waits.svg")).status_code == 404
    assert (await school.client.get("/console/figures/hotlines.svg")).status_code == 200


def test_the_same_numbers_give_the_same_image() -> None:
    for lying in (False, True):
        chart = charts.Chart([("một", 3), ("hai", 0)], lying=lying)
        assert charts.svg(chart) == charts.svg(chart)
        assert not chart.is_empty
    assert charts.Chart([("một", 0)]).is_empty
    nothing = charts.Chart([], lying=True)
    assert nothing.is_empty
    assert "chưa có số liệu" in ET.tostring(ET.fromstring(charts.svg(nothing)), encoding="unicode")  # noqa: S314
