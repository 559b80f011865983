"""Schools of one's own area, which of them have no hotline, and what can be printed for each."""

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from api.pages.console.access import AtWork, requires
from api.pages.console.contacts import row_of
from api.pages.console.showing import console_page
from db import desk_lists
from db import schools as registry
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
    request: Request, school_id: int, work: AtWork = requires(Permission.READ_SCHOOLS)
) -> HTMLResponse:
    """One school with its numbers."""
    async with work.reading() as session:
        row = await desk_lists.school_for(session, work.actor, school_id)
        rows = [
            row_of(contact, work)
            for contact in await desk_lists.contacts_of(session, work.actor)
            if contact.school_id == school_id
        ]
    return console_page(
        request,
        work,
        "school.html",
        school=row,
        name=f"Trường {registry.full_name(row)}",
        rows=rows,
        base=work.services.settings.public_url.rstrip("/") or str(request.base_url).rstrip("/"),
    )
