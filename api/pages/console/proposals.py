"""Proposals: what waits for the second person, what became of it, and the decision itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import HTMLResponse, Response

from api.pages.console import labels
from api.pages.console.access import AtWork, Refused, requires
from api.pages.console.refusing import problem_of
from api.pages.console.showing import DECIDING, NO_PROBLEM, PROPOSING, Problem, console_page, go
from db import (
    approvals,
    desk_lists,
    models,
    places,
    proposal_lists,
    proposal_record,
    schools,
    script_desk,
    staff,
)
from db.approval_rules import ProposalKind
from db.models import ProposalStatus
from db.rights import Permission
from scamcheck.knowledge import IdentifierKind

router = APIRouter(prefix="/proposals")

PAGE: Final = "/console/proposals"
_READING: Final[tuple[Permission, ...]] = (*DECIDING, *PROPOSING)
_HIDDEN_FIELDS: Final = frozenset(
    {
        "version",
        "contact",
        "indicator",
        "owner",
        "office",
        "import",
        "content",
        "school",
        "into",
        "staff",
        "was",
        "communes",
    }
)
"""Fields that say nothing to a person; what they stand for is shown as what the proposal is about."""

_ORDER: Final = (
    "name",
    "email",
    "role",
    "kind",
    "key",
    "label",
    "hours",
    "backup",
    "owner_consent",
    "source",
)
"""In which order fields are read; the others follow."""
_ABOUT_PEOPLE: Final = frozenset(
    {
        ProposalKind.GRANT_ROLE,
        ProposalKind.RESET_SECOND_FACTOR,
        ProposalKind.RESET_PASSWORD,
        ProposalKind.CHANGE_OFFICE,
    }
)
_CODED: Final = {"kind": "identifier", "role": "role", "scenario": "scenario"}
"""Fields that hold a code, with the group of its word."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A proposal as it is read."""

    proposal: models.Proposal
    about: str
    people: str
    decision: models.Approval | None = None
    area: tuple[tuple[str, str], ...] = ()
    """What an office works for, as it would be and as it is."""

    @property
    def title(self) -> str:
        """The act in full, such as "Xác nhận lừa đảo: 0530 000 200"."""
        return f"{labels.label('proposal_kind', self.proposal.kind)}: {self.about}"

    @property
    def fields(self) -> list[tuple[str, str]]:
        """Its fields in words."""
        payload = proposal_record.payload_of(self.proposal)
        kind = payload.get("kind", IdentifierKind.NUMBER.value)
        hidden = _HIDDEN_FIELDS if "kind" in payload else _HIDDEN_FIELDS | {"key"}
        return [
            *self.area,
            *(
                (labels.label("payload", name), _in_words(name, value, kind))
                for name, value in sorted(payload.items(), key=lambda field: _place(field[0]))
                if name not in hidden and value
            ),
        ]


@router.get("")
async def proposals(request: Request, work: AtWork = requires(*_READING)) -> HTMLResponse:
    """What waits for this person, and what their office proposed."""
    async with work.reading() as session:
        waiting = await proposal_lists.waiting_for(session, actor=work.actor)
        ours = await proposal_lists.proposals_of(session, actor=work.actor)
        people = await desk_lists.people_with(session, [one.proposer_id for one in (*waiting, *ours)])
        shown = {
            one.id: Shown(one, await about(session, one), people.get(one.proposer_id, ""))
            for one in (*waiting, *ours)
        }
    return console_page(
        request,
        work,
        "proposals.html",
        waiting=[shown[one.id] for one in waiting],
        ours=[shown[one.id] for one in ours],
        decides=work.may(*DECIDING),
    )


@router.get("/{proposal_id}")
async def proposal(request: Request, proposal_id: str, work: AtWork = requires(*_READING)) -> HTMLResponse:
    """One proposal, with the decision or the form for it."""
    return await _page(request, work, proposal_id)


