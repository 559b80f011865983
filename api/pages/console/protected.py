"""The protected list: numbers, accounts and links that cannot be listed as a scam; two persons change it."""

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import HTMLResponse, Response

from api.pages.console import labels
from api.pages.console.access import AtWork, Refused, Whole, requires
from api.pages.console.proposals import history_of
from api.pages.console.proposing import propose
from api.pages.console.showing import console_page, refused_status
from api.typed import key_typed, searched
from db import protection
from db.approval_rules import ProposalKind
from db.models import RecordState
from db.recordable import KeyNotCanonical
from db.rights import Permission
from scamcheck.knowledge import IdentifierKind

router = APIRouter(prefix="/protected")

PAGE: Final = "/console/protected"
_KINDS: Final = tuple(kind.value for kind in IdentifierKind)


@dataclass(frozen=True, slots=True)
class ProtectedForm:
    """An identifier to protect, as typed."""

    kind: Annotated[str, Form(max_length=16)] = IdentifierKind.NUMBER.value
    typed: Annotated[str, Form(max_length=500)] = ""
    bank: Annotated[str, Form(max_length=100)] = ""
    owner: Annotated[str, Form(max_length=200)] = ""
    source: Annotated[str, Form(max_length=1000)] = ""
    document: Annotated[str, Form(max_length=400)] = ""
    reason: Annotated[str, Form(max_length=4000)] = ""

    def identifier(self) -> tuple[IdentifierKind, str]:
        """Kind and key.

        Raises:
            KeyNotCanonical: it cannot be read.
        """
        if self.kind not in _KINDS:
            raise KeyNotCanonical(self.kind)
        kind = IdentifierKind(self.kind)
        return kind, key_typed(kind, self.typed, self.bank)


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
    return _form_page(request, work, ProtectedForm())


@router.post("")
async def propose_protecting(
    request: Request,
    form: Annotated[ProtectedForm, Depends()],
    work: AtWork = requires(Permission.PROPOSE_PROTECTED),
) -> Response:
    """Propose to protect an identifier; a supervisor approves."""
    try:
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
    except KeyNotCanonical as fact:
        return _form_page(request, work, form, labels.refusal(fact))
    except Refused as refused:
        return _form_page(request, work, form, labels.refusal(refused.fact))


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
    try:
        return await propose(
            request,
            work,
            subject=f"{row.kind.value}:{row.key}",
            kind=ProposalKind.UNPROTECT_NUMBER,
            payload={"kind": row.kind.value, "key": row.key},
            reason=reason,
            document=document,
        )
    except Refused as refused:
        return await _entry_page(request, work, protected_id, labels.refusal(refused.fact))


async def _entry_page(request: Request, work: AtWork, protected_id: Whole, problem: str = "") -> HTMLResponse:
    async with work.reading() as session:
        row = await protection.protected_for(session, work.actor, protected_id)
        history, people = await history_of(session, f"{row.kind.value}:{row.key}", f"protected:{row.id}")
    return console_page(
        request,
        work,
        "protected_entry.html",
        status=refused_status(problem),
        problem=problem,
        row=row,
        active=row.status is RecordState.ACTIVE,
        history=history,
        people=people,
    )


def _form_page(request: Request, work: AtWork, form: ProtectedForm, problem: str = "") -> HTMLResponse:
    return console_page(
        request,
        work,
        "protected_form.html",
        status=refused_status(problem),
        problem=problem,
        form=form,
        kinds=[(kind, labels.label("identifier", kind)) for kind in _KINDS],
    )
