"""Who is at work in the console: the session of the cookie, the permission of the route, the form's token.

Every route of the console depends on exactly one `Access`; a test fails for a route that does not.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, cast
from urllib.parse import urlencode, urlsplit

from fastapi import Depends, HTTPException, Request
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from api.dependencies import Services, address_of, clock_of, services_of
from bot.app import secret_of
from bot.settings import Settings
from db import audit, signing_in
from db.models import Outcome
from db.rights import Actor, NotAllowed, NotEligible, Permission
from db.sealing import Sealer
from db.signing_in import NotSignedIn, SignedIn

HOME = "/console"
SIGN_IN = "/console/sign-in"
Whole = Annotated[int, Field(ge=0, le=2**63 - 1)]
"""A row's number in an address or a form, no larger than the database can be asked for."""
TOKEN_FIELD = "token"  # noqa: S105 - the name of the field, not its value


class SignInNeeded(Exception):
    """Nobody is signed in, or not any more."""


class Denied(Exception):
    """Somebody is signed in whose role does not have the permission; it was recorded."""


class FormStale(Exception):
    """A form did not come from a page of this session."""


class CodeWrong(PermissionError):
    """The second factor was wrong, was used before, or was tried too often."""


class Refused(Exception):
    """The record refused an act; `fact` says why, and nothing of it happened."""

    def __init__(self, fact: Exception) -> None:
        super().__init__(type(fact).__name__)
        self.fact = fact


@dataclass(frozen=True, slots=True)
class AtWork:
    """One request of a signed-in staff member."""

    services: Services
    sealer: Sealer
    actor: Actor
    token: str = field(repr=False)
    address: str
    now: datetime

    @property
    def form_token(self) -> str:
        """What every form of this session carries."""
        return signing_in.form_token(self.token)

    @property
    def stepped_up(self) -> bool:
        """Whether the second factor was proven recently enough to decide something."""
        return self.actor.stepped_up(self.now)

    def may(self, *permissions: Permission) -> bool:
        """Whether the role has any of these."""
        return any(self.actor.may(permission) for permission in permissions)

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[AsyncSession]:
        """Look at records; what is not there for this actor is 404."""
        try:
            async with self.services.database.reading() as session:
                yield session
        except LookupError as missing:
            raise HTTPException(HTTPStatus.NOT_FOUND) from missing
        except NotEligible as ended:
            raise SignInNeeded from ended

    @asynccontextmanager
    async def acting(self, action: str, subject: str) -> AsyncGenerator[AsyncSession]:
        """Change records in one transaction, with the audit; a refusal is recorded too.

        Raises:
            HTTPException: what it is about is not there for this actor.
            Denied, SignInNeeded: the role or the sign-in does not allow it.
            Refused: a rule of the record.
        """
        try:
            async with audit.acting(
                self.services.database, actor=self.actor, action=action, subject=subject, now=self.now
            ) as session:
                yield session
        except (ValueError, LookupError, PermissionError) as fact:
            raise _as_answer(fact) from fact

    async def step_up(self, code: str) -> "AtWork":
        """The same person with the second factor proven just now; the session has another token.

        Raises:
            Refused: the code is wrong or was used.
            SignInNeeded: the session has ended.
        """
        try:
            signed_in = await signing_in.step_up(
                self.services.database,
                self.token,
                code,
                address=self.address,
                sealer=self.sealer,
                now=self.now,
            )
        except NotSignedIn as ended:
            raise SignInNeeded from ended
        except signing_in.SignInRefused as refused:
            raise Refused(CodeWrong()) from refused
        except PermissionError as fact:
            raise Refused(fact) from fact
        return replace(self, token=signed_in.token, actor=signed_in.actor)


def _as_answer(fact: Exception) -> Exception:
    if isinstance(fact, LookupError):
        return HTTPException(HTTPStatus.NOT_FOUND)
    if isinstance(fact, NotAllowed):
        return Denied()
    if isinstance(fact, NotEligible):
        return SignInNeeded()
    return Refused(fact)


