"""Offices: opened with what they work for, changed by two persons, closed; places are found by name."""

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import HTMLResponse, Response

from api.pages.console import labels
from api.pages.console.access import AtWork, requires
from api.pages.console.finding import Found, communes_meant, schools_meant
from api.pages.console.proposals import history_of
from api.pages.console.proposing import propose
from api.pages.console.refusing import or_again, reason_in
from api.pages.console.showing import NO_PROBLEM, Problem, console_page, go
from db import desk_lists, models, places, rights, schools
from db import offices as registry
from db import staff as people
from db.approval_rules import ProposalKind
from db.models import OfficeKind
from db.office_rules import NO_SCHOOL
from db.rights import Permission

router = APIRouter(prefix="/offices")

PAGE: Final = "/console/offices"
_LONGEST_NUMBER: Final = 18
_NO_KIND: Final = Problem("Hãy chọn loại đơn vị.", frozenset({"kind"}))
_NO_NAME: Final = Problem("Hãy ghi tên đơn vị.", frozenset({"name"}))


@dataclass(frozen=True, slots=True)
class OfficeForm:
    """What an office is to work for, as chosen; `look` when it was only looked for a place."""

    kind: Annotated[str, Form(max_length=32)] = ""
    name: Annotated[str, Form(max_length=200)] = ""
    province: Annotated[str, Form(max_length=100)] = ""
    communes: Annotated[tuple[str, ...], Form(max_length=500)] = ()
    school: Annotated[str, Form(max_length=_LONGEST_NUMBER)] = ""
    q: Annotated[str, Form(max_length=200)] = ""
    look: Annotated[str, Form(max_length=1)] = ""
    version: Annotated[str, Form(max_length=16)] = ""
    document: Annotated[str, Form(max_length=400)] = ""
    reason: Annotated[str, Form(max_length=4000)] = ""

    @property
    def school_id(self) -> int | None:
        """The number of the school that was chosen; None when none was."""
        return int(self.school) if self.school.isascii() and self.school.isdigit() else None


@dataclass(frozen=True, slots=True)
class Places:
    """What a form offers to choose from: what was chosen already, and what was found just now."""

    communes: tuple[models.Commune, ...] = ()
    communes_found: Found[models.Commune] | None = None
    school: models.School | None = None
    schools_found: Found[models.School] | None = None


@router.get("/new")
async def new_office(
    request: Request, kind: str = "", school: str = "", work: AtWork = requires(Permission.MANAGE_OFFICES)
) -> HTMLResponse:
    """The form for an office: its kind first, then what one of that kind works for."""
    return await _new_page(request, work, OfficeForm(kind=kind, school=school[:_LONGEST_NUMBER]))


@router.post("")
async def add_office(
    request: Request,
    form: Annotated[OfficeForm, Depends()],
    work: AtWork = requires(Permission.MANAGE_OFFICES),
) -> Response:
    """Add an office that has staff; or look for what it is to work for."""
    if form.look:
        return await _new_page(request, work, form)
    if form.kind not in set(OfficeKind):
        return await _new_page(request, work, form, _NO_KIND)
    if not form.name.strip():
        return await _new_page(request, work, form, _NO_NAME)
    kind = OfficeKind(form.kind)

    async def act() -> Response:
        async with work.acting("office.add", f"office:{kind.value}") as session:
            await registry.open_office(
                session,
                actor=work.actor,
                kind=kind,
                name=" ".join(form.name.split()),
                province=form.province.strip(),
                communes=form.communes,
                school_id=form.school_id,
                now=work.now,
            )
        return go(request, work, "/console/staff", "office_added")

    async def again(problem: Problem) -> Response:
        # Of a unit that has no school to choose it is the name that was taken already.
        beside = problem if kind is OfficeKind.SCHOOL else problem.at({"school": "name"})
        return await _new_page(request, work, form, beside)

    return await or_again(act, again)


@router.get("/{public_id}")
async def office(
    request: Request, public_id: str, work: AtWork = requires(Permission.MANAGE_OFFICES)
) -> HTMLResponse:
    """One office: what it works for, its people, and what became of it."""
    return await _page(request, work, public_id)


