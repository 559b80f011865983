"""Schools of one's own area, which of them have no hotline, and what can be printed for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import HTMLResponse, Response

from api.pages.console.access import AtWork, Whole, requires
from api.pages.console.contacts import row_of
from api.pages.console.finding import schools_meant
from api.pages.console.proposals import Shown, history_of
from api.pages.console.proposing import propose
from api.pages.console.refusing import or_again, reason_in
from api.pages.console.showing import NO_PROBLEM, Problem, console_page
from db import desk_lists
from db import schools as registry
from db.approval_rules import ProposalKind
from db.models import ProposalStatus
from db.proposal_record import payload_of
from db.rights import Permission
from scamcheck.text import fold

router = APIRouter(prefix="/schools")

MOST: Final = 200


@dataclass(frozen=True, slots=True)
class SchoolForm:
    """A change of a school, as typed; `name`, `into` and `q` belong to one form each."""

    version: Annotated[str, Form(max_length=16)] = ""
    name: Annotated[str, Form(max_length=200)] = ""
    into: Annotated[str, Form(max_length=18)] = ""
    q: Annotated[str, Form(max_length=200)] = ""
    document: Annotated[str, Form(max_length=400)] = ""
    reason: Annotated[str, Form(max_length=4000)] = ""


NOTHING_TYPED: Final = SchoolForm()


@dataclass(frozen=True, slots=True)
class Typed:
    """Which form of a school's page was refused, and what stood in it."""

    act: str = ""
    """One of "rename", "undo", "close", "merge"; empty when none was."""
    form: SchoolForm = NOTHING_TYPED

    def of(self, act: str) -> SchoolForm:
        """What one of the forms shows: what was typed into it, or nothing."""
        return self.form if act == self.act else NOTHING_TYPED


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
    form: Annotated[SchoolForm, Depends()],
    work: AtWork = requires(Permission.CHANGE_SCHOOL),
) -> Response:
    """Propose another name; the old one still leads here."""
    async with work.reading() as session:
        was = (await desk_lists.school_for(session, work.actor, school_id)).name
        history, _ = await history_of(session, f"school:{school_id}")
    payload = {"school": str(school_id), "version": form.version, "name": form.name, "was": was}
    act = "undo" if form.name and form.name == _name_before(was, history) else "rename"
    return await _propose(request, work, school_id, ProposalKind.RENAME_SCHOOL, payload, Typed(act, form))


@router.get("/{school_id}/merge")
async def find_other(
    request: Request, school_id: Whole, q: str = "", work: AtWork = requires(Permission.CHANGE_SCHOOL)
) -> HTMLResponse:
    """Look for the school that this one becomes part of: by level, name, commune, an old name."""
    return await _merging(request, work, school_id, SchoolForm(q=q))


@router.post("/{school_id}/merge")
async def merge(
    request: Request,
    school_id: Whole,
    form: Annotated[SchoolForm, Depends()],
    work: AtWork = requires(Permission.CHANGE_SCHOOL),
) -> Response:
    """Propose to merge it into another; names and followers go over, its numbers end."""
    payload = {"school": str(school_id), "version": form.version, "into": form.into}
    return await _propose(request, work, school_id, ProposalKind.MERGE_SCHOOL, payload, Typed("merge", form))


@router.post("/{school_id}/close")
async def close(
    request: Request,
    school_id: Whole,
    form: Annotated[SchoolForm, Depends()],
    work: AtWork = requires(Permission.CHANGE_SCHOOL),
) -> Response:
    """Propose to close it; its numbers end."""
    payload = {"school": str(school_id), "version": form.version}
    return await _propose(request, work, school_id, ProposalKind.CLOSE_SCHOOL, payload, Typed("close", form))


async def _propose(
    request: Request,
    work: AtWork,
    school_id: Whole,
    kind: ProposalKind,
    payload: dict[str, str],
    typed: Typed,
) -> Response:
    async with work.reading() as session:
        await desk_lists.school_for(session, work.actor, school_id)

    async def act() -> Response:
        return await propose(
            request,
            work,
            subject=f"school:{school_id}",
            kind=kind,
            payload=payload,
            reason=reason_in(typed.form.reason),
            document=typed.form.document,
        )

    async def again(problem: Problem) -> Response:
        if typed.act == "merge":
            return await _merging(request, work, school_id, typed.form, problem)
        return await _page(request, work, school_id, problem.at({"reason": f"why-{typed.act}"}), typed)

    return await or_again(act, again)


async def _merging(
    request: Request, work: AtWork, school_id: Whole, form: SchoolForm, problem: Problem = NO_PROBLEM
) -> HTMLResponse:
    async with work.reading() as session:
        row = await desk_lists.school_for(session, work.actor, school_id)
    found = await schools_meant(work, form.q, without=school_id)
    return console_page(
        request,
        work,
        "school_merge.html",
        problem=problem,
        school=row,
        name=f"Trường {registry.full_name(row)}",
        form=form,
        found=found.rows,
        more=found.more,
        full_name=registry.full_name,
    )


async def _page(
    request: Request,
    work: AtWork,
    school_id: Whole,
    problem: Problem = NO_PROBLEM,
    typed: Typed | None = None,
) -> HTMLResponse:
    async with work.reading() as session:
        row = await desk_lists.school_for(session, work.actor, school_id)
        rows = [
            row_of(contact, work)
            for contact in await desk_lists.contacts_of(session, work.actor)
            if contact.school_id == school_id
        ]
        history, people = await history_of(session, f"school:{school_id}")
    return console_page(
        request,
        work,
        "school.html",
        problem=problem,
        typed=typed or Typed(),
        history=history,
        people=people,
        undo=_name_before(row.name, history),
        school=row,
        name=f"Trường {registry.full_name(row)}",
        rows=rows,
        base=work.services.settings.public_url.rstrip("/") or str(request.base_url).rstrip("/"),
    )


def _name_before(name: str, history: Sequence[Shown]) -> str:
    """The name that the latest change took away, to propose it again; empty when it took none."""
    done = next((one.proposal for one in history if one.proposal.status is ProposalStatus.ACTIVE), None)
    if done is None or done.kind != ProposalKind.RENAME_SCHOOL:
        return ""
    was = payload_of(done).get("was", "")
    return was if was != name else ""
