"""A refused form of the console comes back as it was filled in, and says what is wrong beside the field."""

import re

from tests.api.console import Site

CONTACT = {
    "number": "0263 0111 209",
    "source": "bảng ở cổng",
    "verified_at": "24/11/2026",
    "reason": "Máy mới.",
}
INDICATOR = {"typed": "0530 000 229", "source": "tin báo", "verified_at": "24/11/2026", "reason": "Đã xem."}
PROTECTED = {
    "typed": "0530 000 230",
    "owner": "Ngân hàng Ví Dụ",
    "source": "công văn",
    "reason": "Hay bị giả.",
}


REFUSED: tuple[tuple[str, str, dict[str, str], str], ...] = (
    ("school", "/console/contacts", {**CONTACT, "number": "abc"}, "number"),
    ("school", "/console/contacts", {**CONTACT, "verified_at": "31/2/2026"}, "verified_at"),
    ("school", "/console/contacts", {**CONTACT, "hours": "lúc nào cũng được"}, "hours"),
    ("school", "/console/contacts", {**CONTACT, "reason": " "}, "reason"),
    ("police", "/console/indicators", {**INDICATOR, "typed": "113"}, "typed"),
    ("police", "/console/indicators/warn", {**INDICATOR, "reason": ""}, "reason"),
    ("police", "/console/protected", {**PROTECTED, "owner": ""}, "owner"),
    (
        "police",
        "/console/scripts",
        {"name": "Ví dụ", "text": "ngắn", "source": "tin báo", "reason": "Thử."},
        "text",
    ),
    ("police", "/console/scripts/try", {"text": "Tôi là bác sĩ, cháu ngã cầu thang, " * 4}, "scams"),
    ("education", "/console/imports", {"kind": "contacts", "source": "phòng"}, "file"),
)
"""Who sends what to which address, and the field that is wrong in it."""


async def test_what_is_wrong_is_said_beside_its_field(desk_site: Site) -> None:
    people = {who: await desk_site.person(who) for who in ("school", "police", "education")}
    offered = await people["school"].see("/console/contacts/new")
    owner = re.findall(r'<option value="(school:\d+)"', offered)[0]
    for who, path, form, field in REFUSED:
        refused = await people[who].post(path, **{**form, "owner": form.get("owner", owner)})
        assert refused.status_code == 422, path
        said = re.findall(r'<p class="wrong" id="e-([\w-]+)">([^<]+)</p>', refused.text)
        assert [name for name, _ in said] == [field], path
        assert f'role="alert">{said[0][1]}<' in refused.text
        filled = re.findall(rf'<(?:input|textarea)\b[^>]*\bname="{field}"[^>]*>', refused.text)[0]
        assert f"e-{field}" in filled
        assert 'aria-invalid="true"' in filled


async def test_a_day_is_read_as_people_write_it(desk_site: Site) -> None:
    police = await desk_site.person("police")
    proposal = await police.done("/console/indicators", **{**INDICATOR, "verified_at": "5/11/2026"})
    assert "<dd>05/11/2026</dd>" in await police.see(proposal)


async def test_a_wrong_code_of_a_decision_is_not_called_a_wrong_password(desk_site: Site) -> None:
    officer, supervisor = await desk_site.person("police"), await desk_site.person("supervisor")
    proposal = (
        await officer.done("/console/indicators", **{**INDICATOR, "typed": "0530 000 232"})
    ).partition("?")[0]
    refused = await supervisor.post(f"{proposal}/approve", reason="Đã xem.", code="000000", version_hash="x")
    assert refused.status_code == 422
    assert "Mã 6 số chưa đúng" in refused.text
    assert "mật khẩu" not in refused.text
