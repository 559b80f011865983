"""From the console to a chat and back: the code, the link to a decision, and who gets nothing from it."""

import re
from uuid import uuid4

import httpx

from tests.api.console import Person, Site, field_of, page_of

CODE = re.compile(r"LK-\w{4}-\w{4}-\w{4}")
WAY = re.compile(r'href="(/console/from-chat/[\w-]+)"')


async def chat_code(person: Person) -> str:
    response = await person.post("/console/account/chat-code", code=person.code())
    assert response.status_code == 200
    return CODE.findall(response.text)[0]


async def says(client: httpx.AsyncClient, **form: str) -> str:
    response = await client.post("/chat", data={**form, "event_id": str(uuid4())})
    assert response.status_code == 200
    return response.text


async def proposed(site: Site) -> str:
    """A proposal that waits for the supervisor; its address."""
    officer = await site.person("police")
    return (
        await officer.done(
            "/console/indicators",
            kind="number",
            typed="0530 000 200",
            source="đơn trình báo",
            verified_at="2026-11-01",
            reason="ba người báo",
        )
    ).partition("?")[0]


async def way_to(site: Site, person: Person) -> str:
    """The link to the first proposal that waits, as the person's chat gives it."""
    chat = await site.visitor()
    await says(chat, text=await chat_code(person))
    desk = await says(chat, text="/banlamviec")
    token = re.findall(r'value="(desk_case:[^"]+)"', desk)[0]
    return WAY.findall(await says(chat, action=token))[0]


async def test_a_supervisor_goes_from_the_chat_to_the_very_proposal_and_decides_there(
    desk_site: Site,
) -> None:
    proposal = await proposed(desk_site)
    supervisor = await desk_site.person("supervisor")
    way = await way_to(desk_site, supervisor)
    assert "Mở đề xuất" in await supervisor.see(way)
    assert "Mở đề xuất" in await supervisor.see(way)  # looking uses nothing up
    wrong = await supervisor.post(way, code="000000")
    assert (wrong.status_code, "chưa đúng" in wrong.text) == (422, True)
    arrived = await supervisor.done(way, code=supervisor.code())
    assert arrived.partition("?")[0] == proposal
    page = await supervisor.see(proposal)
    approved = await supervisor.done(
        f"{proposal}/approve", version_hash=field_of(page, "version_hash"), reason="đã gọi hỏi người báo"
    )
    assert "approved" in approved
    assert (await supervisor.client.get(way)).status_code == 404


async def test_the_link_gives_nothing_to_whoever_it_was_forwarded_to(desk_site: Site) -> None:
    await proposed(desk_site)
    supervisor = await desk_site.person("supervisor")
    way = await way_to(desk_site, supervisor)
    stranger = await desk_site.visitor()
    sent_on = await stranger.get(way)
    assert sent_on.status_code == 303
    assert sent_on.headers["location"].startswith("/console/sign-in?next=")
    for other in ("supervisor2", "police", "school"):
        person = await desk_site.person(other)
        assert (await person.client.get(way)).status_code == 404
        assert (await person.post(way, code=person.code())).status_code == 404
    administrator = await desk_site.person("administrator")
    assert (await administrator.client.get(way)).status_code == 403
    assert "Mở đề xuất" in await supervisor.see(way)  # nobody used it up


async def test_after_ten_minutes_the_link_leads_nowhere(desk_site: Site) -> None:
    await proposed(desk_site)
    supervisor = await desk_site.person("supervisor")
    way = await way_to(desk_site, supervisor)
    desk_site.clock.later(minutes=11)
    assert (await supervisor.client.get(way)).status_code == 404


async def test_the_account_page_shows_what_is_linked_and_ends_it(desk_site: Site) -> None:
    officer = await desk_site.person("police")
    assert "Chưa liên kết" in await officer.see("/console/account")
    chat = await desk_site.visitor()
    assert "Đã liên kết" in await says(chat, text=await chat_code(officer))
    page = await officer.see("/console/account")
    [path] = re.findall(r'action="(/console/account/chats/\d+/end)"', page)
    colleague = await desk_site.person("supervisor")
    assert (await colleague.post(path)).status_code == 404
    await officer.done(path)
    assert "chưa liên kết" in await says(chat, text="/banlamviec")


async def test_a_code_is_given_only_to_whoever_proves_the_second_factor_anew(desk_site: Site) -> None:
    officer = await desk_site.person("police")
    desk_site.clock.later(minutes=6)
    for code in ("", "000000"):
        response = await officer.post("/console/account/chat-code", code=code)
        assert response.status_code == 422
        assert not CODE.findall(response.text)


async def test_whoever_is_put_out_sees_nothing_in_chat_from_then_on(desk_site: Site) -> None:
    officer = await desk_site.person("police")
    chat = await desk_site.visitor()
    await says(chat, text=await chat_code(officer))
    assert "BÀN LÀM VIỆC" in await says(chat, text="/banlamviec")
    administrator = await desk_site.person("administrator")
    page = await page_of(administrator, "congan@vi-du.example")
    await administrator.done(f"{page}/disable", reason="nghỉ việc")
    assert "chưa liên kết" in await says(chat, text="/banlamviec")
