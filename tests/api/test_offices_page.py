"""Opening offices in the console, tied to what they work for, and contacts that are no numbers."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.api.console import Site, site


@pytest.fixture
async def desk_site(tmp_path: Path) -> AsyncIterator[Site]:
    async with site(tmp_path) as opened:
        yield opened


async def test_from_a_schools_page_its_office_is_opened_once(desk_site: Site) -> None:
    administrator = await desk_site.person("administrator")
    schools = await administrator.see("/console/schools")
    row = next(part for part in schools.split("<tr>") if "Bằng Lăng" in part)
    [number] = re.findall(r'href="/console/schools/(\d+)"', row)
    page = await administrator.see(f"/console/schools/{number}")
    assert f'href="/console/staff?school={number}"' in page
    form = await administrator.see(f"/console/staff?school={number}")
    assert "Đơn vị này của: <b>Trường THCS Ví Dụ Bằng Lăng" in form
    await administrator.done("/console/offices", kind="school", name="Trường Ví Dụ Mới", school=number)
    assert "Trường Ví Dụ Mới" in await administrator.see("/console/staff")
    again = await administrator.post("/console/offices", kind="school", name="Lần nữa", school=number)
    assert (again.status_code, "đã có đơn vị rồi" in again.text) == (422, True)
    assert (await administrator.client.get("/console/staff?school=999999")).status_code == 404


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"kind": "school"}, "phải chọn trường"),
        ({"kind": "commune_police", "communes": "99999"}, "mã xã, phường"),
        ({"kind": "province_police", "province": "Không Có"}, "tên tỉnh"),
        ({"kind": "nonsense"}, "chọn loại"),
    ],
)
async def test_an_office_that_could_do_nothing_is_not_opened(
    desk_site: Site, fields: dict[str, str], words: str
) -> None:
    administrator = await desk_site.person("administrator")
    refused = await administrator.post("/console/offices", name="Đơn vị Ví Dụ", **fields)
    assert (refused.status_code, words in refused.text) == (422, True)


async def test_a_school_proposes_the_page_by_which_it_is_known(desk_site: Site) -> None:
    person = await desk_site.person("school")
    form = await person.see("/console/contacts/new")
    [owner] = re.findall(r'value="(school:\d+)"', form)
    where = await person.done(
        "/console/contacts",
        owner=owner,
        kind="link",
        number="https://truong-hoa-sen.example/lien-he",
        source="trang của trường",
        verified_at="2026-11-01",
        reason="trang chính thức",
    )
    assert "truong-hoa-sen[.]example" in await person.see(where.partition("?")[0])