@router.post("/{public_id}/area")
async def change_office(
    request: Request,
    public_id: str,
    form: Annotated[OfficeForm, Depends()],
    work: AtWork = requires(Permission.MANAGE_OFFICES),
) -> Response:
    """Propose what an office works for from now on, and another administrator approves; or look for it."""
    async with work.reading() as session:
        await desk_lists.office_for(session, work.actor, public_id)
    if form.look:
        return await _page(request, work, public_id, typed=form)

    async def act() -> Response:
        return await propose(
            request,
            work,
            subject=f"office:{public_id}",
            kind=ProposalKind.CHANGE_OFFICE,
            payload={
                "office": public_id,
                "version": form.version,
                "communes": ", ".join(sorted(set(form.communes))),
                "school": form.school,
            },
            reason=form.reason,
            document=form.document,
        )

    async def again(problem: Problem) -> Response:
        return await _page(request, work, public_id, problem.at({"reason": "why-area"}), form)

    return await or_again(act, again)


@router.post("/{public_id}/close")
async def close_office(
    request: Request,
    public_id: str,
    reason: Annotated[str, Form(max_length=4000)] = "",
    work: AtWork = requires(Permission.MANAGE_OFFICES),
) -> Response:
    """Close an office: none of its staff may do anything there any more."""
    async with work.reading() as session:
        await desk_lists.office_for(session, work.actor, public_id)

    async def act() -> Response:
        because = reason_in(reason)
        async with work.acting("office.close", f"office:{public_id}") as session:
            await people.close_office(
                session, actor=work.actor, public_id=public_id, reason=because, now=work.now
            )
        return go(request, work, "/console/staff", "office_closed")

    async def again(problem: Problem) -> Response:
        return await _page(request, work, public_id, problem.at({"reason": "why-close"}))

    return await or_again(act, again)


async def _new_page(
    request: Request, work: AtWork, form: OfficeForm, problem: Problem = NO_PROBLEM
) -> HTMLResponse:
    kind = OfficeKind(form.kind) if form.kind in set(OfficeKind) else None
    chosen = await _places(work, form, kind)
    async with work.reading() as session:
        provinces = await places.provinces(session)
    return console_page(
        request,
        work,
        "office_form.html",
        problem=problem,
        form=form,
        kind=kind,
        kinds=[(one.value, labels.label("office_kind", one)) for one in OfficeKind],
        of_communes=kind in registry.OF_COMMUNES,
        of_province=kind in rights.OF_THE_PROVINCE,
        provinces=[(one, one) for one in provinces],
        places=chosen,
        full_name=schools.full_name,
    )


async def _page(
    request: Request,
    work: AtWork,
    public_id: str,
    problem: Problem = NO_PROBLEM,
    typed: OfficeForm | None = None,
) -> HTMLResponse:
    async with work.reading() as session:
        row = await desk_lists.office_for(session, work.actor, public_id)
        staff = await people.people_of(session, row.id)
        history, names = await history_of(session, f"office:{public_id}")
    now = OfficeForm(
        communes=tuple(one.commune_code for one in row.communes),
        school="" if row.school_id is None else str(row.school_id),
        version=str(row.version),
    )
    return console_page(
        request,
        work,
        "office.html",
        problem=problem,
        office=row,
        of_communes=row.kind in registry.OF_COMMUNES,
        of_province=row.kind in rights.OF_THE_PROVINCE,
        area=await _places(work, now, row.kind),
        places=await _places(work, typed or now, row.kind),
        form=typed or now,
        changing=typed is not None,
        no_school=NO_SCHOOL,
        staff=staff,
        history=history,
        people=names,
        full_name=schools.full_name,
    )


async def _places(work: AtWork, form: OfficeForm, kind: OfficeKind | None) -> Places:
    if kind in registry.OF_COMMUNES:
        async with work.reading() as session:
            chosen = await places.communes_with(session, form.communes)
        found = await communes_meant(work, form.q, without=frozenset(form.communes))
        return Places(communes=chosen, communes_found=found)
    if kind is OfficeKind.SCHOOL:
        school = None
        if form.school_id is not None:
            async with work.reading() as session:
                school = await desk_lists.school_for(session, work.actor, form.school_id)
        return Places(school=school, schools_found=await schools_meant(work, form.q, without=form.school_id))
    return Places()
