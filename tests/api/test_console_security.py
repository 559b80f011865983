"""What an attacker tries at the console: fixation, replay, foreign sites, stored script, open redirects."""

import re
from pathlib import Path

import pytest

from api.pages.console.access import inside
from db import demo_staff
from tests.api.console import EMAILS, Site, problem_of, sign_in, site
from tests.api.test_console_journeys import propose_hotline

HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}'`"


async def test_a_token_that_the_browser_brought_along_is_never_adopted(desk_site: Site) -> None:
    victim = await desk_site.visitor()
    victim.cookies.set("goilai-desk", "planted-by-somebody", domain="127.0.0.1", path="/")
    response = await sign_in(victim, EMAILS["police"], demo_staff.code_now(desk_site.clock.now))
    assert response.status_code == 303
    cookie = response.headers["set-cookie"]
    assert "planted-by-somebody" not in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    thief = await desk_site.visitor()
    thief.cookies.set("goilai-desk", "planted-by-somebody", domain="127.0.0.1", path="/")
    assert (await thief.get("/console")).status_code == 303


@pytest.mark.parametrize(
    "path",
    [
        *(
            f"/console/{page}/{10**30}"
            for page in ("contacts", "indicators", "schools", "scripts", "protected")
        ),
        f"/console/queue?start={10**30}",
        f"/console/audit?before={10**30}",
        "/console/contacts/-1",
    ],
)
async def test_a_number_that_no_row_can_have_is_refused_and_no_fault(desk_site: Site, path: str) -> None:
    person = await desk_site.person("auditor" if "audit" in path else "supervisor")
    assert (await person.client.get(path)).status_code in (404, 422)


async def test_a_code_works_once_also_in_full_width_digits(desk_site: Site) -> None:
    code = demo_staff.code_now(desk_site.clock.now)
    first = await sign_in(await desk_site.visitor(), EMAILS["police"], code)
    wide = code.translate({ord(digit): chr(ord(digit) + 0xFEE0) for digit in "0123456789"})
    again = [await sign_in(await desk_site.visitor(), EMAILS["police"], one) for one in (code, wide)]
    assert first.status_code == 303
    assert [response.status_code for response in again] == [422, 422]


async def test_wrong_name_password_and_code_are_answered_alike(desk_site: Site) -> None:
    visitor = await desk_site.visitor()
    code = demo_staff.code_now(desk_site.clock.now)
    answers = [
        await sign_in(visitor, "khong-co@vi-du.example", code),
        await sign_in(visitor, EMAILS["police"], code, password="sai hoàn toàn luôn nhé"),
        await sign_in(visitor, EMAILS["police"], "000000"),
    ]
    assert {(one.status_code, problem_of(one.text)) for one in answers} == {
        (422, problem_of(answers[0].text))
    }


async def test_too_many_tries_are_refused_even_with_the_right_password(desk_site: Site) -> None:
    visitor = await desk_site.visitor()
    for _ in range(10):
        await sign_in(visitor, EMAILS["police"], "000000", password="sai hoàn toàn luôn nhé")
    response = await sign_in(visitor, EMAILS["police"], demo_staff.code_now(desk_site.clock.now))
    assert response.status_code == 422
    assert "quá nhiều lần" in problem_of(response.text)


async def test_signing_out_ends_the_session_itself(desk_site: Site) -> None:
    person = await desk_site.person("school")
    stolen = person.client.cookies["goilai-desk"]
    assert (await person.post("/console/sign-out")).status_code == 303
    thief = await desk_site.visitor()
    thief.cookies.set("goilai-desk", stolen, domain="127.0.0.1", path="/")
    assert (await thief.get("/console")).status_code == 303


async def test_half_an_hour_of_silence_ends_the_session(desk_site: Site) -> None:
    person = await desk_site.person("school")
    desk_site.clock.later(minutes=31)
    assert (await person.client.get("/console")).status_code == 303


async def test_another_site_cannot_send_our_forms(desk_site: Site) -> None:
    person = await desk_site.person("school")
    token = await person.token()
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://elsewhere.example"}):
        response = await person.client.post("/console/sign-out", data={"token": token}, headers=headers)
        assert response.status_code == 403
    assert (await person.client.get("/console")).status_code == 200


async def test_what_people_write_is_shown_as_text_on_every_page(desk_site: Site) -> None:
    school, supervisor = await desk_site.person("school"), await desk_site.person("supervisor")
    officer, owner = await desk_site.person("police"), await desk_site.visitor()
    await owner.post("/khieu-nai", data={"kind": "number", "typed": "0530 000 113", "words": HOSTILE})
    form = {"kind": "number", "typed": "0530 000 224", "source": HOSTILE, "document": HOSTILE}
    proposal = await officer.done("/console/indicators", **form, verified_at="2026-11-20", reason=HOSTILE)
    warned = await officer.done(
        "/console/indicators/warn", kind="number", typed="0530 000 225", source=HOSTILE, reason=HOSTILE
    )
    await propose_hotline(school, "0263 0111 202")
    contact = re.findall(r'href="(/console/contacts/\d+)"', await school.see("/console/contacts"))[0]
    await school.done(f"{contact}/freeze", reason=HOSTILE)
    pages = [
        await supervisor.see("/console/appeals"),
        await supervisor.see(proposal),
        await officer.see(warned),
        await school.see(contact),
        await supervisor.see("/console/proposals"),
        await (await desk_site.person("auditor")).see("/console/audit"),
        (await owner.get("/danh-ba", params={"q": HOSTILE})).text,
        (await officer.client.get("/console/indicators", params={"q": HOSTILE, "state": HOSTILE})).text,
        (await owner.get("/console/sign-in", params={"next": HOSTILE, "said": HOSTILE})).text,
    ]
    for page in pages:
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "49'`" not in page
    assert "&lt;script&gt;alert" in pages[0]


async def test_no_page_of_the_console_has_inline_script_or_style(desk_site: Site) -> None:
    for who, paths in {
        "supervisor": ("", "/queue", "/proposals", "/indicators", "/contacts", "/schools", "/appeals"),
        "administrator": ("/staff", "/account", "/contacts/new"),
        "auditor": ("/audit",),
    }.items():
        person = await desk_site.person(who)
        for path in paths:
            response = await person.client.get(f"/console{path}")
            assert "style=" not in response.text
            assert "<script" not in response.text
            assert not re.search(r"\son\w+=", response.text)
            assert "frame-ancestors 'none'" in response.headers["content-security-policy"]
            assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://elsewhere.example",
        "//elsewhere.example",
        "/\\elsewhere.example",
        "/console\\@x",
        "/consoles",
        "",
    ],
)
def test_after_signing_in_one_never_lands_elsewhere(elsewhere: str) -> None:
    assert inside(elsewhere) == "/console"


def test_after_signing_in_one_goes_on_where_one_was() -> None:
    assert inside("/console/queue?kind=link") == "/console/queue?kind=link"


async def test_over_https_the_cookie_is_secure_and_bound_to_this_host(demo_folder: Path) -> None:
    async with site(demo_folder, trusted_proxies=("127.0.0.1",)) as opened:
        visitor = await opened.visitor()
        response = await visitor.post(
            "/console/sign-in",
            data={
                "email": EMAILS["school"],
                "password": demo_staff.PASSWORD,
                "code": demo_staff.code_now(opened.clock.now),
            },
            headers={"x-forwarded-proto": "https"},
        )
    assert response.headers["set-cookie"].startswith("__Host-goilai-desk=")
    assert "Secure" in response.headers["set-cookie"]
