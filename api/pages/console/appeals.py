"""Appeals: somebody says that an identifier is theirs and listed wrongly; a supervisor decides."""

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, Response

from api.pages.console import labels
from api.pages.console.access import AtWork, Refused, requires
from api.pages.console.showing import console_page, go, refused_status
from db import appeals as records
from db import indicators, models
from db.rights import Permission

router = APIRouter(prefix="/appeals")

PAGE: Final = "/console/appeals"


@router.get("")
async def appeals(request: Request, work: AtWork = requires(Permission.READ_APPEALS)) -> HTMLResponse:
    """Appeals that wait, the oldest first, each with the entry it is about."""
    return await _page(request, work)


@router.post("/{case_code}/uphold")
async def uphold(
    request: Request,
    case_code: str,
    reason: Annotated[str, Form(max_length=4000)] = "",
    work: AtWork = requires(Permission.DECIDE_APPEAL),
) -> Response:
    """Say that it is right: that proposes to withdraw the entry, for a second person to approve."""
    try:
        async with work.acting("appeal.upheld", f"appeal:{case_code}") as session:
            proposal = await records.uphold(
                session, actor=work.actor, case_code=case_code, reason=reason, now=work.now
            )
    except Refused as refused:
        return await _page(request, work, labels.refusal(refused.fact))
    if proposal is None:
        return go(request, work, PAGE, "decided")
    return go(request, work, f"/console/proposals/{proposal.public_id}", "proposed")


@router.post("/{case_code}/dismiss")
async def dismiss(
    request: Request,
    case_code: str,
    reason: Annotated[str, Form(max_length=4000)] = "",
    work: AtWork = requires(Permission.DECIDE_APPEAL),
) -> Response:
    """Say that it is not right; the appellant can read the reason."""
    try:
        async with work.acting("appeal.dismissed", f"appeal:{case_code}") as session:
            await records.dismiss(session, actor=work.actor, case_code=case_code, reason=reason, now=work.now)
    except Refused as refused:
        return await _page(request, work, labels.refusal(refused.fact))
    return go(request, work, PAGE, "decided")


async def _page(request: Request, work: AtWork, problem: str = "") -> HTMLResponse:
    rows: list[tuple[models.Appeal, models.Indicator | None]] = []
    async with work.reading() as session:
        for appeal in await records.open_appeals(session):
            listed = await indicators.listed_indicator(session, appeal.kind, appeal.key)
            rows.append((appeal, listed))
    return console_page(
        request, work, "appeals.html", status=refused_status(problem), problem=problem, rows=rows
    )
