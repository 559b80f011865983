"""Schools of one's own area, which of them have no hotline, and what can be printed for each."""

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, Response

from api.pages.console import labels
from api.pages.console.access import AtWork, Refused, Whole, requires
from api.pages.console.contacts import row_of
from api.pages.console.proposing import propose
from api.pages.console.showing import console_page, refused_status
from db import desk_lists
from db import schools as registry
from db.approval_rules import ProposalKind
from db.rights import Permission
from scamcheck.text import fold

router = APIRouter(prefix="/schools")

MOST: Final = 200


@router.get("")
async def schools(
    request: Request, q: str = "", without: str = "", work: AtWork = requires(Permission.READ_SCHOOLS)
) -> HTMLResponse:
    """Schools, with how many numbers each has."""
    async with work.reading() as session:
        rows = await desk_lists.schools_of(session, work.actor)
        hotlines = await desk_lists.hotlines_per_school(session, [row.id for row in rows])
    total, have = len(rows), len(hotlines)
    wanted = fold(q)
    found = [
        row
        for row in rows
        if wanted in fold(f"{registry.full_name(row)} {row.commune.name} {row.old_district}")
        and not (without and row.id in hotlines)
    ]
    return console_page(
        request,
        work,
        "schools.html",
        rows=found[:MOST],
        more=len(found) > MOST,
        name=registry.full_name,
        hotlines=hotlines,
        total=total,
        have=have,
        q=q,
        without=without,
    )


@router.get("/{school_id}")
async def school(
    request: Request, school_id: Whole, work: AtWork = requires(Permission.READ_SCHOOLS)
) -> HTMLResponse:
    """One school with its numbers."""
    return await _page(request, work, school_id)


@router.post("/{school_id}/rename")
async def rename(
    request: Request,
    school_id: Whole,
    version: Annotated[str, Form(max_length=16)] = "",
    name: Annotated[str, Form(max_length=200)] = "",
    reason: Annotated[str, Form(max_length=4000)] = "",
    document: Annotated[str, Form(max_length=400)] = "",
    work: AtWork = requires(Permission.CHANGE_SCHOOL),
) -> Response:
    """Propose another name; the old one still leads here."""
    payload = {"school": str(school_id), "version": version, "name": name}
    return await _propose(request, work, school_id, ProposalKind.RENAME_SCHOOL, payload, reason, document)


@router.post("/{school_id}/merge")
async def merge(
    request: Request,
    school_id: Whole,
    version: Annotated[str, Form(max_length=16)] = "",
    into: Annotated[str, Form(max_length=18)] = "",
    reason: Annotated[str, Form(max_length=4000)] = "",
    document: Annotated[str, Form(max_length=400)] = "",
    work: AtWork = requires(Permission.CHANGE_SCHOOL),
) -> Response:
    """Propose to merge it into another; names and followers go over, its numbers end."""
    payload = {"school": str(school_id), "version": version, "into": into}
    return await _propose(request, work, school_id, ProposalKind.MERGE_SCHOOL, payload, reason, document)


@router.post("/{school_id}/close")
async def close(
    request: Request,
    school_id: Whole,
    version: Annotated[str, Form(max_length=16)] = "",
    reason: Annotated[str, Form(max_length=4000)] = "",
    document: Annotated[str, Form(max_length=400)] = "",
    work: AtWork = requires(Permission.CHANGE_SCHOOL),
) -> Response:
    """Propose to close it; its numbers end."""
    payload = {"school": str(school_id), "version": version}
    return await _propose(request, work, school_id, ProposalKind.CLOSE_SCHOOL, payload, reason, document)


async def _propose(
    request: Request,
    work: AtWork,
    school_id: Whole,
    kind: ProposalKind,
    payload: dict[str, str],
    reason: str,
    document: str,
) -> Response:
    async with work.reading() as session:
        await desk_lists.school_for(session, work.actor, school_id)
    try:
        return await propose(
            request,
            work,
            subject=f"school:{school_id}",
            kind=kind,
            payload=payload,
            reason=reason,
            document=document,
        )
    except Refused as refused:
        return await _page(request, work, school_id, labels.refusal(refused.fact))


async def _page(request: Request, work: AtWork, school_id: Whole, problem: str = "") -> HTMLResponse:
    changes = work.may(Permission.CHANGE_SCHOOL)
    async with work.reading() as session:
        row = await desk_lists.school_for(session, work.actor, school_id)
        rows = [
            row_of(contact, work)
            for contact in await desk_lists.contacts_of(session, work.actor)
            if contact.school_id == school_id
        ]
        others = [
            (str(one.id), f"{registry.full_name(one)}, {one.commune.name}")
            for one in (await desk_lists.schools_of(session, work.actor) if changes else ())
            if one.id != school_id
        ]
    return console_page(
        request,
        work,
        "school.html",
        status=refused_status(problem),
        problem=problem,
        others=others,
        school=row,
        name=f"Trường {registry.full_name(row)}",
        rows=rows,
        base=work.services.settings.public_url.rstrip("/") or str(request.base_url).rstrip("/"),
    )
