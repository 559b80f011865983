"""The scam list: search, history, propose to confirm or withdraw, warn for a day, suspend for three."""

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import HTMLResponse, Response

from api.pages.console import labels
from api.pages.console.access import AtWork, Whole, requires
from api.pages.console.proposals import history_of
from api.pages.console.proposing import propose
from api.pages.console.refusing import KINDS, IdentifierTyped, kinds_to_pick, or_again, reason_in
from api.pages.console.showing import NO_PROBLEM, Problem, console_page, go
from api.typed import day_typed, searched
from db import desk_lists, indicator_desk, report_queue
from db.approval_rules import ProposalKind
from db.models import IndicatorState
from db.rights import Permission
from scamcheck.knowledge import IdentifierKind

router = APIRouter(prefix="/indicators")

PAGE: Final = "/console/indicators"
_SHOWN: Final = (
    IndicatorState.CONFIRMED,
    IndicatorState.TEMPORARY_WARNING,
    IndicatorState.SUSPENDED,
    IndicatorState.EXPIRED,
    IndicatorState.WITHDRAWN,
)


@dataclass(frozen=True, slots=True)
class IndicatorForm(IdentifierTyped):
    """An identifier to list, as typed."""

    key: Annotated[str, Form(max_length=500)] = ""
    """The key itself, when the form was opened from the queue."""
    source: Annotated[str, Form(max_length=1000)] = ""
    document: Annotated[str, Form(max_length=400)] = ""
    verified_at: Annotated[str, Form(max_length=10)] = ""
    override: Annotated[str, Form(max_length=1000)] = ""
    reason: Annotated[str, Form(max_length=4000)] = ""


@router.get("")
async def indicators(
    request: Request,
    q: str = "",
    state: str = "",
    due: str = "",
    before: Whole | None = None,
    work: AtWork = requires(Permission.READ_INDICATORS),
) -> HTMLResponse:
    """The list, the latest first."""
    states = [one for one in _SHOWN if one.value == state]
    async with work.reading() as session:
        if due:
            rows = [
                row
                for row in await indicator_desk.due_for_review(session, work.now)
                if row.is_example == work.actor.is_example
            ]
            page = desk_lists.Page(tuple(rows), more=False)
        else:
            page = await desk_lists.indicators_like(
                session, work.actor, fragment=searched(q), states=states, before=before
            )
    return console_page(
        request,
        work,
        "indicators.html",
        rows=page.rows,
        more=page.rows[-1].id if page.more else None,
        q=q,
        state=state,
        due=due,
        states=_SHOWN,
    )


@router.get("/new")
async def new_indicator(
    request: Request,
    kind: str = IdentifierKind.NUMBER.value,
    key: str = "",
    work: AtWork = requires(Permission.PROPOSE_INDICATOR),
) -> HTMLResponse:
    """The form; from the queue with the identifier filled in."""
    form = IndicatorForm(kind=kind if kind in KINDS else KINDS[0], key=key, verified_at=labels.day(work.now))
    return await _form_page(request, work, form)


@router.post("")
async def propose_confirmation(
    request: Request,
    form: Annotated[IndicatorForm, Depends()],
    work: AtWork = requires(Permission.PROPOSE_INDICATOR),
) -> Response:
    """Propose to confirm an identifier; a supervisor confirms."""

    async def act() -> Response:
        kind, key = form.identifier(form.key)
        return await propose(
            request,
            work,
            subject=f"{kind.value}:{key}",
            kind=ProposalKind.CONFIRM_INDICATOR,
            payload={
                "kind": kind.value,
                "key": key,
                "source": form.source,
                "verified_at": day_typed(form.verified_at),
                "override": form.override,
            },
            reason=form.reason,
            document=form.document,
        )

    return await or_again(act, lambda problem: _form_page(request, work, form, problem))


@router.post("/warn")
async def warn(
    request: Request,
    form: Annotated[IndicatorForm, Depends()],
    work: AtWork = requires(Permission.WARN_TEMPORARILY),
) -> Response:
    """Warn of an identifier for 24 hours, alone."""

    async def act() -> Response:
        kind, key = form.identifier(form.key)
        reason = reason_in(form.reason)
        async with work.acting("indicator.warn", f"{kind.value}:{key}") as session:
            row = await indicator_desk.warn(
                session,
                actor=work.actor,
                kind=kind,
                key=key,
                source=form.source.strip(),
                reason=reason,
                now=work.now,
            )
        return go(request, work, f"{PAGE}/{row.id}", "warned")

    return await or_again(act, lambda problem: _form_page(request, work, form, problem))


