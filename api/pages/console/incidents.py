"""Incidents: reports that name a school, as its staff and police see them; identifiers masked for schools."""

from typing import Annotated, Final

from fastapi import APIRouter, Form, HTTPException, Request
from starlette.responses import HTMLResponse, Response

from api.pages.console import labels
from api.pages.console.access import AtWork, Refused, requires
from api.pages.console.showing import console_page, go, refused_status
from db import incidents as records
from db.models import IncidentMark
from db.rights import Permission

router = APIRouter(prefix="/incidents")

PAGE: Final = "/console/incidents"


@router.get("")
async def incidents(request: Request, work: AtWork = requires(Permission.READ_INCIDENTS)) -> HTMLResponse:
    """Incidents of the schools of one's own area, the latest first."""
    return await _page(request, work)


@router.post("/{case_code}/mark")
async def mark(
    request: Request,
    case_code: str,
    said: Annotated[str, Form(max_length=32, alias="mark")] = "",
    words: Annotated[str, Form(max_length=4000)] = "",
    work: AtWork = requires(Permission.MARK_INCIDENT),
) -> Response:
    """Say what the school knows of it."""
    if said not in set(IncidentMark):
        raise HTTPException(422)
    try:
        async with work.acting("incident.mark", f"report:{case_code}") as session:
            await records.mark(
                session,
                actor=work.actor,
                case_code=case_code,
                mark=IncidentMark(said),
                words=words,
                now=work.now,
            )
    except Refused as refused:
        return await _page(request, work, labels.refusal(refused.fact))
    return go(request, work, PAGE, "marked")


async def _page(request: Request, work: AtWork, problem: str = "") -> HTMLResponse:
    async with work.reading() as session:
        found = await records.incidents_of(session, actor=work.actor)
    return console_page(
        request,
        work,
        "incidents.html",
        status=refused_status(problem),
        problem=problem,
        incidents=found,
        marks=[(one.value, labels.label("mark", one)) for one in IncidentMark],
    )