@router.post("/{proposal_id}/approve")
async def approve(
    request: Request,
    proposal_id: str,
    version_hash: Annotated[str, Form(max_length=64)] = "",
    reason: Annotated[str, Form(max_length=4000)] = "",
    callback_code: Annotated[str, Form(max_length=32)] = "",
    code: Annotated[str, Form(max_length=64)] = "",
    work: AtWork = requires(*DECIDING),
) -> Response:
    """Approve as the second person, the very version that was on the page."""
    try:
        work = await work.step_up(code) if code else work
        async with work.acting("proposal.approve", f"proposal:{proposal_id}") as session:
            await approvals.approve(
                session,
                actor=work.actor,
                proposal_id=proposal_id,
                version_hash=version_hash,
                reason=reason,
                callback_code=callback_code,
                now=work.now,
            )
    except Refused as refused:
        return await _page(request, work, proposal_id, problem_of(refused.fact), reason=reason)
    return go(request, work, f"{PAGE}/{proposal_id}", "approved")


@router.post("/{proposal_id}/reject")
async def reject(
    request: Request,
    proposal_id: str,
    version_hash: Annotated[str, Form(max_length=64)] = "",
    reason: Annotated[str, Form(max_length=4000)] = "",
    code: Annotated[str, Form(max_length=64)] = "",
    work: AtWork = requires(*DECIDING),
) -> Response:
    """Reject as the second person."""
    try:
        work = await work.step_up(code) if code else work
        async with work.acting("proposal.reject", f"proposal:{proposal_id}") as session:
            await approvals.reject(
                session,
                actor=work.actor,
                proposal_id=proposal_id,
                version_hash=version_hash,
                reason=reason,
                now=work.now,
            )
    except Refused as refused:
        return await _page(request, work, proposal_id, problem_of(refused.fact), reason=reason)
    return go(request, work, f"{PAGE}/{proposal_id}", "rejected")


@router.post("/{proposal_id}/take-back")
async def take_back(
    request: Request,
    proposal_id: str,
    reason: Annotated[str, Form(max_length=4000)] = "",
    work: AtWork = requires(*PROPOSING),
) -> Response:
    """Take a proposal of one's own back."""
    async with work.acting("proposal.take_back", f"proposal:{proposal_id}") as session:
        await approvals.take_back(
            session, actor=work.actor, proposal_id=proposal_id, reason=reason, now=work.now
        )
    return go(request, work, f"{PAGE}/{proposal_id}", "taken_back")


async def about(session: AsyncSession, proposal: models.Proposal) -> str:
    """What a proposal is about, for a person: a number, a person with a role, a script's name."""
    payload = proposal_record.payload_of(proposal)
    kind = ProposalKind(proposal.kind)
    if kind in _ABOUT_PEOPLE:
        return await _about_people(session, payload)
    if kind in (ProposalKind.ADD_SCRIPT, ProposalKind.WITHDRAW_SCRIPT):
        return payload.get("name") or await script_desk.name_of(session, payload["key"])
    if "school" in payload:
        return await _about_school(session, payload)
    if "contact" in payload:
        contact = await session.get(models.Contact, int(payload["contact"]))
        old = "" if contact is None else contact.printed
        new = labels.identifier(payload["key"], payload["kind"]) if "key" in payload else ""
        return f"{old} → {new}" if new and new != old else old
    if "indicator" in payload:
        row = await session.get(models.Indicator, int(payload["indicator"]))
        return "" if row is None else labels.identifier(row.key, row.kind)
    named = "kind" in payload and "key" in payload
    return (
        labels.identifier(payload["key"], payload["kind"])
        if named
        else payload.get("summary", proposal.subject)
    )


async def _about_people(session: AsyncSession, payload: Mapping[str, str]) -> str:
    if "staff" in payload:
        return await staff.name_of(session, payload["staff"])
    office = await staff.office_of(session, payload["office"])
    if "role" not in payload:
        return office.name
    return f"{labels.label('role', payload['role'])} cho {payload['name']} tại {office.name}"


