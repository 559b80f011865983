"""Official contacts of one's own area: propose, change, give up, freeze, unfreeze, reconfirm."""

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import HTMLResponse, Response

from api.pages.console import labels
from api.pages.console.access import AtWork, Whole, requires
from api.pages.console.proposals import history_of
from api.pages.console.proposing import propose
from api.pages.console.refusing import or_again
from api.pages.console.showing import NO_PROBLEM, Problem, console_page, go
from api.typed import day_typed, key_typed
from db import contact_desk, desk_lists, models, schools
from db.approval_rules import ProposalKind
from db.contact_rules import LOST, YES
from db.models import RecordState, Role
from db.rights import Permission
from scamcheck.knowledge import IdentifierKind
from scamcheck.showing import Showing

router = APIRouter(prefix="/contacts")

PAGE: Final = "/console/contacts"
_FOR_SCHOOLS: Final = (Role.SCHOOL_STAFF, Role.EDUCATION_OFFICER)
"""Roles that propose numbers of schools; the others propose those of their own organisations."""


@dataclass(frozen=True, slots=True)
class ContactForm:
    """A proposed number, as typed."""

    owner: Annotated[str, Form(max_length=64)] = ""
    kind: Annotated[str, Form(max_length=16)] = IdentifierKind.NUMBER.value
    number: Annotated[str, Form(max_length=200)] = ""
    label: Annotated[str, Form(max_length=200)] = "đường dây nóng"
    hours: Annotated[str, Form(max_length=400)] = ""
    backup: Annotated[str, Form(max_length=8)] = ""
    owner_consent: Annotated[str, Form(max_length=400)] = ""
    source: Annotated[str, Form(max_length=1000)] = ""
    verified_at: Annotated[str, Form(max_length=10)] = ""
    document: Annotated[str, Form(max_length=400)] = ""
    reason: Annotated[str, Form(max_length=4000)] = ""
    why: Annotated[str, Form(max_length=16)] = ""
    version: Annotated[str, Form(max_length=16)] = ""

    def details(self) -> dict[str, str]:
        """The fields of a proposal, those that were filled in.

        Raises:
            KeyNotCanonical: the number cannot be read.
        """
        kind = IdentifierKind.LINK if self.kind == IdentifierKind.LINK else IdentifierKind.NUMBER
        written = {
            "kind": kind.value,
            "key": key_typed(kind, self.number),
            "label": self.label,
            "hours": self.hours,
            "backup": YES if self.backup else "",
            "owner_consent": self.owner_consent,
            "source": self.source,
            "verified_at": day_typed(self.verified_at),
        }
        return {name: value.strip() for name, value in written.items() if value.strip()}


@dataclass(frozen=True, slots=True)
class Row:
    """One contact in the list."""

    contact: models.Contact
    owner: str
    place: str
    state: str

    @property
    def number(self) -> str:
        """Numbers as they are printed, links so that they cannot be opened by mistake."""
        kind = self.contact.kind
        return (
            self.contact.printed
            if kind is IdentifierKind.NUMBER
            else labels.identifier(self.contact.key, kind)
        )


def row_of(contact: models.Contact, work: AtWork) -> Row:
    """A contact with its owner and how it is shown now."""
    if contact.school is not None:
        owner, place = f"Trường {schools.full_name(contact.school)}", contact.school.commune.name
    else:
        owner, place = ("" if contact.organisation is None else contact.organisation.name), ""
    showing = contact_desk.showing(contact, work.now)
    if contact.status is RecordState.SUSPENDED:
        state = "frozen"
    else:
        state = {Showing.CONFIRMED: "active", Showing.HIDDEN: "expired"}.get(showing, showing.value)
    return Row(contact, owner, place, state)


@router.get("")
async def contacts(
    request: Request, q: str = "", due: str = "", work: AtWork = requires(Permission.READ_CONTACTS)
) -> HTMLResponse:
    """Contacts of one's own area."""
    async with work.reading() as session:
        found = await desk_lists.contacts_of(session, work.actor, query=q)
    rows = [row_of(contact, work) for contact in found]
    if due:
        soon = work.now + contact_desk.REMIND_BEFORE[0]
        rows = [row for row in rows if row.contact.expires_at and row.contact.expires_at <= soon]
    return console_page(request, work, "contacts.html", rows=rows, q=q, due=due)


@router.get("/new")
async def new_contact(
    request: Request, owner: str = "", work: AtWork = requires(Permission.PROPOSE_CONTACT)
) -> HTMLResponse:
    """The form for a new number."""
    form = ContactForm(owner=owner, verified_at=labels.day(work.now))
    return await _form_page(request, work, form)


@router.post("")
async def propose_contact(
    request: Request,
    form: Annotated[ContactForm, Depends()],
    work: AtWork = requires(Permission.PROPOSE_CONTACT),
) -> Response:
    """Propose a new number; a second person approves."""

    async def act() -> Response:
        return await propose(
            request,
            work,
            subject=f"contact:new:{form.owner}",
            kind=ProposalKind.ADD_CONTACT,
            payload={**form.details(), "owner": form.owner},
            reason=form.reason,
            document=form.document,
        )

    return await or_again(act, lambda problem: _form_page(request, work, form, problem=problem))


@router.get("/{contact_id}")
async def contact(
    request: Request, contact_id: Whole, work: AtWork = requires(Permission.READ_CONTACTS)
) -> HTMLResponse:
    """One contact, its history, and what can be done with it."""
    return await _contact_page(request, work, contact_id)