@router.get("/{indicator_id}")
async def indicator(
    request: Request, indicator_id: Whole, work: AtWork = requires(Permission.READ_INDICATORS)
) -> HTMLResponse:
    """One entry with its whole history."""
    return await _entry_page(request, work, indicator_id)


@router.post("/{indicator_id}/withdraw")
async def propose_withdrawal(
    request: Request,
    indicator_id: Whole,
    version: Annotated[str, Form(max_length=16)] = "",
    reason: Annotated[str, Form(max_length=4000)] = "",
    document: Annotated[str, Form(max_length=400)] = "",
    work: AtWork = requires(Permission.PROPOSE_INDICATOR),
) -> Response:
    """Propose to take an entry off the list."""
    kind = ProposalKind.WITHDRAW_INDICATOR
    return await _propose_about(request, work, indicator_id, kind, version, reason, document)


@router.post("/{indicator_id}/restore")
async def propose_restoring(
    request: Request,
    indicator_id: Whole,
    version: Annotated[str, Form(max_length=16)] = "",
    reason: Annotated[str, Form(max_length=4000)] = "",
    document: Annotated[str, Form(max_length=400)] = "",
    work: AtWork = requires(Permission.PROPOSE_INDICATOR),
) -> Response:
    """Propose to list an entry again that was suspended, withdrawn or has expired."""
    kind = ProposalKind.RESTORE_INDICATOR
    return await _propose_about(request, work, indicator_id, kind, version, reason, document)


@router.post("/{indicator_id}/suspend")
async def suspend(
    request: Request,
    indicator_id: Whole,
    version: Annotated[int, Form()],
    reason: Annotated[str, Form(max_length=4000)] = "",
    work: AtWork = requires(Permission.SUSPEND_INDICATOR),
) -> Response:
    """Let an entry count as absent for 72 hours, alone."""

    async def act() -> Response:
        why = reason_in(reason)
        async with work.acting("indicator.suspend", f"indicator:{indicator_id}") as session:
            await indicator_desk.suspend(
                session,
                actor=work.actor,
                indicator_id=indicator_id,
                version=version,
                reason=why,
                now=work.now,
            )
        return go(request, work, f"{PAGE}/{indicator_id}", "suspended")

    return await or_again(act, lambda problem: _entry_page(request, work, indicator_id, problem))


async def _propose_about(
    request: Request,
    work: AtWork,
    indicator_id: Whole,
    kind: ProposalKind,
    version: str,
    reason: str,
    document: str,
) -> Response:
    async def act() -> Response:
        return await propose(
            request,
            work,
            subject=f"indicator:{indicator_id}",
            kind=kind,
            payload={"indicator": str(indicator_id), "version": version},
            reason=reason,
            document=document,
        )

    return await or_again(act, lambda problem: _entry_page(request, work, indicator_id, problem))


async def _entry_page(
    request: Request, work: AtWork, indicator_id: Whole, problem: Problem = NO_PROBLEM
) -> HTMLResponse:
    async with work.reading() as session:
        row = await desk_lists.indicator_for(session, work.actor, indicator_id)
        entries = await desk_lists.entries_of_key(session, row)
        subjects = [f"indicator:{entry.id}" for entry in entries]
        history, people = await history_of(session, f"{row.kind.value}:{row.key}", *subjects)
        alone = await indicator_desk.lone_actions_of(session, row.kind, row.key)
        people |= await desk_lists.people_with(session, [one.staff_id for one in alone])
        reports = 0
        if work.may(Permission.READ_QUEUE):
            reports = len(await report_queue.reports_of(session, row.kind, row.key))
    return console_page(
        request,
        work,
        "indicator.html",
        problem=problem.words,
        row=row,
        due=indicator_desk.is_due_for_review(row, work.now),
        entries=entries,
        alone=alone,
        history=history,
        people=people,
        reports=reports,
    )


async def _form_page(
    request: Request, work: AtWork, form: IndicatorForm, problem: Problem = NO_PROBLEM
) -> HTMLResponse:
    return console_page(
        request,
        work,
        "indicator_form.html",
        problem=problem,
        form=form,
        kinds=kinds_to_pick(),
    )
