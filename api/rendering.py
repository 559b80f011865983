"""Pages from templates: every value escaped, nothing inline, no text of a person in an address."""

import re
from functools import cache
from http import HTTPStatus
from typing import cast

import segno
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from api import assets, wording
from api.dependencies import new_event_id
from bot import texts
from bot.messages import Call, Choice, Reply
from bot.settings import Settings
from scamcheck.reasons import Level

_LEADING_SYMBOLS = re.compile(r"^[^\w(“\"]+")
_MASK = re.compile(r"(?<=\d) ••• (?=\d)")
_LONG_DIGITS = re.compile(r"\d(?:[\s.\-]?\d){5,}")
_LINKISH = re.compile(r"(?i)\bhttp(?=s?://)")
_DOT_IN_NAME = re.compile(r"(?<=\w)\.(?=\w)")
_QUOTED_LENGTH = 140
_SHORT_NUMBER = 4
_WHOLE_NUMBER = 10
ON_THE_PAGE = ("sent_money", "on_phone")
"""Choices of the emergency strip, which is on every page."""
_USUAL = (*ON_THE_PAGE, "report", "dispute", "notify", "menu", "appeal")
"""Choices that any answer may carry, whatever it asks."""


def headline_text(headline: str) -> str:
    """The headline without the emoji that plain channels need, its masked numbers kept on one line."""
    return _MASK.sub("\N{NO-BREAK SPACE}•••\N{NO-BREAK SPACE}", _LEADING_SYMBOLS.sub("", headline))


def quoted(text: str) -> str:
    """The start of what a person asked, so that nothing in it can be dialled or opened by mistake."""
    line = " ".join(text.split())
    if len(line) > _QUOTED_LENGTH:
        line = line[: _QUOTED_LENGTH - 1].rstrip() + "…"
    line = _LONG_DIGITS.sub(_masked, line)
    return _DOT_IN_NAME.sub("[.]", _LINKISH.sub("hxxp", line))


def _masked(found: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", found.group())
    shown = 4 if len(digits) >= _WHOLE_NUMBER else 3
    return f"{digits[:shown]} ••• {digits[-3:]}"


def is_ours(url: str) -> bool:
    """Whether a link may be shown: a path of this site, or an https address that our own code chose."""
    return (url.startswith("/") and not url.startswith("//")) or url.startswith("https://")


def scan_code(url: str) -> str:
    """A link as a picture to scan with another phone."""
    return segno.make(url, error="m", micro=False).svg_data_uri(scale=4, border=4, dark="#000", light="#fff")


def call_name(call: Call) -> str:
    """Whom one calls; "Công an 113" above a large 113 would say it twice."""
    return call.name.removesuffix(call.printed).rstrip() or call.name


def leads_with_call(reply: Reply) -> bool:
    """Whether the first number is what to do; 113 is not when nothing was found and nobody threatens."""
    return reply.level is not Level.UNKNOWN or len(reply.calls[0].dial) > _SHORT_NUMBER


def is_guidance(reply: Reply) -> bool:
    """Whether the steps of a reply are things to do, in this order; else they are lines to read."""
    return reply.level is not None or bool(reply.calls)


def asked_choices(reply: Reply) -> tuple[Choice, ...]:
    """The choices that the reply is there for: those that answer its question, or lead a dialogue on."""
    return tuple(choice for choice in reply.choices if not _is_quiet(choice, reply))


def quiet_choices(reply: Reply) -> tuple[Choice, ...]:
    """The usual choices, without those that the page always shows."""
    return tuple(
        choice for choice in reply.choices if choice.token not in ON_THE_PAGE and _is_quiet(choice, reply)
    )


def _is_quiet(choice: Choice, reply: Reply) -> bool:
    leads_on = bool(reply.question) or reply.level is None
    return not leads_on or choice.token.partition(":")[0] in _USUAL


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
        item.__name__: item
        for item in (
            headline_text,
            is_ours,
            scan_code,
            call_name,
            leads_with_call,
            is_guidance,
            asked_choices,
            quiet_choices,
        )
    }
    names = cast("dict[str, object]", environment.globals)
    names |= {"asset": assets.address, "new_event_id": new_event_id}
    return environment


def is_htmx(request: Request) -> bool:
    """Whether the page asks for the answer alone, to put it into itself."""
    return request.headers.get("hx-request") == "true"


def render(template: str, *, language: str, settings: Settings, **values: object) -> str:
    """The template as text, with the words of `language`."""
    words = texts.load(language)
    return (
        _environment()
        .get_template(template)
        .render(
            lang=language,
            t=wording.load(language),
            says=words.get,
            demo=settings.serves_demo,
            operator=settings.operator,
            **{"page_path": "/", **values},
        )
    )


def page(
    request: Request, template: str, *, language: str, status: int = HTTPStatus.OK, **values: object
) -> HTMLResponse:
    """The template as a response."""
    settings = cast("Settings", request.app.state.settings)
    return HTMLResponse(render(template, language=language, settings=settings, **values), status)
