"""Signing in and out, and proving the second factor again."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.dependencies import ClockDep, ServicesDep, address_of
from api.pages.console.access import (
    HOME,
    SIGN_IN,
    Refused,
    SignedInDep,
    address,
    at_work,
    clear_cookie,
    for_anyone,
    inside,
    sealer_of,
    signed_in_cookie,
)
from api.pages.console.refusing import problem_of
from api.pages.console.showing import NO_PROBLEM, Problem, console_page, go
from db import signing_in
from db.login_limits import TooManyAttempts
from db.signing_in import SignInRefused

router = APIRouter()

LONGEST_FIELD = 320


@router.get("/sign-in", dependencies=[for_anyone])
async def sign_in_page(request: Request, next: str = HOME) -> Response:  # noqa: A002 - the word in the address
    """Ask for address, password and code; whoever is signed in goes on."""
    if await at_work(request) is not None:
        return RedirectResponse(inside(next), HTTPStatus.SEE_OTHER)
    return _sign_in_page(request, next)


@router.post("/sign-in", dependencies=[for_anyone])
async def sign_in(
    request: Request,
    services: ServicesDep,
    clock: ClockDep,
    email: Annotated[str, Form(max_length=LONGEST_FIELD)] = "",
    password: Annotated[str, Form(max_length=LONGEST_FIELD)] = "",
    code: Annotated[str, Form(max_length=64)] = "",
    next: Annotated[str, Form()] = HOME,  # noqa: A002
) -> Response:
    """Let a staff member in, with a new token."""
    try:
        signed_in = await signing_in.sign_in(
            services.database,
            email=email,
            password=password,
            code=code,
            address=address_of(request),
            sealer=sealer_of(request),
            now=clock(),
            demo=services.settings.serves_demo,
        )
    except (SignInRefused, TooManyAttempts) as fact:
        return _sign_in_page(request, next, _problem(fact), email)
    response = RedirectResponse(inside(next), HTTPStatus.SEE_OTHER)
    signed_in_cookie(request, response, signed_in)
    return response


@router.post("/sign-out")
async def sign_out(request: Request, work: SignedInDep) -> Response:
    """End this session."""
    await signing_in.sign_out(work.services.database, work.token, work.now)
    response = RedirectResponse(address(SIGN_IN, said="signed_out"), HTTPStatus.SEE_OTHER)
    clear_cookie(request, response)
    return response


@router.get("/step-up")
async def step_up_page(request: Request, work: SignedInDep, next: str = HOME) -> HTMLResponse:  # noqa: A002
    """Ask for a code."""
    return console_page(request, work, "step_up.html", next=inside(next))


@router.post("/step-up")
async def step_up(
    request: Request,
    work: SignedInDep,
    code: Annotated[str, Form(max_length=64)] = "",
    next: Annotated[str, Form()] = HOME,  # noqa: A002
) -> Response:
    """Prove the second factor for five minutes of deciding; the session gets another token."""
    try:
        work = await work.step_up(code)
    except Refused as refused:
        problem = problem_of(refused.fact)
        return console_page(request, work, "step_up.html", problem=problem, next=inside(next))
    return go(request, work, inside(next), "stepped_up")


def _problem(fact: Exception) -> Problem:
    """Which of the three is wrong is not said, so all three are marked, and the words stand at the first."""
    if isinstance(fact, SignInRefused):
        return Problem(problem_of(fact).words, frozenset({"email", "password", "code"}), "email")
    return problem_of(fact)


def _sign_in_page(
    request: Request, next_: str, problem: Problem = NO_PROBLEM, email: str = ""
) -> HTMLResponse:
    return console_page(request, None, "sign_in.html", problem=problem, next=inside(next_), email=email)
