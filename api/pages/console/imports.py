"""Imports: a file is brought, read for trial, looked at row by row, and proposed to a second person."""

import json
from datetime import date
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from starlette.datastructures import UploadFile
from starlette.responses import HTMLResponse, Response

from api import downloads
from api.pages.console import labels
from api.pages.console.access import AtWork, Refused, Whole, requires
from api.pages.console.refusing import problem_of
from api.pages.console.showing import NO_PROBLEM, Problem, console_page, go
from db import audit, models, rights
from db.importing import desk, staging, words
from db.importing.reading import Given, read_date
from db.importing.scopes import kinds_for
from db.models import ImportKind, ImportStatus, ProposalStatus, RowOutcome
from db.rights import Permission
from scamcheck.claims import OwnerKind

router = APIRouter(prefix="/imports")

PAGE: Final = "/console/imports"
BRINGING: Final = (Permission.STAGE_SCHOOL_IMPORT, Permission.STAGE_IMPORT)
READING: Final = (*BRINGING, Permission.ACTIVATE_IMPORT)
LEFT_OUT: Final = (RowOutcome.CONFLICT, RowOutcome.QUESTION, RowOutcome.INVALID)
MOST_LEFT_OUT: Final = 100_000
_NOTHING_ABOUT: Final[dict[str, object]] = {"unknown": [], "passed_over": [], "letters": "unicode"}
_WAITING: Final = (ProposalStatus.PROPOSED, ProposalStatus.APPROVED)


class FileMissing(ValueError):
    """No file was chosen."""


@router.get("")
async def imports(request: Request, work: AtWork = requires(*READING)) -> HTMLResponse:
    """Imports of one's own office, those of the province that a second person may look at, and the form."""
    return await _list(request, work)


@router.post("")
async def upload(request: Request, work: AtWork = requires(*BRINGING)) -> Response:
    """Keep a file and begin to read it for trial. Nothing of the record changes."""
    # Read here and not as parameters: those are read before anybody knows who sends them.
    form = await request.form()
    said = {name: str(form.get(name, ""))[:500].strip() for name in _SAID}
    try:
        async with work.acting("import.stage", "import:new") as session:
            file = form.get("file")
            if not isinstance(file, UploadFile) or not file.filename:
                raise FileMissing
            kind = ImportKind(said["kind"])
            batch, new = await staging.stage(
                session,
                actor=work.actor,
                kind=kind,
                file_name=file.filename,
                content=await file.read(),
                given=_given(work, kind, said),
                now=work.now,
            )
    except Refused as refused:
        return await _list(request, work, problem_of(refused.fact), said)
    finally:
        await form.close()
    return go(request, work, f"{PAGE}/{batch.public_id}", "" if new else "known_file")


_SAID: Final = ("kind", "source", "document", "verified_at", "unit", "consent")


def _given(work: AtWork, kind: ImportKind, said: dict[str, str]) -> Given:
    school = work.may(Permission.STAGE_SCHOOL_IMPORT)
    return Given(
        source=said["source"],
        document=said["document"],
        verified_at=_day(said["verified_at"]),
        unit=(said["unit"] or work.actor.office_name) if kind is ImportKind.INDICATORS else "",
        owner_kind=(OwnerKind.SCHOOL if school else OwnerKind.POLICE)
        if kind is ImportKind.CONTACTS
        else None,
        consent=said["consent"] if school else "",
        for_demo=work.actor.is_example,
    )


def _day(written: str) -> date | None:
    return read_date(written) if written else None


@router.get("/{import_id}")
async def report(
    request: Request, import_id: str, show: str = "", after: Whole = 0, work: AtWork = requires(*READING)
) -> HTMLResponse:
    """What each row of the file would do."""
    return await _report(request, work, import_id, show=show, after=after)


@router.get("/{import_id}/progress")
async def progress(request: Request, import_id: str, work: AtWork = requires(*READING)) -> Response:
    """How far the reading is: a part of the page, which then comes anew when all is read."""
    async with work.reading() as session:
        batch = await desk.import_for(session, work.actor, import_id)
    if batch.status is not ImportStatus.CHECKING:
        return Response(status_code=HTTPStatus.NO_CONTENT, headers={"HX-Redirect": f"{PAGE}/{import_id}"})
    return console_page(request, work, "import_progress.html", batch=batch)


@router.get("/{import_id}/left-out.{form}")
async def left_out(
    request: Request,  # noqa: ARG001
    import_id: str,
    form: str,
    work: AtWork = requires(*READING),
) -> Response:
    """The rows that are not taken in, with the reasons, for whoever keeps the list."""
    async with work.acting("import.download", f"import:{import_id}") as session:
        batch = await desk.import_for(session, work.actor, import_id)
        found = await desk.lines(session, batch.id, outcomes=LEFT_OUT, most=MOST_LEFT_OUT)
        await audit.record(
            session,
            actor=work.actor,
            action="import.download",
            subject=f"import:{import_id}",
            facts={"rows": str(len(found.rows))},
            now=work.now,
        )
    rows = [
        (line.sheet, str(line.row), line.shown, labels.label("row_outcome", line.outcome), _why(line))
        for line in found.rows
    ]
    return await downloads.table(
        form, "khong-nhan", ("Trang tính", "Hàng", "Nội dung", "Kết quả", "Vì sao"), rows
    )


