"""The protected list: numbers, accounts and links that cannot be listed as a scam; two persons change it."""

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import HTMLResponse, Response

from api.pages.console.access import AtWork, Whole, requires
from api.pages.console.proposals import history_of
from api.pages.console.proposing import propose
from api.pages.console.refusing import IdentifierTyped, kinds_to_pick, or_again
from api.pages.console.showing import NO_PROBLEM, Problem, console_page
from api.typed import searched
from db import protection
from db.approval_rules import ProposalKind
from db.models import RecordState
from db.rights import Permission

router = APIRouter(prefix="/protected")

PAGE: Final = "/console/protected"


@dataclass(frozen=True, slots=True)
class ProtectedForm(IdentifierTyped):
    """An identifier to protect, as typed."""

    owner: Annotated[str, Form(max_length=200)] = ""
    source: Annotated[str, Form(max_length=1000)] = ""
    document: Annotated[str, Form(max_length=400)] = ""
    reason: Annotated[str, Form(max_length=4000)] = ""


@router.get("")
async def protected(
    request: Request, q: str = "", work: AtWork = requires(Permission.READ_PROTECTED)
) -> HTMLResponse:
    """The list, the latest first."""
    async with work.reading() as session:
        rows = await protection.protected_like(session, work.actor, words=q, fragment=searched(q))
    return console_page(request, work, "protected.html", rows=rows, q=q)


@router.get("/new")
async def new_protected(
    request: Request, work: AtWork = requires(Permission.PROPOSE_PROTECTED)
) -> HTMLResponse:
    """The form."""
    return await _form_page(request, work, ProtectedForm())


@router.post("")
async def propose_protecting(
    request: Request,
    form: Annotated[ProtectedForm, Depends()],
    work: AtWork = requires(Permission.PROPOSE_PROTECTED),
) -> Response:
    """Propose to protect an identifier; a supervisor approves."""

    async def act() -> Response:
        kind, key = form.identifier()
        return await propose(
            request,
            work,
            subject=f"{kind.value}:{key}",
            kind=ProposalKind.PROTECT_NUMBER,
            payload={"kind": kind.value, "key": key, "owner": form.owner, "source": form.source},
            reason=form.reason,
            document=form.document,
        )

    return await or_again(act, lambda problem: _form_page(request, work, form, problem))


@router.get("/{protected_id}")
async def protected_entry(
    request: Request, protected_id: Whole, work: AtWork = requires(Permission.READ_PROTECTED)
) -> HTMLResponse:
    """One entry with its history."""
    return await _entry_page(request, work, protected_id)


@router.post("/{protected_id}/unprotect")
async def propose_unprotecting(
    request: Request,
    protected_id: Whole,
    reason: Annotated[str, Form(max_length=4000)] = "",
    document: Annotated[str, Form(max_length=400)] = "",
    work: AtWork = requires(Permission.PROPOSE_PROTECTED),
) -> Response:
    """Propose to protect it no longer."""
    async with work.reading() as session:
        row = await protection.protected_for(session, work.actor, protected_id)

    async def act() -> Response:
        return await propose(
            request,
            work,
            subject=f"{row.kind.value}:{row.key}",
            kind=ProposalKind.UNPROTECT_NUMBER,
            payload={"kind": row.kind.value, "key": row.key},
            reason=reason,
            document=document,
        )

    return await or_again(act, lambda problem: _entry_page(request, work, protected_id, problem))


async def _entry_page(
    request: Request, work: AtWork, protected_id: Whole, problem: Problem = NO_PROBLEM
) -> HTMLResponse:
    async with work.reading() as session:
        row = await protection.protected_for(session, work.actor, protected_id)
        history, people = await history_of(session, f"{row.kind.value}:{row.key}", f"protected:{row.id}")
    return console_page(
        request,
        work,
        "protected_entry.html",
        problem=problem.words,
        row=row,
        active=row.status is RecordState.ACTIVE,
        history=history,
        people=people,
    )


async def _form_page(
    request: Request, work: AtWork, form: ProtectedForm, problem: Problem = NO_PROBLEM
) -> HTMLResponse:
    return console_page(
        request,
        work,
        "protected_form.html",
        problem=problem,
        form=form,
        kinds=kinds_to_pick(),
    )
