"""A school gets another name in the console: the office proposes, a second person approves, parents find it."""

import re
from pathlib import Path

from tests.api.console import field_of, site


async def test_a_renamed_school_is_found_by_its_old_name_and_shown_by_its_new(demo_folder: Path) -> None:
    async with site(demo_folder) as desk:
        officer = await desk.person("education")
        rows = await officer.see("/console/schools")
        row = next(part for part in rows.split("<tr>") if "Hoa Sen" in part)
        [number] = re.findall(r'href="/console/schools/(\d+)"', row)
        page = f"/console/schools/{number}"
        version = field_of(await officer.see(page), "version")
        refused = await officer.post(f"{page}/rename", name="Ví Dụ Hoa Ban", version="99", reason="đổi")
        assert (refused.status_code, "đã thay đổi" in refused.text) == (422, True)
        where = await officer.done(f"{page}/rename", name="Ví Dụ Hoa Ban", version=version, reason="đổi tên")
        proposal = where.partition("?")[0]
        assert "Hoa Sen → Ví Dụ Hoa Ban" in await officer.see(proposal)
        second = await desk.person("department")
        shown = await second.see(proposal)
        await second.done(
            f"{proposal}/approve",
            version_hash=field_of(shown, "version_hash"),
            reason="đã xem quyết định",
            code=second.code(),
        )
        visitor = await desk.visitor()
        found = (await visitor.get("/danh-ba", params={"q": "tiểu học Ví Dụ Hoa Sen"})).text
        assert "Ví Dụ Hoa Ban" in found
        seen = await officer.see(page)
        for words in ("Lịch sử: ai, khi nào, vì sao", "Lý do: đổi tên", "Lý do: đã xem quyết định"):
            assert words in seen
        assert "Đổi lại tên cũ: Ví Dụ Hoa Sen" in seen
        version = field_of(seen, "version")
        back = await officer.done(
            f"{page}/rename", name=field_of(seen, "name"), version=version, reason="quyết định bị hủy"
        )
        shown = await second.see(back.partition("?")[0])
        assert "Tiểu học Ví Dụ Hoa Ban → Ví Dụ Hoa Sen" in shown
        await second.done(
            f"{back.partition('?')[0]}/approve",
            version_hash=field_of(shown, "version_hash"),
            reason="đã xem",
            code=second.code(),
        )
        assert "Đổi lại tên cũ: Ví Dụ Hoa Ban" in await officer.see(page)
        version = field_of(await officer.see(page), "version")
        for act, more in (("close", {}), ("merge", {"into": number})):
            response = await officer.post(f"{page}/{act}", version=version, reason="thử", **more)
            assert response.status_code == (303 if act == "close" else 422), act


async def test_old_addresses_of_a_merged_school_lead_to_the_new_one_and_a_closed_one_says_so(
    demo_folder: Path,
) -> None:
    async with site(demo_folder) as desk:
        officer, second, visitor = (
            await desk.person("education"),
            await desk.person("department"),
            await desk.visitor(),
        )
        rows = (await officer.see("/console/schools")).split("<tr>")
        old, new = (
            re.findall(r'href="/console/schools/(\d+)"', next(row for row in rows if name in row))[0]
            for name in ("Hoa Sen", "Bằng Lăng")
        )
        hotline = re.findall(r'href="tel:([^"]+)"', (await visitor.get(f"/truong/{old}")).text)[0]
        for number, act, more in ((old, "merge", {"into": new}), (new, "close", {})):
            page = f"/console/schools/{number}"
            fields = {"version": field_of(await officer.see(page), "version"), "reason": "quyết định"}
            proposal = (await officer.done(f"{page}/{act}", **fields, **more)).partition("?")[0]
            shown = await second.see(proposal)
            await second.done(
                f"{proposal}/approve",
                version_hash=field_of(shown, "version_hash"),
                reason="đã xem quyết định",
                code=second.code(),
            )
            for path in ("/truong/{}", "/truong/{}/poster.pdf", "/nhung/{}"):
                response = await visitor.get(path.format(old))
                if act == "merge":
                    assert response.status_code == 301
                    assert response.headers["location"] == path.format(new)
                else:
                    assert response.status_code == 410
                    assert "Số cũ của trường không dùng nữa" in response.text
                    assert "gọi 113" in response.text
                    assert hotline not in response.text
                assert "set-cookie" not in response.headers
            framed = (await visitor.get(f"/nhung/{old}")).headers["content-security-policy"]
            assert "frame-ancestors https: http:" in framed


async def test_the_other_school_is_looked_for_by_level_name_commune_and_old_name(demo_folder: Path) -> None:
    async with site(demo_folder) as desk:
        officer = await desk.person("education")
        rows = (await officer.see("/console/schools")).split("<tr>")
        numbers = {
            name: re.findall(r'href="/console/schools/(\d+)"', next(row for row in rows if name in row))[0]
            for name in ("Hoa Sen", "Bằng Lăng")
        }
        page = f"/console/schools/{numbers['Bằng Lăng']}/merge"
        asked = await officer.see(page)
        assert f'href="{page}"' in await officer.see(page.removesuffix("/merge"))
        assert 'type="radio"' not in asked
        assert "<select" not in asked
        choice = f'name="into" value="{numbers["Hoa Sen"]}"'
        for query in ("tieu hoc vi du hoa sen", "Hoa Sen Ví Dụ", "Ví Dụ Hoa Sen Xuân Hương"):
            assert choice in (await officer.client.get(page, params={"q": query})).text, query
        for query in ("THCS Ví Dụ Bằng Lăng", "trường không có thật", "THPT Ví Dụ Thông Xanh"):
            found = (await officer.client.get(page, params={"q": query})).text
            assert f'value="{numbers["Bằng Lăng"]}"' not in found, query  # not itself
            assert "Trường THPT Ví Dụ Thông Xanh" not in found, query  # not theirs
        version = field_of((await officer.client.get(page, params={"q": "Hoa Sen"})).text, "version")
        into = numbers["Hoa Sen"]
        refused = await officer.post(page, version=version, into=into, q="Hoa Sen", reason=" ")
        assert (refused.status_code, choice in refused.text) == (422, True)
        assert "ghi lý do" in refused.text
        await officer.done(page, version=version, into=into, q="Hoa Sen", reason="quyết định 9")