class Access:
    """The dependency of a route; it says who may use it."""

    anyone = False
    """Nobody need be signed in."""

    def __init__(self, *permissions: Permission) -> None:
        self.permissions = permissions
        """Any one of them is enough; with none it is enough to be signed in."""

    async def __call__(self, request: Request) -> AtWork:
        """Who is at work.

        Raises:
            Denied, FormStale, SignInNeeded: see there.
        """
        work = await at_work(request)
        if work is None:
            raise SignInNeeded
        if self.permissions and not work.may(*self.permissions):
            await _record_denial(request, work)
            raise Denied
        if request.method not in {"GET", "HEAD"}:
            form = await request.form()
            if not signing_in.form_token_fits(work.token, str(form.get(TOKEN_FIELD, ""))):
                await form.close()
                raise FormStale
        return work


class ForAnyone(Access):
    """For routes before the sign-in."""

    anyone = True

    async def __call__(self, request: Request) -> None:  # type: ignore[override]
        """Nobody in particular."""


def requires(*permissions: Permission) -> Any:  # noqa: ANN401 - FastAPI puts an `AtWork` in its place
    """The route is for roles that have any of these permissions."""
    return Depends(Access(*permissions))


SignedInDep = Annotated[AtWork, Depends(Access())]
"""The route is for everybody who is signed in: their own account."""
for_anyone = Depends(ForAnyone())
"""The route is for those who sign in, or join."""


async def at_work(request: Request) -> AtWork | None:
    """Who the cookie stands for at this moment."""
    token = request.cookies.get(cookie_name(request), "")
    if not token:
        return None
    services, now = services_of(request), clock_of(request)()
    actor = await signing_in.session_of(services.database, token, now)
    if actor is None:
        return None
    return AtWork(services, sealer_of(request), actor, token, address_of(request), now)


def sealer_of(request: Request) -> Sealer:
    """The sealer of this process, made from the secret at its first use."""
    state = request.app.state
    if getattr(state, "sealer", None) is None:
        state.sealer = Sealer(secret_of(cast("Settings", state.settings)))
    return cast("Sealer", state.sealer)


def set_cookie(request: Request, response: Response, token: str) -> None:
    """Give the browser the token of its session. It ends with the browser, or when the record says so."""
    response.set_cookie(
        cookie_name(request),
        token,
        path="/",
        httponly=True,
        secure=request.url.scheme == "https",
        samesite="lax",
    )


def keep_cookie(request: Request, response: Response, work: AtWork) -> None:
    """The same, when proving the second factor gave the session another token."""
    if work.token != request.cookies.get(cookie_name(request)):
        set_cookie(request, response, work.token)


def clear_cookie(request: Request, response: Response) -> None:
    """Take the token back."""
    response.delete_cookie(
        cookie_name(request), path="/", httponly=True, secure=request.url.scheme == "https", samesite="lax"
    )


def cookie_name(request: Request) -> str:
    """Browsers refuse the prefixed name from a neighbouring host or over plain HTTP."""
    return "__Host-goilai-desk" if request.url.scheme == "https" else "goilai-desk"


def inside(path: str) -> str:
    """Where to go after signing in: a page of the console, whatever the address said."""
    parts = urlsplit(path)
    ours = not parts.scheme and not parts.netloc and "\\" not in path and not path.startswith("//")
    return path if ours and (parts.path == HOME or parts.path.startswith(f"{HOME}/")) else HOME


def address(path: str, **query: str) -> str:
    """A page's address with what is not empty of the query."""
    asked = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(asked)}" if asked else path


def signed_in_cookie(request: Request, response: Response, signed_in: SignedIn) -> None:
    """A sign-in always brings a new token; one that the browser brought along is never adopted."""
    set_cookie(request, response, signed_in.token)


async def _record_denial(request: Request, work: AtWork) -> None:
    async with work.services.database.transaction() as session:
        await audit.record(
            session,
            actor=work.actor,
            action="console.denied",
            subject=f"route:{request.method} {request.url.path}",
            outcome=Outcome.REFUSED,
            now=work.now,
        )
