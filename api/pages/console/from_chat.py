"""From a chat to one proposal: whoever the link was made for signs in and proves the second factor."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, Response

from api.pages.console import labels
from api.pages.console.access import AtWork, Refused, requires
from api.pages.console.showing import console_page, go, refused_status
from db import chat_staff
from db.rights import Permission

router = APIRouter(prefix="/from-chat")


@router.get("/{link}")
async def arrive(request: Request, link: str, work: AtWork = requires(Permission.LINK_CHAT)) -> HTMLResponse:
    """Ask for the code. Looking at the link, as previews do, uses nothing up."""
    return await _page(request, work, link, "")


@router.post("/{link}")
async def go_on(
    request: Request,
    link: str,
    code: Annotated[str, Form(max_length=64)] = "",
    work: AtWork = requires(Permission.LINK_CHAT),
) -> Response:
    """With the code: use the link up, and open the very proposal that the chat spoke of."""
    async with work.reading() as session:  # a code is not used up on a link that leads nowhere
        await chat_staff.require_decision_link(session, actor=work.actor, token=link, now=work.now)
    try:
        work = await work.step_up(code)
        async with work.acting("chat.decision_link_used", f"staff:{work.actor.public_id}") as session:
            proposal_id = await chat_staff.use_decision_link(
                session, actor=work.actor, token=link, now=work.now
            )
    except Refused as refused:
        return await _page(request, work, link, labels.refusal(refused.fact))
    return go(request, work, f"/console/proposals/{proposal_id}", "stepped_up")


async def _page(request: Request, work: AtWork, link: str, problem: str) -> HTMLResponse:
    async with work.reading() as session:
        await chat_staff.require_decision_link(session, actor=work.actor, token=link, now=work.now)
    return console_page(request, work, "from_chat.html", status=refused_status(problem), problem=problem)
