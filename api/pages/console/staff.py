"""People: who is invited, who has which role, who is out. A role needs two administrators."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from starlette.responses import HTMLResponse, Response

from api.pages.console import labels
from api.pages.console.access import AtWork, Whole, requires
from api.pages.console.proposing import propose
from api.pages.console.refusing import or_again, reason_in
from api.pages.console.showing import NO_PROBLEM, Problem, console_page, go
from db import desk_lists, invitations
from db import staff as people
from db.approval_rules import ProposalKind
from db.models import Role
from db.rights import Permission

router = APIRouter()

PAGE: Final = "/console/staff"


@dataclass(frozen=True, slots=True)
class RoleForm:
    """A role to be given, as typed."""

    office: Annotated[str, Form(max_length=32)] = ""
    role: Annotated[str, Form(max_length=32)] = ""
    name: Annotated[str, Form(max_length=200)] = ""
    email: Annotated[str, Form(max_length=320)] = ""
    document: Annotated[str, Form(max_length=400)] = ""
    reason: Annotated[str, Form(max_length=4000)] = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """Which form of a person's page was refused, and what stood in it."""

    act: str = ""
    """One of "factor", "password", "disable" and "end-" with the number of a role; empty when none was."""
    reason: str = ""

    def of(self, act: str) -> str:
        """The reason typed into one of the forms, if it is this one."""
        return self.reason if act == self.act else ""


@router.get("/staff")
async def staff(request: Request, work: AtWork = requires(Permission.READ_STAFF)) -> HTMLResponse:
    """Everyone with a role, open invitations, and offices."""
    return await _page(request, work)


@router.post("/staff")
async def propose_role(
    request: Request,
    form: Annotated[RoleForm, Depends()],
    work: AtWork = requires(Permission.PROPOSE_ROLE),
) -> Response:
    """Propose a role for somebody; another administrator grants it."""

    async def act() -> Response:
        return await propose(
            request,
            work,
            subject=f"role:{form.role}",
            kind=ProposalKind.GRANT_ROLE,
            payload={"office": form.office, "role": form.role, "name": form.name, "email": form.email},
            reason=form.reason,
            document=form.document,
        )

    return await or_again(act, lambda problem: _page(request, work, problem.at({"reason": "why-role"}), form))


@router.get("/staff/{public_id}")
async def person(
    request: Request, public_id: str, work: AtWork = requires(Permission.READ_STAFF)
) -> HTMLResponse:
    """One of the staff: their roles, and what two administrators or one can do about them."""
    return await _person_page(request, work, public_id)


@router.post("/staff/{public_id}/second-factor")
async def reset_second_factor(
    request: Request,
    public_id: str,
    reason: Annotated[str, Form(max_length=4000)] = "",
    work: AtWork = requires(Permission.PROPOSE_ROLE),
) -> Response:
    """Propose that somebody's lost second factor starts anew; another administrator approves."""
    typed = Typed("factor", reason)
    return await _propose_about(request, work, public_id, ProposalKind.RESET_SECOND_FACTOR, typed)


@router.post("/staff/{public_id}/password")
async def reset_password(
    request: Request,
    public_id: str,
    reason: Annotated[str, Form(max_length=4000)] = "",
    work: AtWork = requires(Permission.PROPOSE_ROLE),
) -> Response:
    """Propose that somebody's forgotten password starts anew; another administrator approves."""
    typed = Typed("password", reason)
    return await _propose_about(request, work, public_id, ProposalKind.RESET_PASSWORD, typed)


@router.post("/staff/{public_id}/disable")
async def disable(
    request: Request,
    public_id: str,
    reason: Annotated[str, Form(max_length=4000)] = "",
    work: AtWork = requires(Permission.MANAGE_STAFF),
) -> Response:
    """Put a person out: every role and sign-in of theirs ends."""

    async def act() -> Response:
        because = reason_in(reason)
        async with work.acting("staff.disable", f"staff:{public_id}") as session:
            await people.disable(session, actor=work.actor, public_id=public_id, reason=because, now=work.now)
        return go(request, work, PAGE, "disabled")

    return await _or_person(request, work, public_id, Typed("disable", reason), act)


