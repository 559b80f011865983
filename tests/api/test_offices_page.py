"""Opening offices in the console, tied to what they work for, and contacts that are no numbers."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.api.console import Site, field_of, site


@pytest.fixture
async def desk_site(demo_folder: Path) -> AsyncIterator[Site]:
    async with site(demo_folder) as opened:
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


async def test_the_area_of_an_office_is_changed_by_two_administrators(desk_site: Site) -> None:
    first, second = await desk_site.person("administrator"), await desk_site.person("administrator2")
    page = await first.see("/console/staff")
    [path] = {
        found
        for found in re.findall(r'action="(/console/offices/[^"]+/area)"', page)
        if 'name="communes"' in page.split(f'action="{found}"')[1].partition("</form>")[0]
        and "Phòng" in page.split(f'action="{found}"')[1].partition("</form>")[0]
    }
    form = page.split(f'action="{path}"')[1].partition("</form>")[0]
    fields = {"version": field_of(form, "version"), "communes": field_of(form, "communes"), "reason": "thử"}
    refused = await first.post(path, **{**fields, "communes": "99999"})
    assert (refused.status_code, "mã xã, phường" in refused.text) == (422, True)
    proposal = (await first.done(path, **fields)).partition("?")[0]
    shown = await second.see(proposal)
    assert "Đổi địa bàn của đơn vị: Phòng" in shown
    assert fields["communes"].replace(" ", "") in shown.replace(" ", "")
    own = await first.post(
        f"{proposal}/approve", version_hash=field_of(shown, "version_hash"), reason="tự duyệt"
    )
    assert own.status_code == 422
    await second.done(
        f"{proposal}/approve",
        version_hash=field_of(shown, "version_hash"),
        reason="đã xem",
        code=second.code(),
    )


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
