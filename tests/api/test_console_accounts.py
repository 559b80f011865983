"""Forms about people and schools say beside the field what is wrong, and keep what was typed but no secret."""

import re

from db import demo_staff
from db.second_factor import code_at
from tests.api.console import EMAILS, Person, Site, field_of, page_of, sign_in

ROLE = {
    "name": "Chị Thảo Ví Dụ",
    "email": "thao@vi-du.example",
    "role": "information_officer",
    "document": "QĐ 7/2026",
    "reason": "Thay người nghỉ hưu.",
}


def wrong_in(page: str) -> list[str]:
    """The ids of the fields that have words beside them; those words are also at the top, and read out."""
    said = re.findall(r'<p class="wrong" id="e-([\w-]+)">([^<]+)</p>', page)
    for _, words in said:
        assert f'role="alert">{words}<' in page
    return [name for name, _ in said]


def marked_in(page: str) -> list[str]:
    """The ids of the fields that are marked as wrong, and where a screen reader finds why."""
    fields = re.findall(r'<(?:input|textarea|select)\b[^>]*aria-invalid="true"[^>]*>', page)
    assert all("autofocus" in one for one in fields)
    described = [re.findall(r'aria-describedby="[^"]*\be-([\w-]+)"', one)[0] for one in fields]
    assert set(described) <= set(wrong_in(page))
    return [re.findall(r'id="f-([\w-]+)"', one)[0] for one in fields]


async def office_of(administrator: Person, word: str) -> str:
    page = await administrator.see("/console/staff")
    kinds = re.findall(r'<option value="([\w-]{12})"[^>]*>([^<]+)<', page)
    return next(code for code, name in kinds if word in name)


async def test_inviting_somebody_says_which_field_is_wrong_and_keeps_the_rest(desk_site: Site) -> None:
    administrator = await desk_site.person("administrator")
    office = await office_of(administrator, "thông tin")
    for field, typed in (
        ("email", "không phải thư"),
        ("name", ""),
        ("reason", " "),
        ("role", "police_officer"),
        ("office", ""),
    ):
        form = {**ROLE, "office": office, field: typed}
        refused = await administrator.post("/console/staff", **form)
        assert refused.status_code == 422, field
        assert (
            marked_in(refused.text) == wrong_in(refused.text) == ["why-role" if field == "reason" else field]
        )
        for kept in ROLE.keys() - {"role", field}:
            assert form[kept] in refused.text, (field, kept)


async def test_what_one_form_of_a_persons_page_lacks_is_said_there_alone(desk_site: Site) -> None:
    administrator = await desk_site.person("administrator")
    page = await page_of(administrator, EMAILS["police"])
    for path, field in (("second-factor", "why-factor"), ("disable", "why-disable")):
        refused = await administrator.post(f"{page}/{path}", reason=" ")
        assert refused.status_code == 422
        assert marked_in(refused.text) == [field]
        assert refused.text.count('<details class="more" open>') == 1
    own = await administrator.see(await page_of(administrator, EMAILS["administrator"]))
    assert "Đây là bạn" in own
    assert own.count("<form") == 1  # signing out


async def test_one_role_of_several_is_ended_with_a_reason(desk_site: Site) -> None:
    first, second = await desk_site.person("administrator"), await desk_site.person("administrator2")
    form = {**ROLE, "email": EMAILS["police"], "office": await office_of(first, "thông tin")}
    proposal = (await first.done("/console/staff", **form)).partition("?")[0]
    shown = await second.see(proposal)
    await second.done(
        f"{proposal}/approve",
        version_hash=field_of(shown, "version_hash"),
        reason="Đã xem quyết định.",
        code=second.code(),
    )
    page = await page_of(first, EMAILS["police"])
    ends = re.findall(rf'action="({page}/roles/\d+/end)"', await first.see(page))
    assert len(ends) == 2
    refused = await first.post(ends[1], reason="")
    number = ends[1].split("/")[-2]
    assert (refused.status_code, marked_in(refused.text)) == (422, [f"why-end-{number}"])
    foreign = await page_of(first, EMAILS["school"])
    stranger = await first.post(f"{foreign}/roles/{number}/end", reason="thử")
    assert stranger.status_code == 404
    await first.done(ends[1], reason="Hết biệt phái.")
    assert "/roles/" not in await first.see(page)


