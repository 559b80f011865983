"""Where each role begins: what waits for them, and what their office should know."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from api.pages.console.access import HOME, AtWork, SignedInDep, Whole, requires
from api.pages.console.showing import DECIDING, console_page, go
from db import (
    appeals,
    contact_desk,
    desk_lists,
    incidents,
    indicator_desk,
    models,
    notices,
    proposal_lists,
    report_queue,
    rights,
    script_desk,
)
from db.rights import Permission

router = APIRouter(prefix="/console", include_in_schema=False)


@router.get("")
async def start(request: Request, work: SignedInDep) -> HTMLResponse:
    """The first page after signing in."""
    counts, told = await _waiting(work)
    return console_page(request, work, "start.html", counts=counts, notices=told)


@router.post("/notices/{notice_id}/seen")
async def see(
    request: Request, notice_id: Whole, work: AtWork = requires(Permission.READ_NOTICES)
) -> Response:
    """Note that somebody here has seen a notice."""
    async with work.acting("notice.see", f"notice:{notice_id}") as session:
        await notices.see(session, work.actor, notice_id, now=work.now)
    return go(request, work, HOME, "seen")


@dataclass(frozen=True, slots=True)
class Waiting:
    """One kind of work that waits, and where it is done."""

    count: int
    words: str
    path: str


async def _waiting(work: AtWork) -> tuple[list[Waiting], tuple[models.Notice, ...]]:
    waiting: list[Waiting] = []
    async with work.reading() as session:
        office = (await rights.standing(session, work.actor.membership_id)).office
        if work.may(*DECIDING):
            count = len(await proposal_lists.waiting_for(session, actor=work.actor))
            waiting.append(Waiting(count, "đề xuất chờ bạn quyết định", "/console/proposals"))
        if work.may(Permission.READ_QUEUE):
            clusters = await report_queue.clusters(session, work.now, office=office)
            waiting.append(Waiting(len(clusters), "số, tài khoản, đường dẫn được báo", "/console/queue"))
        if work.may(Permission.READ_APPEALS):
            count = len(await appeals.open_appeals(session))
            waiting.append(Waiting(count, "khiếu nại chờ giải quyết", "/console/appeals"))
        if work.may(Permission.READ_INCIDENTS):
            count = sum(not one.notes for one in await incidents.incidents_of(session, actor=work.actor))
            waiting.append(Waiting(count, "vụ việc trường chưa ghi nhận", "/console/incidents"))
        if work.may(Permission.PROPOSE_CONTACT):
            count = len(await contact_desk.due_for_reconfirmation(session, work.now, office=office))
            waiting.append(Waiting(count, "số liên hệ sắp hoặc đã hết hạn", "/console/contacts?due=1"))
        if work.may(Permission.APPROVE_SCHOOL_CONTACT):
            schools = await desk_lists.schools_of(session, work.actor)
            have = await desk_lists.hotlines_per_school(session, [school.id for school in schools])
            without = len(schools) - len(have)
            waiting.append(Waiting(without, "trường chưa có đường dây nóng", "/console/schools?without=1"))
        if work.may(Permission.PROPOSE_INDICATOR):
            count = len(await indicator_desk.due_for_review(session, work.now))
            due = "/console/indicators?due=1"
            waiting.append(Waiting(count, "mục lừa đảo sắp hết hạn, cần xem lại", due))
            count = len(await script_desk.due_for_review(session, work.actor, work.now))
            if count:
                waiting.append(Waiting(count, "kịch bản sắp hết hạn, cần xem lại", "/console/scripts"))
        told = await notices.unseen(session, work.actor)
    return waiting, told
