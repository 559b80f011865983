"""Pages of the console: the frame around each, what was said before, and refusals in words."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from http import HTTPStatus
from typing import Final, cast

from fastapi import FastAPI, Request
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api import assets
from api.pages.console import labels
from api.pages.console.access import (
    SIGN_IN,
    AtWork,
    Denied,
    FormStale,
    Refused,
    SignInNeeded,
    address,
    at_work,
    clear_cookie,
    keep_cookie,
)
from bot.settings import Settings
from db.rights import Permission


@dataclass(frozen=True, slots=True)
class Section:
    """One entry of the navigation, for those who have any of the permissions."""

    name: str
    path: str
    permissions: tuple[Permission, ...] = ()
    within: tuple[str, ...] = ()
    """Other addresses whose pages belong to it."""

    def leads_to(self, path: str) -> bool:
        """Whether this page is one of the section."""
        below = self.within if self.path == "/console" else (self.path, *self.within)
        return path == self.path or any(path == one or path.startswith(f"{one}/") for one in below)


DECIDING: Final = (
    Permission.APPROVE_SCHOOL_CONTACT,
    Permission.APPROVE_POLICE_CONTACT,
    Permission.APPROVE_INDICATOR,
    Permission.APPROVE_PROTECTED,
    Permission.APPROVE_ROLE,
    Permission.ACTIVATE_IMPORT,
)
PROPOSING: Final = (
    Permission.PROPOSE_CONTACT,
    Permission.PROPOSE_INDICATOR,
    Permission.PROPOSE_PROTECTED,
    Permission.PROPOSE_ROLE,
    Permission.STAGE_SCHOOL_IMPORT,
    Permission.STAGE_IMPORT,
)
SECTIONS: Final = (
    Section("start", "/console"),
    Section("queue", "/console/queue", (Permission.READ_QUEUE,)),
    Section("proposals", "/console/proposals", (*DECIDING, *PROPOSING)),
    Section("indicators", "/console/indicators", (Permission.READ_INDICATORS,)),
    Section("scripts", "/console/scripts", (Permission.READ_SCRIPTS,)),
    Section("protected", "/console/protected", (Permission.READ_PROTECTED,)),
    Section("contacts", "/console/contacts", (Permission.READ_CONTACTS,)),
    Section("schools", "/console/schools", (Permission.READ_SCHOOLS,)),
    Section(
        "imports",
        "/console/imports",
        (Permission.STAGE_SCHOOL_IMPORT, Permission.STAGE_IMPORT, Permission.ACTIVATE_IMPORT),
    ),
    Section("incidents", "/console/incidents", (Permission.READ_INCIDENTS,)),
    Section("appeals", "/console/appeals", (Permission.READ_APPEALS,)),
    Section("figures", "/console/figures", (Permission.READ_COUNTS,)),
    Section(
        "staff", "/console/staff", (Permission.READ_STAFF,), ("/console/offices", "/console/invitations")
    ),
    Section("audit", "/console/audit", (Permission.READ_AUDIT,)),
    Section("account", "/console/account"),
)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a form was refused."""

    words: str
    fields: frozenset[str] = frozenset()
    """The fields that it is about, by name or id; the whole form where there are none."""
    beside: str = ""
    """The one of several fields where the words stand; with none they stand at each."""

    def at(self, ids: Mapping[str, str]) -> "Problem":
        """The same about the fields of one form among several of a page, by their ids there."""
        return replace(self, fields=frozenset(ids.get(name, name) for name in self.fields))


NO_PROBLEM: Final = Problem("")


def console_page(
    request: Request,
    work: AtWork | None,
    template: str,
    *,
    status: int | None = None,
    problem: Problem | str = NO_PROBLEM,
    **values: object,
) -> HTMLResponse:
    """A page of the console; `problem` says why its form was refused, which answers 422 by itself."""
    why = problem if isinstance(problem, Problem) else Problem(problem)
    settings = cast("Settings", request.app.state.settings)
    said = labels.words().said.get(request.query_params.get("said", ""), "")
    rendered = (
        _environment()
        .get_template(f"console/{template}")
        .render(
            work=work,
            sections=[] if work is None else [one for one in SECTIONS if _is_shown(one, work)],
            path=request.url.path,
            said="" if why.words else said,
            problem=why.words,
            wrong=why.fields,
            beside=why.beside,
            demo=settings.serves_demo,
            operator=settings.operator,
            **values,
        )
    )
    response = HTMLResponse(rendered, refused_status(why.words) if status is None else status)
    if work is not None:
        keep_cookie(request, response, work)
    return response


def refused_status(problem: str) -> int:
    """What the page with a refused form answers."""
    return HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK


def go(request: Request, work: AtWork | None, path: str, said: str = "", **query: str) -> Response:
    """On to another page, which says what was done."""
    response = RedirectResponse(address(path, said=said, **query), HTTPStatus.SEE_OTHER)
    if work is not None:
        keep_cookie(request, response, work)
    return response


def install(app: FastAPI) -> None:
    """Register what the console raises."""
    app.add_exception_handler(SignInNeeded, _sign_in_needed)
    app.add_exception_handler(Denied, _denied)
    app.add_exception_handler(FormStale, _form_stale)
    app.add_exception_handler(Refused, _refused)


async def _sign_in_needed(request: Request, error: Exception) -> Response:  # noqa: ARG001
    back = request.url.path if request.method == "GET" else ""
    if back and request.url.query:
        back += f"?{request.url.query}"
    response = RedirectResponse(address(SIGN_IN, next=back), HTTPStatus.SEE_OTHER)
    clear_cookie(request, response)
    return response


async def _denied(request: Request, error: Exception) -> Response:  # noqa: ARG001
    return console_page(
        request,
        await at_work(request),
        "refused.html",
        status=HTTPStatus.FORBIDDEN,
        title="Vai trò của bạn không mở được trang này",
        words="Việc này đã được ghi vào nhật ký. Nếu bạn cần quyền này, hãy hỏi người quản trị.",
    )


async def _form_stale(request: Request, error: Exception) -> Response:  # noqa: ARG001
    return console_page(
        request,
        await at_work(request),
        "refused.html",
        status=HTTPStatus.FORBIDDEN,
        title="Trang vừa gửi đã cũ",
        words="Chưa có gì thay đổi. Hãy quay lại, tải lại trang rồi làm lại.",
    )


async def _refused(request: Request, error: Exception) -> Response:
    fact = cast("Refused", error).fact
    return console_page(
        request,
        await at_work(request),
        "refused.html",
        status=HTTPStatus.CONFLICT,
        title="Chưa làm được",
        words=labels.refusal(fact),
    )


def _is_shown(section: Section, work: AtWork) -> bool:
    return not section.permissions or work.may(*section.permissions)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("api"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters = cast("dict[str, object]", environment.filters)
    filters |= {
        "day": labels.day,
        "moment": labels.moment,
        "machine": labels.machine_moment,
        "age": labels.age,
        "remaining": labels.remaining,
        "identifier": labels.identifier,
        "masked": labels.masked,
        "facts": labels.facts,
        "subject": labels.subject,
        "unbroken": labels.unbroken,
    }
    names = cast("dict[str, object]", environment.globals)
    names |= {"asset": assets.address, "w": labels.words(), "word": labels.label, "P": Permission}
    return environment
