"""The queue: what parents reported, clustered by identifier, the most urgent first."""

from typing import Final

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import HTMLResponse

from api.pages.console import labels
from api.pages.console.access import AtWork, Whole, requires
from api.pages.console.showing import console_page
from api.rendering import headline_text
from bot import replies, texts
from bot.messages import Channel
from db import report_queue, rights
from db.rights import Permission
from scamcheck.check import check
from scamcheck.knowledge import IdentifierKind

router = APIRouter(prefix="/queue")

MOST: Final = 50
MOST_REPORTS: Final = 100
"""On the page of one cluster."""


@router.get("")
async def queue(
    request: Request,
    kind: str = "",
    area: str = "own",
    start: Whole = 0,
    work: AtWork = requires(Permission.READ_QUEUE),
) -> HTMLResponse:
    """Clusters of the own area, or of everywhere."""
    start = min(max(start, 0), 100_000)
    only = IdentifierKind(kind) if kind in set(IdentifierKind) else None
    async with work.reading() as session:
        office = (await rights.standing(session, work.actor.membership_id)).office
        found = await report_queue.clusters(
            session,
            work.now,
            office=None if area == "all" else office,
            only=only,
            limit=MOST + 1,
            offset=start,
        )
        told = await report_queue.stories(session, work.now, office=None if area == "all" else office)
    return console_page(
        request,
        work,
        "queue.html",
        rows=found[:MOST],
        stories=told if not (only or start) else (),
        start=start,
        more=start + MOST if len(found) > MOST else None,
        kind=kind,
        area=area,
        kinds=[(one.value, labels.label("identifier", one)) for one in IdentifierKind],
    )


@router.get("/stories/{scenario}")
async def story(
    request: Request, scenario: str, script: str = "", work: AtWork = requires(Permission.READ_QUEUE)
) -> HTMLResponse:
    """The reports of one kind of story, whatever numbers they came from."""
    async with work.reading() as session:
        found = await report_queue.reports_telling(session, scenario, script, limit=MOST_REPORTS + 1)
    if not found:
        raise HTTPException(404)
    return console_page(
        request,
        work,
        "story.html",
        scenario=scenario,
        script=script,
        reports=found[:MOST_REPORTS],
        more=len(found) > MOST_REPORTS,
    )


@router.get("/{kind}")
async def cluster(
    request: Request, kind: str, key: str = "", work: AtWork = requires(Permission.READ_QUEUE)
) -> HTMLResponse:
    """The reports of one identifier, and what a parent would see now."""
    if kind not in set(IdentifierKind) or not key:
        raise HTTPException(404)
    of_kind = IdentifierKind(kind)
    async with work.reading() as session:
        found = await report_queue.reports_of(session, of_kind, key, limit=MOST_REPORTS + 1)
    if not found:
        raise HTTPException(404)
    return console_page(
        request,
        work,
        "cluster.html",
        kind=of_kind,
        key=key,
        reports=found[:MOST_REPORTS],
        more=len(found) > MOST_REPORTS,
        seen=await _seen_by_a_parent(work, of_kind, key),
    )


async def _seen_by_a_parent(work: AtWork, kind: IdentifierKind, key: str) -> str:
    """The first line of the answer that a parent gets now."""
    typed = f"https://{key}" if kind is IdentifierKind.LINK else key.removeprefix("short:")
    if kind is IdentifierKind.BANK_ACCOUNT:
        typed = f"stk {labels.identifier(key, kind)}"
    verdict = await check(typed, work.services.knowledge, now=work.now)
    reply = replies.render(
        verdict,
        texts=texts.load("vi"),
        check_id="",
        now=work.now,
        demo=work.services.settings.serves_demo,
        channel=Channel.WEB,
    )
    return headline_text(reply.headline)