@router.get("/{contact_id}/change")
async def change_contact(
    request: Request, contact_id: Whole, work: AtWork = requires(Permission.PROPOSE_CONTACT)
) -> HTMLResponse:
    """The form for another number in its place."""
    async with work.reading() as session:
        found = await desk_lists.contact_for(session, work.actor, contact_id)
    form = ContactForm(
        kind=found.kind.value,
        number=found.printed,
        label=found.label,
        hours=found.hours,
        backup=YES if found.is_backup else "",
        source=found.source,
        verified_at=labels.day(work.now),
        version=str(found.version),
    )
    return await _form_page(request, work, form, changing=row_of(found, work))


@router.post("/{contact_id}/change")
async def propose_change(
    request: Request,
    contact_id: Whole,
    form: Annotated[ContactForm, Depends()],
    work: AtWork = requires(Permission.PROPOSE_CONTACT),
) -> Response:
    """Propose another number in its place: the old one stays for 24 hours, unless it was lost."""
    async with work.reading() as session:
        old = row_of(await desk_lists.contact_for(session, work.actor, contact_id), work)

    async def act() -> Response:
        return await propose(
            request,
            work,
            subject=f"contact:{contact_id}",
            kind=ProposalKind.CHANGE_CONTACT,
            payload={**form.details(), **_about(contact_id, form.version, form.why)},
            reason=form.reason,
            document=form.document,
        )

    return await or_again(act, lambda problem: _form_page(request, work, form, changing=old, problem=problem))


@router.post("/{contact_id}/withdraw")
async def propose_withdrawal(
    request: Request,
    contact_id: Whole,
    version: Annotated[str, Form(max_length=16)] = "",
    reason: Annotated[str, Form(max_length=4000)] = "",
    why: Annotated[str, Form(max_length=16)] = "",
    work: AtWork = requires(Permission.PROPOSE_CONTACT),
) -> Response:
    """Propose to give a number up."""
    payload = _about(contact_id, version, why)
    return await _propose_about(request, work, contact_id, ProposalKind.WITHDRAW_CONTACT, payload, reason)


@router.post("/{contact_id}/unfreeze")
async def propose_unfreezing(
    request: Request,
    contact_id: Whole,
    version: Annotated[str, Form(max_length=16)] = "",
    reason: Annotated[str, Form(max_length=4000)] = "",
    work: AtWork = requires(Permission.PROPOSE_CONTACT),
) -> Response:
    """Propose to show a frozen number again."""
    payload = _about(contact_id, version)
    return await _propose_about(request, work, contact_id, ProposalKind.UNFREEZE_CONTACT, payload, reason)


@router.post("/{contact_id}/freeze")
async def freeze(
    request: Request,
    contact_id: Whole,
    reason: Annotated[str, Form(max_length=4000)] = "",
    work: AtWork = requires(Permission.FREEZE_CONTACT),
) -> Response:
    """Stop showing a number at once; two persons show it again."""
    async with work.acting("contact.freeze", f"contact:{contact_id}") as session:
        await contact_desk.freeze(
            session, actor=work.actor, contact_id=contact_id, reason=reason.strip(), now=work.now
        )
    return go(request, work, f"{PAGE}/{contact_id}", "frozen")


@router.post("/{contact_id}/reconfirm")
async def reconfirm(
    request: Request,
    contact_id: Whole,
    version: Annotated[int, Form()],
    work: AtWork = requires(Permission.RECONFIRM_CONTACT),
) -> Response:
    """Say that a number of one's own is still right."""
    async with work.acting("contact.reconfirm", f"contact:{contact_id}") as session:
        await contact_desk.reconfirm(
            session, actor=work.actor, contact_id=contact_id, version=version, now=work.now
        )
    return go(request, work, f"{PAGE}/{contact_id}", "reconfirmed")


def _about(contact_id: int, version: str, why: str = "") -> dict[str, str]:
    lost = {"why": LOST} if why == LOST else {}
    return {"contact": str(contact_id), "version": version, **lost}


async def _propose_about(
    request: Request,
    work: AtWork,
    contact_id: Whole,
    kind: ProposalKind,
    payload: dict[str, str],
    reason: str,
) -> Response:
    async def act() -> Response:
        return await propose(
            request, work, subject=f"contact:{contact_id}", kind=kind, payload=payload, reason=reason
        )

    return await or_again(act, lambda problem: _contact_page(request, work, contact_id, problem))


async def _contact_page(
    request: Request, work: AtWork, contact_id: Whole, problem: Problem = NO_PROBLEM
) -> HTMLResponse:
    async with work.reading() as session:
        found = await desk_lists.contact_for(session, work.actor, contact_id)
        history, people = await history_of(session, f"contact:{contact_id}")
    return console_page(
        request,
        work,
        "contact.html",
        problem=problem.words,
        row=row_of(found, work),
        history=history,
        people=people,
    )


async def _form_page(
    request: Request,
    work: AtWork,
    form: ContactForm,
    *,
    changing: Row | None = None,
    problem: Problem = NO_PROBLEM,
) -> HTMLResponse:
    owners: list[tuple[str, str]] = []
    if changing is None:
        async with work.reading() as session:
            if work.actor.role in _FOR_SCHOOLS:
                owners = [
                    (f"school:{school.id}", f"Trường {schools.full_name(school)}, {school.commune.name}")
                    for school in await desk_lists.schools_of(session, work.actor)
                ]
            owners += [
                (f"organisation:{one.id}", one.name) for one in await desk_lists.owned_by(session, work.actor)
            ]
    return console_page(
        request,
        work,
        "contact_form.html",
        problem=problem,
        form=form,
        owners=owners,
        changing=changing,
    )
