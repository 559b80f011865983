"""Somebody lost the phone, or forgot the password: two administrators, then the person, at a browser."""

import re
from pathlib import Path

from sqlalchemy import select

from db import demo_staff, models
from db.second_factor import code_at
from tests.api.console import EMAILS, Person, Site, field_of, page_of, problem_of, sign_in, site


async def agree(first: Person, second: Person, path: str) -> str:
    """Propose it and approve it; what the second of them was shown."""
    proposal = (await first.done(path, reason="Đã gặp tận mặt.")).partition("?")[0]
    shown = await second.see(proposal)
    version = field_of(shown, "version_hash")
    await second.done(
        f"{proposal}/approve", version_hash=version, reason="Đã gọi lại số của cơ quan.", code=second.code()
    )
    return shown


async def make_link(administrator: Person, staff: str) -> tuple[str, dict[str, str]]:
    """The first link that the page of the staff offers to make, and the field of the spoken code."""
    path = re.findall(r'action="(/console/invitations/[^"]+/link)"', staff)[0]
    made = (await administrator.post(path)).text
    link = re.findall(r"/console/join/[\w-]+", made)[0]
    return link, {"spoken_code": re.findall(r'class="call-code">(\d{6})<', made)[0]}


async def test_an_officer_who_lost_the_phone_comes_back_by_two_others(demo_folder: Path) -> None:
    async with site(demo_folder) as desk:
        officer = await desk.person("police")
        first, second = await desk.person("administrator"), await desk.person("administrator2")
        page = await page_of(first, EMAILS["police"])
        assert "Đề xuất cài lại mã xác thực cho Anh Lâm Ví Dụ" in await first.see(page)
        path = f"{page}/second-factor"
        own = re.sub(r"staff/[^/]+/", f"staff/{await own_id(desk, 'administrator')}/", path)
        refused = await first.post(own, reason="thử")
        assert (refused.status_code, "của chính mình" in refused.text) == (422, True)
        shown = await agree(first, second, path)
        assert "Cài lại mã xác thực: Anh Lâm Ví Dụ" in shown
        assert (await officer.client.get("/console")).status_code == 303
        old = await sign_in(officer.client, EMAILS["police"], officer.code())
        assert old.status_code == 422
        staff = await first.see("/console/staff")
        assert "cài lại mã xác thực</td>" in staff
        link, spoken = await make_link(first, staff)
        asked = (await officer.client.post(link, data=spoken)).text
        assert "Nhập mật khẩu bạn đang dùng" in asked
        secret = re.findall(r'class="secret">([A-Z2-7]+)<', asked)[0]
        code = code_at(secret, desk.clock.now)
        thief = await officer.client.post(link, data={**spoken, "code": code, "password": "đoán mò thôi mà"})
        assert "Mật khẩu hoặc mã 6 số chưa đúng" in problem_of(thief.text)
        done = {**spoken, "code": code, "password": demo_staff.PASSWORD}
        back = await officer.client.post(link, data=done)
        assert len(re.findall(r"<li><code>[\w-]+</code>", back.text)) == 10
        assert "Mã xác thực của một người trong đơn vị được cài lại" in await officer.see("/console")
        again = await (await desk.visitor()).post(link, data=done)
        assert (again.status_code, "không dùng được" in problem_of(again.text)) == (422, True)


async def test_guessing_the_password_behind_a_link_is_limited(demo_folder: Path) -> None:
    async with site(demo_folder) as desk:
        first, second = await desk.person("administrator"), await desk.person("administrator2")
        officer = await own_id(desk, "police")
        await agree(first, second, f"/console/staff/{officer}/second-factor")
        link, spoken = await make_link(first, await first.see("/console/staff"))
        thief = await desk.visitor()
        form = {**spoken, "code": "000000", "password": "đoán mò thôi mà"}
        answers = [problem_of((await thief.post(link, data=form)).text) for _ in range(11)]
        assert ["quá nhiều lần" in one for one in answers] == [False] * 10 + [True]


async def test_an_officer_who_forgot_the_password_sets_a_new_one_with_the_phone(demo_folder: Path) -> None:
    async with site(demo_folder) as desk:
        officer = await desk.person("police")
        assert "Quên mật khẩu" in (await (await desk.visitor()).get("/console/sign-in")).text
        first, second = await desk.person("administrator"), await desk.person("administrator2")
        page = await page_of(first, EMAILS["police"])
        own = await first.post(f"{await page_of(first, EMAILS['administrator'])}/password", reason="thử")
        assert (own.status_code, "của chính mình" in own.text) == (422, True)
        shown = await agree(first, second, f"{page}/password")
        assert "Đặt lại mật khẩu: Anh Lâm Ví Dụ" in shown
        assert (await officer.client.get("/console")).status_code == 303
        old = await sign_in(officer.client, EMAILS["police"], officer.code())
        assert old.status_code == 422
        both = await first.post(f"{page}/second-factor", reason="Nói là mất cả máy.")
        assert (both.status_code, "không còn gì để nhận ra" in both.text) == (422, True)
        staff = await first.see("/console/staff")
        assert "đặt lại mật khẩu</td>" in staff
        link, spoken = await make_link(first, staff)
        asked = (await officer.client.post(link, data=spoken)).text
        assert "Đặt mật khẩu mới" in asked
        assert 'class="secret"' not in asked
        assert "data:image" not in asked
        new = "xôi gấc đậu xanh chín rồi"
        for typed, field in (
            ({"password": new, "again": "khác hẳn thế này", "code": "000000"}, "again"),
            ({"password": "ngắn", "again": "ngắn", "code": "000000"}, "password"),
            ({"password": new, "again": new, "code": "000000"}, "code"),
        ):
            refused = await officer.client.post(link, data={**spoken, **typed})
            assert (refused.status_code, f'id="e-{field}"' in refused.text) == (422, True), field
            assert new not in refused.text
        done = {**spoken, "password": new, "again": new, "code": officer.code()}
        back = await officer.client.post(link, data=done)
        assert (back.status_code, back.headers["location"]) == (303, "/console?said=password_changed")
        assert "Mật khẩu của một người trong đơn vị được đặt lại" in await officer.see("/console")
        again = await (await desk.visitor()).post(link, data=done)
        assert (again.status_code, "không dùng được" in problem_of(again.text)) == (422, True)
        entered = await sign_in(await desk.visitor(), EMAILS["police"], officer.code(), password=new)
        assert entered.status_code == 303


async def own_id(desk: Site, who: str) -> str:
    """The public id of one of the trial staff."""
    async with desk.services.database.reading() as session:
        found = await session.scalar(
            select(models.StaffMember.public_id).where(models.StaffMember.email == EMAILS[who])
        )
    assert found is not None
    return found
