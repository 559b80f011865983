"""Opening offices in the console, tied to what they work for, and contacts that are no numbers."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.api.console import Person, Site, field_of, site


@pytest.fixture
async def desk_site(demo_folder: Path) -> AsyncIterator[Site]:
    async with site(demo_folder) as opened:
        yield opened


async def office_pages(administrator: Person) -> dict[str, str]:
    """The address of each office's page, by its name."""
    page = await administrator.see("/console/staff")
    return {name: path for path, name in re.findall(r'href="(/console/offices/[\w-]{12})">([^<]+)<', page)}


def chosen_in(page: str) -> list[str]:
    """Names of the places that are ticked."""
    ids = re.findall(r'<input id="(f-(?:commune|school)-\w+)"[^>]*\bchecked\b', page)
    return [re.findall(rf'for="{one}">([^<]+)', page)[0].strip() for one in ids]


def offered_in(page: str) -> dict[str, str]:
    """The value of each place that was found and is not ticked, by its name."""
    found = re.findall(
        r'<input id="(f-(?:commune|school)-\w+)" type="\w+" name="\w+" value="(\w+)"( autofocus)?>', page
    )
    return {re.findall(rf'for="{one}">([^<]+)', page)[0].strip(): value for one, value, _ in found}


async def test_from_a_schools_page_its_office_is_opened_once(desk_site: Site) -> None:
    administrator = await desk_site.person("administrator")
    schools = await administrator.see("/console/schools")
    row = next(part for part in schools.split("<tr>") if "Bằng Lăng" in part)
    [number] = re.findall(r'href="/console/schools/(\d+)"', row)
    page = await administrator.see(f"/console/schools/{number}")
    path = f"/console/offices/new?kind=school&school={number}"
    assert f'href="{path.replace("&", "&amp;")}"' in page
    assert chosen_in(await administrator.see(path))[0].startswith("Trường THCS Ví Dụ Bằng Lăng")
    unnamed = await administrator.post("/console/offices", kind="school", school=number)
    assert (unnamed.status_code, 'id="e-name"' in unnamed.text) == (422, True)
    assert chosen_in(unnamed.text)[0].startswith("Trường THCS Ví Dụ Bằng Lăng")
    await administrator.done("/console/offices", kind="school", name="Trường Ví Dụ Mới", school=number)
    assert "Trường THCS Ví Dụ Bằng Lăng" in await administrator.see(
        (await office_pages(administrator))["Trường Ví Dụ Mới"]
    )
    again = await administrator.post("/console/offices", kind="school", name="Lần nữa", school=number)
    assert (again.status_code, "đã có đơn vị rồi" in again.text) == (422, True)
    assert 'id="e-school"' in again.text
    assert (await administrator.client.get(path.replace(number, "999999"))).status_code == 404


@pytest.mark.parametrize(
    ("fields", "words", "field"),
    [
        ({"kind": "school"}, "phải chọn trường", "school"),
        ({"kind": "commune_police", "communes": "99999"}, "chọn ít nhất một xã", "communes"),
        ({"kind": "province_police", "province": "Không Có"}, "tên tỉnh", "province"),
        ({"kind": "nonsense"}, "chọn loại", "kind"),
    ],
)
async def test_an_office_that_could_do_nothing_is_not_opened(
    desk_site: Site, fields: dict[str, str], words: str, field: str
) -> None:
    administrator = await desk_site.person("administrator")
    refused = await administrator.post("/console/offices", name="Đơn vị Ví Dụ", **fields)
    assert (refused.status_code, words in refused.text) == (422, True)
    assert f'id="e-{field}"' in refused.text