async def test_a_schools_forms_say_what_is_wrong_where_it_is(desk_site: Site) -> None:
    officer = await desk_site.person("education")
    rows = (await officer.see("/console/schools")).split("<tr>")
    number = re.findall(r'schools/(\d+)"', next(row for row in rows if "Hoa Sen" in row))[0]
    page = f"/console/schools/{number}"
    version = field_of(await officer.see(page), "version")
    typed = {"version": version, "document": "QĐ 12/2026"}
    for act, more, field, kept in (
        ("rename", {"name": "", "reason": "Đổi theo quyết định."}, "name", "Đổi theo quyết định."),
        ("rename", {"name": "Ví Dụ Hoa Ban", "reason": " "}, "why-rename", "Ví Dụ Hoa Ban"),
        ("close", {"reason": ""}, "why-close", "QĐ 12/2026"),
    ):
        refused = await officer.post(f"{page}/{act}", **typed, **more)
        assert (refused.status_code, marked_in(refused.text)) == (422, [field])
        assert f'value="{kept}"' in refused.text or f">{kept}<" in refused.text
        assert refused.text.count("QĐ 12/2026") == 1
        assert refused.text.count('<details class="more" open>') == 1
    for more, field in (
        ({"into": "", "reason": "Sáp nhập."}, "into"),
        ({"into": "1", "reason": " "}, "reason"),
    ):
        refused = await officer.post(f"{page}/merge", **typed, **more, q="Ví Dụ Bằng Lăng")
        assert (refused.status_code, wrong_in(refused.text)) == (422, [field])
        assert 'value="QĐ 12/2026"' in refused.text


async def test_ones_own_password_and_codes_say_it_beside_the_field_and_never_come_back(
    desk_site: Site,
) -> None:
    person = await desk_site.person("police")
    desk_site.clock.later(minutes=6)
    good = "con voi tím uống trà đá"
    for path, form, field in (
        ("password", {"password": good, "again": "khác hẳn mật khẩu kia", "code": "000000"}, "again"),
        ("password", {"password": good, "again": good, "code": "000000"}, "code-password"),
        ("password", {"password": good, "again": good}, "code-password"),
        ("recovery-codes", {"code": "000000"}, "code-recovery"),
        ("chat-code", {"code": "000000"}, "code-chat"),
        ("password", {"password": "ngắn", "again": "ngắn", "code": person.code()}, "password"),
    ):
        refused = await person.post(f"/console/account/{path}", **form)
        assert (refused.status_code, marked_in(refused.text)) == (422, [field]), path
        assert all(f'value="{typed}"' not in refused.text for typed in form.values())


async def test_a_wrong_code_of_the_step_up_is_said_beside_it(desk_site: Site) -> None:
    person = await desk_site.person("supervisor")
    refused = await person.post("/console/step-up", code="000000")
    assert (refused.status_code, marked_in(refused.text)) == (422, ["code"])


async def test_the_sign_in_marks_all_three_alike_and_keeps_the_address_alone(desk_site: Site) -> None:
    visitor = await desk_site.visitor()
    for email, code in (("khong-co@vi-du.example", "123456"), (EMAILS["police"], "654321")):
        refused = await sign_in(visitor, email, code)
        assert wrong_in(refused.text) == ["email"]
        assert marked_in(refused.text) == ["email", "password", "code"]
        assert f'value="{email}"' in refused.text
        assert demo_staff.PASSWORD not in refused.text
        assert code not in refused.text


async def test_joining_says_beside_the_field_what_is_wrong_and_asks_for_secrets_again(
    desk_site: Site,
) -> None:
    first, second = await desk_site.person("administrator"), await desk_site.person("administrator2")
    form = {**ROLE, "office": await office_of(first, "thông tin")}
    proposal = (await first.done("/console/staff", **form)).partition("?")[0]
    shown = await second.see(proposal)
    await second.done(
        f"{proposal}/approve",
        version_hash=field_of(shown, "version_hash"),
        reason="Đã gọi cơ quan.",
        code=second.code(),
    )
    staff = await first.see("/console/staff")
    made = (await first.post(re.findall(r'action="(/console/invitations/[^"]+/link)"', staff)[0])).text
    link, spoken = re.findall(r"/console/join/[\w-]+", made)[0], re.findall(r'code">(\d{6})<', made)[0]
    guest = await desk_site.visitor()
    refused = await guest.post(link, data={"spoken_code": "12"})
    assert (refused.status_code, marked_in(refused.text)) == (422, ["spoken_code"])
    asked = await guest.post(link, data={"spoken_code": spoken})
    assert (asked.status_code, wrong_in(asked.text)) == (200, [])
    secret = re.findall(r'class="secret">([A-Z2-7]+)<', asked.text)[0]
    code, good = code_at(secret, desk_site.clock.now), "con voi tím uống trà đá"
    for typed, field in (
        ({"password": good, "again": "", "code": code}, "again"),
        ({"password": "", "again": "", "code": code}, "password"),
        ({"password": "123456", "again": "123456", "code": code}, "password"),
        ({"password": good, "again": good, "code": "000000"}, "code"),
    ):
        refused = await guest.post(link, data={"spoken_code": spoken, **typed})
        assert (refused.status_code, marked_in(refused.text)) == (422, [field]), typed
        assert good not in refused.text
