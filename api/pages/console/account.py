"""One's own account: where one is signed in, roles, password, recovery codes."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, Response

from api.pages.console.access import AtWork, Denied, Refused, SignedInDep, Whole, requires
from api.pages.console.refusing import NOT_THE_SAME, problem_of
from api.pages.console.showing import NO_PROBLEM, Problem, console_page, go
from db import chat_staff, desk_lists, signing_in
from db.passwords import PasswordRefused
from db.rights import NotEligible, Permission

router = APIRouter(prefix="/account")

PAGE = "/console/account"


@router.get("")
async def account(request: Request, work: SignedInDep) -> HTMLResponse:
    """Everything about one's own account."""
    return await _page(request, work)


@router.post("/sessions/end")
async def end_other_sessions(request: Request, work: SignedInDep) -> Response:
    """End every other sign-in of one's own."""
    async with work.acting("sessions.end", f"staff:{work.actor.public_id}") as session:
        await signing_in.end_sessions(session, actor=work.actor, now=work.now)
    return go(request, work, PAGE, "sessions_ended")


@router.post("/role")
async def change_role(request: Request, work: SignedInDep, membership: Annotated[Whole, Form()]) -> Response:
    """Go on in another of one's own roles."""
    try:
        await signing_in.act_as(work.services.database, work.token, membership, work.now)
    except NotEligible as not_theirs:
        raise Denied from not_theirs
    return go(request, work, "/console", "role_changed")


@router.post("/password")
async def change_password(
    request: Request,
    work: SignedInDep,
    password: Annotated[str, Form(max_length=320)] = "",
    again: Annotated[str, Form(max_length=320)] = "",
    code: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Set a new password; other sign-ins end."""
    if password != again:
        return await _page(request, work, NOT_THE_SAME)
    try:
        work = await work.step_up(code) if code else work
        await signing_in.change_password(
            work.services.database, actor=work.actor, password=password, now=work.now
        )
    except Refused as refused:
        return await _page(request, work, problem_of(refused.fact).at({"code": "code-password"}))
    except (PasswordRefused, PermissionError) as fact:
        return await _page(request, work, problem_of(fact).at({"code": "code-password"}))
    return go(request, work, PAGE, "password_changed")


@router.post("/recovery-codes")
async def renew_recovery_codes(
    request: Request, work: SignedInDep, code: Annotated[str, Form(max_length=64)] = ""
) -> Response:
    """Ten new recovery codes, shown once."""
    try:
        work = await work.step_up(code) if code else work
        async with work.acting("recovery_codes.renew", f"staff:{work.actor.public_id}") as session:
            codes = await signing_in.renew_recovery_codes(session, actor=work.actor, now=work.now)
    except Refused as refused:
        return await _page(request, work, problem_of(refused.fact).at({"code": "code-recovery"}))
    return console_page(request, work, "recovery_codes.html", codes=codes, name=work.actor.name)


@router.post("/chat-code")
async def chat_code(
    request: Request,
    code: Annotated[str, Form(max_length=64)] = "",
    work: AtWork = requires(Permission.LINK_CHAT),
) -> Response:
    """A code that links one conversation with the bot, shown once."""
    try:
        work = await work.step_up(code) if code else work
        async with work.acting("chat.code", f"staff:{work.actor.public_id}") as session:
            made = await chat_staff.new_code(session, actor=work.actor, keys=work.services.keys, now=work.now)
    except Refused as refused:
        return await _page(request, work, problem_of(refused.fact).at({"code": "code-chat"}))
    minutes = int(chat_staff.CODE_LASTS.total_seconds()) // 60
    return console_page(request, work, "chat_code.html", chat_code=made, minutes=minutes)


@router.post("/chats/{link_id}/end")
async def end_chat(
    request: Request, link_id: Whole, work: AtWork = requires(Permission.LINK_CHAT)
) -> Response:
    """End the link of one conversation of one's own."""
    async with work.acting("chat.unlink", f"chat:{link_id}") as session:
        await chat_staff.end_link(session, actor=work.actor, link_id=link_id, now=work.now)
    return go(request, work, PAGE, "chat_ended")


async def _page(request: Request, work: AtWork, problem: Problem = NO_PROBLEM) -> HTMLResponse:
    async with work.reading() as session:
        sign_ins = await desk_lists.sign_ins_of(session, work.actor, since=work.now - signing_in.ABSOLUTE)
        roles = await desk_lists.roles_of(session, work.actor)
        chats = await chat_staff.links_of(session, work.actor)
    return console_page(
        request,
        work,
        "account.html",
        problem=problem,
        sign_ins=[row for row in sign_ins if signing_in.is_open(row, work.now)],
        roles=roles,
        chats=chats,
    )