@router.post("/{import_id}/zeros")
async def answer(
    request: Request,
    import_id: str,
    restore: Annotated[str, Form(max_length=8)] = "",
    work: AtWork = requires(*BRINGING),
) -> Response:
    """Answer whether numbers without their zero get it back, and read the file again."""
    async with work.acting("import.check", f"import:{import_id}") as session:
        await staging.check_again(
            session, actor=work.actor, public_id=import_id, restores_zeros=restore == "yes", now=work.now
        )
    return go(request, work, f"{PAGE}/{import_id}")


@router.post("/{import_id}/again")
async def again(request: Request, import_id: str, work: AtWork = requires(*BRINGING)) -> Response:
    """Read the file for trial again: the record has changed."""
    async with work.acting("import.check", f"import:{import_id}") as session:
        await staging.check_again(session, actor=work.actor, public_id=import_id, now=work.now)
    return go(request, work, f"{PAGE}/{import_id}")


@router.post("/{import_id}/propose")
async def propose(
    request: Request,
    import_id: str,
    reason: Annotated[str, Form(max_length=4000)] = "",
    work: AtWork = requires(*BRINGING),
) -> Response:
    """Propose to take in what the report shows."""
    try:
        async with work.acting("proposal.propose", f"import:{import_id}") as session:
            await desk.propose(session, actor=work.actor, public_id=import_id, reason=reason, now=work.now)
    except Refused as refused:
        return await _report(request, work, import_id, problem=problem_of(refused.fact), reason=reason)
    return go(request, work, f"{PAGE}/{import_id}", "proposed")


@router.post("/{import_id}/discard")
async def discard(request: Request, import_id: str, work: AtWork = requires(*BRINGING)) -> Response:
    """Give the import up; its file and rows are erased."""
    async with work.acting("import.discard", f"import:{import_id}") as session:
        await staging.discard(session, actor=work.actor, public_id=import_id, now=work.now)
    return go(request, work, PAGE, "discarded")


async def _list(
    request: Request, work: AtWork, problem: Problem = NO_PROBLEM, said: dict[str, str] | None = None
) -> HTMLResponse:
    async with work.reading() as session:
        found = await desk.imports_of(session, work.actor)
        kinds = kinds_for(await rights.standing(session, work.actor.membership_id))
        waiting = {
            batch.id: proposal is not None and proposal.status in _WAITING
            for batch, _ in found
            if batch.status is ImportStatus.READY
            for proposal in [await staging.proposal_of(session, batch.public_id)]
        }
    return console_page(
        request,
        work,
        "imports.html",
        problem=problem,
        rows=found,
        waiting=waiting,
        kinds=[(kind.value, labels.label("import_kind", kind)) for kind in kinds],
        said_before=said or dict.fromkeys(_SAID, ""),
    )


async def _report(
    request: Request,
    work: AtWork,
    import_id: str,
    *,
    show: str = "",
    after: Whole = 0,
    problem: Problem = NO_PROBLEM,
    reason: str = "",
) -> HTMLResponse:
    outcome = RowOutcome(show) if show in set(RowOutcome) else None
    async with work.reading() as session:
        batch = await desk.import_for(session, work.actor, import_id)
        counted = await staging.counts(session, batch.id)
        lines = await desk.lines(
            session,
            batch.id,
            outcomes=() if outcome is None else (outcome,),
            after=min(max(after, 0), 2**62),
        )
        office = await session.get_one(models.Office, batch.office_id)
        person = await session.get_one(models.StaffMember, batch.staff_id)
        proposal = await staging.proposal_of(session, import_id)
    waits = proposal is not None and proposal.status in _WAITING
    return console_page(
        request,
        work,
        "import.html",
        problem=problem,
        batch=batch,
        counted=[(one, counted[one]) for one in RowOutcome],
        by_outcome={one.value: number for one, number in counted.items()},
        taken=counted[RowOutcome.NEW] + counted[RowOutcome.CHANGED],
        left=sum(counted[one] for one in LEFT_OUT),
        lines=[
            (line, _why(line), [words.note(note) for note in json.loads(line.notes or "[]")])
            for line in lines.rows
        ],
        more=lines.rows[-1].id if lines.more else None,
        show=show if outcome else "",
        about=_NOTHING_ABOUT | json.loads(batch.about or "{}"),
        given=staging.from_json(batch.given),
        file_problem=words.FILE[batch.why][0] if batch.why else "",
        office=office.name,
        person=person.name,
        proposal=proposal,
        waits=waits,
        own=batch.office_id == work.actor.office_id and work.may(*BRINGING) and not waits,
        reason=reason,
    )


def _why(line: models.ImportRow) -> str:
    return words.why(line.why, line.detail) if line.why else ""