@router.post("/staff/{public_id}/roles/{membership_id}/end")
async def end_role(
    request: Request,
    public_id: str,
    membership_id: Whole,
    reason: Annotated[str, Form(max_length=4000)] = "",
    work: AtWork = requires(Permission.MANAGE_STAFF),
) -> Response:
    """End one role of a person."""
    async with work.reading() as session:
        _, roles = await desk_lists.person_for(session, work.actor, public_id)
    if membership_id not in {role.id for role in roles}:
        raise HTTPException(HTTPStatus.NOT_FOUND)

    async def act() -> Response:
        because = reason_in(reason)
        async with work.acting("role.end", f"membership:{membership_id}") as session:
            await people.end_role(
                session, actor=work.actor, membership_id=membership_id, reason=because, now=work.now
            )
        return go(request, work, PAGE, "role_ended")

    return await _or_person(request, work, public_id, Typed(f"end-{membership_id}", reason), act)


@router.post("/invitations/{invitation_id}/link")
async def make_link(
    request: Request, invitation_id: str, work: AtWork = requires(Permission.MANAGE_STAFF)
) -> HTMLResponse:
    """Make the link of an invitation, shown once with the code to be told by voice."""
    async with work.acting("invitation.link", f"invitation:{invitation_id}") as session:
        link = await invitations.make_link(
            session, actor=work.actor, invitation_id=invitation_id, now=work.now
        )
        waiting = await invitations.open_invitations(session)
    [invited] = [one for one in waiting if one.public_id == link.public_id]
    base = work.services.settings.public_url.rstrip("/") or str(request.base_url).rstrip("/")
    return console_page(request, work, "invitation_link.html", link=link, invited=invited, base=base)


@router.post("/invitations/{invitation_id}/withdraw")
async def withdraw_invitation(
    request: Request,
    invitation_id: str,
    reason: Annotated[str, Form(max_length=4000)] = "",
    work: AtWork = requires(Permission.MANAGE_STAFF),
) -> Response:
    """End an open invitation."""
    async with work.acting("invitation.withdraw", f"invitation:{invitation_id}") as session:
        await invitations.withdraw_invitation(
            session, actor=work.actor, invitation_id=invitation_id, reason=reason.strip(), now=work.now
        )
    return go(request, work, PAGE, "invitation_withdrawn")


async def _propose_about(
    request: Request, work: AtWork, public_id: str, kind: ProposalKind, typed: Typed
) -> Response:
    async def act() -> Response:
        return await propose(
            request,
            work,
            subject=f"staff:{public_id}",
            kind=kind,
            payload={"staff": public_id},
            reason=typed.reason,
        )

    return await _or_person(request, work, public_id, typed, act)


async def _or_person(
    request: Request, work: AtWork, public_id: str, typed: Typed, act: Callable[[], Awaitable[Response]]
) -> Response:
    async def again(problem: Problem) -> Response:
        beside = problem.at({"reason": f"why-{typed.act}"})
        return await _person_page(request, work, public_id, beside, typed)

    return await or_again(act, again)


async def _person_page(
    request: Request,
    work: AtWork,
    public_id: str,
    problem: Problem = NO_PROBLEM,
    typed: Typed | None = None,
) -> HTMLResponse:
    async with work.reading() as session:
        member, roles = await desk_lists.person_for(session, work.actor, public_id)
    return console_page(
        request,
        work,
        "person.html",
        problem=problem,
        person=member,
        held=roles,
        typed=typed or Typed(),
    )


async def _page(
    request: Request,
    work: AtWork,
    problem: Problem = NO_PROBLEM,
    typed: RoleForm | None = None,
) -> HTMLResponse:
    async with work.reading() as session:
        everyone = await people.people_of(session)
        waiting = await invitations.open_invitations(session)
        offices = await desk_lists.active_offices(session, work.actor)
    names = {office.id: office.name for office in offices}
    return console_page(
        request,
        work,
        "staff.html",
        problem=problem,
        everyone=[one for one in everyone if one.office.is_example == work.actor.is_example],
        invitations=[one for one in waiting if one.office_id in names],
        offices=offices,
        office_choices=[
            (one.public_id, f"{one.name} ({labels.label('office_kind', one.kind)})") for one in offices
        ],
        names=names,
        roles=[(role.value, labels.label("role", role)) for role in Role],
        typed=typed or RoleForm(),
    )
