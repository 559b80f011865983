"""Scam scripts: write one, try it on examples, propose it, withdraw it; two persons, like a number."""

import secrets
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import HTMLResponse, Response

from api.pages.console import labels
from api.pages.console.access import AtWork, Refused, Whole, requires
from api.pages.console.proposals import history_of
from api.pages.console.proposing import propose
from api.pages.console.refusing import or_again
from api.pages.console.showing import NO_PROBLEM, Problem, console_page
from api.pages.console.trying import MOST_EXAMPLES, Tried, examples_in, try_script
from db import models, script_desk, script_rules
from db.approval_rules import ProposalKind
from db.models import RecordState
from db.rights import Permission
from scamcheck.knowledge import Script
from scamcheck.red_flags import Scenario

router = APIRouter(prefix="/scripts")

PAGE: Final = "/console/scripts"
_SCENARIOS: Final = tuple(one.value for one in Scenario)
_DRAFT: Final = "draft"


class ExamplesMissing(ValueError):
    """There is nothing to try the script on."""


@dataclass(frozen=True, slots=True)
class ScriptForm:
    """A script as typed, with the examples that it is tried on."""

    key: Annotated[str, Form(max_length=60)] = ""
    name: Annotated[str, Form(max_length=200)] = ""
    text: Annotated[str, Form(max_length=8000)] = ""
    scenario: Annotated[str, Form(max_length=32)] = Scenario.CHILD_EMERGENCY.value
    source: Annotated[str, Form(max_length=1000)] = ""
    document: Annotated[str, Form(max_length=400)] = ""
    reason: Annotated[str, Form(max_length=4000)] = ""
    scams: Annotated[str, Form(max_length=30000)] = ""
    genuine: Annotated[str, Form(max_length=30000)] = ""

    def draft(self) -> Script:
        """The script that it would become."""
        scenario = self.scenario if self.scenario in _SCENARIOS else Scenario.OTHER.value
        return Script(id=self.key or _DRAFT, name=self.name, text=self.text, scenario=scenario)


FormDep = Annotated[ScriptForm, Depends()]


@router.get("")
async def scripts(
    request: Request, q: str = "", every: str = "", work: AtWork = requires(Permission.READ_SCRIPTS)
) -> HTMLResponse:
    """Every script that messages are compared with, and when it runs out."""
    async with work.reading() as session:
        rows = await script_desk.scripts_like(session, work.actor, query=q, active_only=not every)
    return console_page(request, work, "scripts.html", rows=rows, q=q, every=every, state=state_of)


@router.get("/new")
async def new_script(request: Request, work: AtWork = requires(Permission.PROPOSE_INDICATOR)) -> HTMLResponse:
    """The form."""
    return await _form_page(request, work, ScriptForm())


@router.post("/try")
async def try_draft(
    request: Request, form: FormDep, work: AtWork = requires(Permission.PROPOSE_INDICATOR)
) -> Response:
    """Show what a parent would see for each example, were the script confirmed. Nothing is recorded."""

    async def act() -> Response:
        try:
            script_rules.require_comparable(form.text)
        except ValueError as fact:
            raise Refused(fact) from fact
        scams, genuine = examples_in(form.scams), examples_in(form.genuine)
        if not scams and not genuine:
            raise Refused(ExamplesMissing())
        tried = await try_script(
            form.draft(),
            scams=scams,
            genuine=genuine,
            records=work.services.knowledge,
            now=work.now,
            demo=work.services.settings.serves_demo,
        )
        left_out = max(len(scams) + len(genuine) - MOST_EXAMPLES, 0)
        return await _form_page(request, work, form, tried=tried, left_out=left_out)

    return await or_again(act, lambda problem: _form_page(request, work, form, problem))


@router.post("")
async def propose_script(
    request: Request, form: FormDep, work: AtWork = requires(Permission.PROPOSE_INDICATOR)
) -> Response:
    """Propose a script, or new words for one; a supervisor confirms."""
    payload = {
        "key": form.key or f"desk:{secrets.token_hex(6)}",
        "name": form.name,
        "text": form.text,
        "scenario": form.scenario,
        "source": form.source,
    }

    async def act() -> Response:
        return await propose(
            request,
            work,
            subject=f"script:{payload['key']}",
            kind=ProposalKind.ADD_SCRIPT,
            payload=payload,
            reason=form.reason,
            document=form.document,
        )

    return await or_again(act, lambda problem: _form_page(request, work, form, problem))


@router.get("/{script_id}")
async def script(
    request: Request, script_id: Whole, work: AtWork = requires(Permission.READ_SCRIPTS)
) -> HTMLResponse:
    """One script with its history."""
    return await _script_page(request, work, script_id)


@router.get("/{script_id}/change")
async def change_script(
    request: Request, script_id: Whole, work: AtWork = requires(Permission.PROPOSE_INDICATOR)
) -> HTMLResponse:
    """The form with its words, to change them or to confirm them for another year."""
    async with work.reading() as session:
        row = await script_desk.script_for(session, work.actor, script_id)
    form = ScriptForm(
        # Another one's script is not changed; a script of one's own can be made of its words.
        key=row.key if script_desk.may_change(row, work.actor) and not is_shipped(row) else "",
        name=row.name,
        text=row.text,
        scenario=row.scenario.value,
        source=row.source,
        scams=row.text,
    )
    return await _form_page(request, work, form)


@router.post("/{script_id}/withdraw")
async def propose_withdrawal(
    request: Request,
    script_id: Whole,
    reason: Annotated[str, Form(max_length=4000)] = "",
    document: Annotated[str, Form(max_length=400)] = "",
    work: AtWork = requires(Permission.PROPOSE_INDICATOR),
) -> Response:
    """Propose to compare no message with it any more."""
    async with work.reading() as session:
        row = await script_desk.script_for(session, work.actor, script_id)

    async def act() -> Response:
        return await propose(
            request,
            work,
            subject=f"script:{row.key}",
            kind=ProposalKind.WITHDRAW_SCRIPT,
            payload={"key": row.key},
            reason=reason,
            document=document,
        )

    return await or_again(act, lambda problem: _script_page(request, work, script_id, problem))


def state_of(row: models.Script) -> str:
    """How it stands: one that ran out was not withdrawn by anybody."""
    if row.status is RecordState.ACTIVE:
        return "in_use"
    ran_out = row.expires_at is not None and row.expires_at <= row.updated_at
    return "expired" if ran_out else row.status.value


def is_shipped(row: models.Script) -> bool:
    """Whether it came with a release, which also brings its changes."""
    return row.approved_by.startswith("release:")


async def _script_page(
    request: Request, work: AtWork, script_id: Whole, problem: Problem = NO_PROBLEM
) -> HTMLResponse:
    async with work.reading() as session:
        row = await script_desk.script_for(session, work.actor, script_id)
        history, people = await history_of(session, f"script:{row.key}")
    return console_page(
        request,
        work,
        "script.html",
        problem=problem.words,
        row=row,
        state=state_of(row),
        shipped=is_shipped(row),
        ours=script_desk.may_change(row, work.actor),
        history=history,
        people=people,
    )


async def _form_page(
    request: Request,
    work: AtWork,
    form: ScriptForm,
    problem: Problem = NO_PROBLEM,
    *,
    tried: list[Tried] | None = None,
    left_out: int = 0,
) -> HTMLResponse:
    return console_page(
        request,
        work,
        "script_form.html",
        problem=problem,
        form=form,
        tried=tried or [],
        left_out=left_out,
        most=MOST_EXAMPLES,
        scenarios=[(one, labels.label("scenario", one)) for one in _SCENARIOS],
    )
