"""Proposing from a form: the one way in which the pages of the console ask for a second person."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from api.pages.console.access import AtWork
from api.pages.console.showing import go
from db import approvals
from db.approval_rules import ProposalKind


async def propose(
    request: Request,
    work: AtWork,
    *,
    subject: str,
    kind: ProposalKind,
    payload: Mapping[str, str],
    reason: str,
    document: str = "",
) -> Response:
    """Propose, and go on to the proposal; `subject` names the record for the audit of a refusal.

    Raises:
        HTTPException, Denied, Refused, SignInNeeded: see `AtWork.acting`.
    """
    async with work.acting("proposal.propose", subject) as session:
        proposal = await approvals.propose(
            session,
            actor=work.actor,
            kind=kind,
            payload={name: value.strip() for name, value in payload.items() if value.strip()},
            reason=reason,
            document=document.strip(),
            now=work.now,
        )
    return go(request, work, f"/console/proposals/{proposal.public_id}", "proposed")