async def test_the_communes_of_a_new_office_are_found_by_name_and_kept_while_looking(desk_site: Site) -> None:
    administrator = await desk_site.person("administrator")
    form = await administrator.see("/console/offices/new?kind=commune_police")
    assert "Chưa chọn nơi nào" in form
    typed = {"kind": "commune_police", "name": "Công an xã Ví Dụ Mới", "look": "1"}
    looked = await administrator.post("/console/offices", **typed, q="gia nghia")
    assert looked.status_code == 200
    assert 'value="Công an xã Ví Dụ Mới"' in looked.text
    offered = offered_in(looked.text)
    assert offered
    assert all("Gia Nghĩa" in name or "Gia Nghĩa" in looked.text for name in offered)
    name, code = next(iter(offered.items()))
    more = await administrator.post("/console/offices", **typed, communes=code, q="không có nơi nào thế")
    assert chosen_in(more.text) == [name]
    assert "Không có nơi nào khớp" in more.text
    await administrator.done("/console/offices", **{**typed, "look": ""}, communes=code)
    opened = await administrator.see((await office_pages(administrator))["Công an xã Ví Dụ Mới"])
    assert name in opened


async def test_the_area_of_an_office_is_changed_by_two_administrators_who_read_names(
    desk_site: Site,
) -> None:
    first, second = await desk_site.person("administrator"), await desk_site.person("administrator2")
    page = next(path for name, path in (await office_pages(first)).items() if name.startswith("Phòng Văn"))
    form = await first.see(page)
    version, before = field_of(form, "version"), chosen_in(form)
    codes = re.findall(r'name="communes" value="(\d{5})" checked', form)
    looked = await first.post(
        f"{page}/area", version=version, communes=codes, q="gia nghĩa", look="1", document="QĐ 5/2026"
    )
    assert chosen_in(looked.text) == before
    assert 'value="QĐ 5/2026"' in looked.text
    name, code = next(iter(offered_in(looked.text).items()))
    fields = {"version": version, "communes": [*codes, code], "reason": "Theo quyết định."}
    for wrong, field in (({"communes": []}, "communes"), ({"reason": " "}, "why-area")):
        refused = await first.post(f"{page}/area", **{**fields, **wrong})
        assert (refused.status_code, f'id="e-{field}"' in refused.text) == (422, True)
    proposal = (await first.done(f"{page}/area", **fields)).partition("?")[0]
    shown = await second.see(proposal)
    assert "Đổi địa bàn của đơn vị: Phòng" in shown
    names = [one.partition(",")[0] for one in (*before, name)]
    assert all(one in shown.partition("Địa bàn từ nay")[2] for one in names)
    assert names[-1] not in shown.partition("Địa bàn từ nay")[0]
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
    after = await second.see(page)
    assert sorted(chosen_in(after)) == sorted([*before, name])
    assert "Lý do: Theo quyết định." in after


async def test_a_schools_office_is_given_another_school_by_its_name(desk_site: Site) -> None:
    first, second = await desk_site.person("administrator"), await desk_site.person("administrator2")
    pages = await office_pages(first)
    page = next(path for name, path in pages.items() if "Hoa Sen" in name)
    version = field_of(await first.see(page), "version")
    looked = await first.post(f"{page}/area", version=version, q="thcs ví dụ bằng lăng", look="1")
    number = next(value for name, value in offered_in(looked.text).items() if "Bằng Lăng" in name)
    for school, words in ((number, "Ví Dụ Bằng Lăng"), ("none", "không gắn với trường nào")):
        version = field_of(await first.see(page), "version")
        where = await first.done(f"{page}/area", version=version, school=school, reason="Ghép nhầm.")
        shown = await second.see(where.partition("?")[0])
        assert words in shown.partition("Địa bàn từ nay")[2]
        await second.done(
            f"{where.partition('?')[0]}/approve",
            version_hash=field_of(shown, "version_hash"),
            reason="đã xem",
            code=second.code(),
        )
    assert "không gắn với trường nào" in await first.see(page)


async def test_an_office_is_closed_with_a_reason_and_is_then_gone(desk_site: Site) -> None:
    administrator = await desk_site.person("administrator")
    pages = await office_pages(administrator)
    page = next(path for name, path in pages.items() if "Thông tin" in name)
    refused = await administrator.post(f"{page}/close", reason=" ")
    assert (refused.status_code, 'id="e-why-close"' in refused.text) == (422, True)
    await administrator.done(f"{page}/close", reason="Giải thể.")
    assert (await administrator.client.get(page)).status_code == 404
    own = [
        name for name, path in pages.items() if path != page and "/close" not in await administrator.see(path)
    ]
    assert own == ["Nhóm vận hành Ví Dụ"]


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