async def _area_in(session: AsyncSession, proposal: models.Proposal) -> tuple[tuple[str, str], ...]:
    """What an office would work for from now on, in names; while it is undecided, also what it does now."""
    payload = proposal_record.payload_of(proposal)
    if proposal.kind != ProposalKind.CHANGE_OFFICE:
        return ()
    wanted = await _places(session, payload.get("communes", ""), payload.get("school", ""))
    if proposal.status is not ProposalStatus.PROPOSED:
        return (("Địa bàn", wanted),)
    office = await staff.office_of(session, payload["office"])
    await session.refresh(office, ["communes"])
    codes = ",".join(one.commune_code for one in office.communes)
    now = await _places(session, codes, str(office.school_id or ""))
    return (("Địa bàn hiện nay", now), ("Địa bàn từ nay", wanted))


async def _places(session: AsyncSession, codes: str, school: str) -> str:
    if codes:
        communes = await places.communes_with(session, codes.replace(",", " ").split())
        return ", ".join(f"{one.name} ({one.province})" for one in communes)
    row = await session.get(models.School, int(school)) if school.isdigit() else None
    return "không gắn với trường nào" if row is None else f"Trường {schools.full_name(row)}"


async def _about_school(session: AsyncSession, payload: Mapping[str, str]) -> str:
    school = await session.get_one(models.School, int(payload["school"]))
    new = payload.get("name", "")
    if "into" in payload:
        new = schools.full_name(await session.get_one(models.School, int(payload["into"])))
    old = schools.named_in_full(school.level, school.level_key, payload.get("was", school.name))
    return f"{old} → {new}" if new else old


async def history_of(session: AsyncSession, *subjects: str) -> tuple[list[Shown], dict[int, str]]:
    """Everything that was proposed about a record and decided, with the names of the people."""
    entries: list[Shown] = []
    for subject in subjects:
        for one in await proposal_lists.history_of(session, subject):
            if all(entry.proposal.id != one.id for entry in entries):
                decision = await desk_lists.decision_on(session, one.id)
                entries.append(Shown(one, "", "", decision))
    entries.sort(key=lambda entry: -entry.proposal.id)
    ids = {entry.proposal.proposer_id for entry in entries}
    ids |= {entry.decision.staff_id for entry in entries if entry.decision is not None}
    return entries, dict(await desk_lists.people_with(session, ids))


async def _page(
    request: Request, work: AtWork, proposal_id: str, problem: Problem = NO_PROBLEM, reason: str = ""
) -> HTMLResponse:
    async with work.reading() as session:
        found = await proposal_lists.proposal_for(session, actor=work.actor, proposal_id=proposal_id)
        decision = await desk_lists.decision_on(session, found.id)
        ids = [found.proposer_id, *([decision.staff_id] if decision else [])]
        people = await desk_lists.people_with(session, ids)
        shown = Shown(
            found,
            await about(session, found),
            people.get(found.proposer_id, ""),
            decision,
            await _area_in(session, found),
        )
        school = None
        if found.school_id is not None:
            school = await schools.school_by_id(session, found.school_id)
        office = await session.get_one(models.Office, found.office_id)
    own = found.proposer_id == work.actor.staff_id
    rule = proposal_record.RULES[ProposalKind(found.kind)]
    waits = found.status is ProposalStatus.PROPOSED
    return console_page(
        request,
        work,
        "proposal.html",
        problem=problem,
        shown=shown,
        people=people,
        office=office.name,
        school=school,
        own=own,
        callback=rule.callback,
        may_decide=waits and not own and any(work.may(one) for one in rule.approve),
        may_take_back=own and found.status in (*proposal_record.OPEN, ProposalStatus.DRAFT),
        reason=reason,
        import_id=proposal_record.payload_of(found).get("import", ""),
    )


def _place(name: str) -> int:
    return _ORDER.index(name) if name in _ORDER else len(_ORDER)


def _in_words(name: str, value: str, kind: str) -> str:
    if name == "key" and kind in set(IdentifierKind):
        return labels.identifier(value, kind)
    if name in _CODED:
        return labels.label(_CODED[name], value)
    if name == "verified_at":
        year, _, rest = value.partition("-")
        return "/".join((*reversed(rest.split("-")), year))
    if name == "backup":
        return "có" if value == "yes" else "không"
    if name == "why" and value == "lost":
        return "mất, không còn dùng: số cũ đã được ẩn ngay"
    return value
