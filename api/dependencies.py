"""What a route may ask for: the services of this process, who is visiting, and the time."""

import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address, ip_network
from typing import Annotated, cast
from uuid import uuid4

from fastapi import Depends, Request
from starlette.responses import Response

from bot.app import Services
from bot.messages import Channel, ConversationId

WEB_ACCOUNT = "web"
_VISIT_BYTES = 18
_VISIT = re.compile(r"[A-Za-z0-9_-]{24}")
_SEAL_LENGTH = 32
_VISIT_DAYS = 90
_LANGUAGE_COOKIE = "ngon_ngu"


def services_of(request: Request) -> Services:
    """The services that the lifespan of the application opened."""
    return cast("Services", request.app.state.services)


async def _services(request: Request) -> Services:
    """As `services_of`. FastAPI hands every dependency that is not async to a thread and waits for it."""
    return services_of(request)


ServicesDep = Annotated[Services, Depends(_services)]


def clock_of(request: Request) -> Callable[[], datetime]:
    """The clock of the application, which a test may set."""
    return cast("Callable[[], datetime]", request.app.state.clock)


async def _clock(request: Request) -> Callable[[], datetime]:
    return clock_of(request)


def address_of(request: Request) -> str:
    """The address of the client, for limits; of IPv6 the /64 that a household or phone has to itself.

    It is the proxy's own address unless that proxy is trusted to name its client.
    """
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return str(ip_network((address, 64), strict=False)) if address.version == 6 else host


@dataclass(frozen=True, slots=True)
class Visit:
    """One browser: 144 random bits in a cookie and nothing else. It exists from the first question on."""

    id: str
    cookie: str
    known: bool
    """The browser brought a cookie that we gave it. One that it made up does not count."""

    @property
    def conversation(self) -> ConversationId:
        """The conversation of this browser."""
        return ConversationId(Channel.WEB, WEB_ACCOUNT, self.id)

    def remember(self, request: Request, response: Response) -> None:
        """Give the browser its cookie, if it has none yet."""
        if not self.known:
            response.set_cookie(
                _visit_cookie(request),
                self.cookie,
                max_age=_VISIT_DAYS * 24 * 3600,
                path="/",
                httponly=True,
                secure=request.url.scheme == "https",
                samesite="lax",
            )


def visit_of(request: Request, services: ServicesDep) -> Visit:
    """The visit whose cookie came, or a new one."""
    cookie = request.cookies.get(_visit_cookie(request), "")
    visit_id, _, seal = cookie.partition(".")
    if _VISIT.fullmatch(visit_id) and hmac.compare_digest(seal.encode(), _seal(services, visit_id).encode()):
        return Visit(visit_id, cookie, known=True)
    visit_id = secrets.token_urlsafe(_VISIT_BYTES)
    return Visit(visit_id, f"{visit_id}.{_seal(services, visit_id)}", known=False)


def _seal(services: Services, visit_id: str) -> str:
    # Without it anybody could be a new person with every request, and no limit would hold.
    return services.keys.hmac(f"visit:{visit_id}")[:_SEAL_LENGTH]


def _visit_cookie(request: Request) -> str:
    # The prefix makes browsers refuse the cookie from a neighbouring host or over plain HTTP.
    return "__Host-goilai" if request.url.scheme == "https" else "goilai"


def language_of(request: Request) -> str:
    """The language chosen on the page; Vietnamese unless it was English."""
    return "en" if request.cookies.get(_LANGUAGE_COOKIE) == "en" else "vi"


def remember_language(request: Request, response: Response, language: str) -> None:
    """Keep the chosen language for a year."""
    response.set_cookie(
        _LANGUAGE_COOKIE,
        "en" if language == "en" else "vi",
        max_age=365 * 24 * 3600,
        httponly=True,
        secure=request.url.scheme == "https",
        samesite="lax",
    )


def new_event_id() -> str:
    """A fresh id for one form: the same form sent twice has one effect."""
    return str(uuid4())


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, in which language, when, and what can answer."""

    services: Services
    visit: Visit
    language: str
    now: datetime


VisitDep = Annotated[Visit, Depends(visit_of)]
LanguageDep = Annotated[str, Depends(language_of)]
ClockDep = Annotated[Callable[[], datetime], Depends(_clock)]


def asking_of(request: Request, services: ServicesDep, visit: VisitDep, clock: ClockDep) -> Asking:
    """Everything about one question but the question."""
    return Asking(services, visit, language_of(request), clock())


AskingDep = Annotated[Asking, Depends(asking_of)]
