"""An invited person joins. Opening the link, as mail scanners do, shows one question and uses nothing up."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Final

import segno
from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import HTMLResponse, Response

from api.dependencies import ClockDep, ServicesDep, address_of, clock_of, services_of
from api.pages.console.access import HOME, for_anyone, sealer_of, signed_in_cookie
from api.pages.console.refusing import NOT_THE_SAME, problem_of
from api.pages.console.showing import NO_PROBLEM, Problem, console_page, go
from db import factor_renewal, joining, password_renewal
from db.invitations import AlreadyStaff
from db.login_limits import TooManyAttempts
from db.models import Renewal
from db.passwords import PasswordRefused
from db.signing_in import SignInRefused

LONGEST: Final = 320
_WRONG_EITHER: Final = Problem(
    "Mật khẩu hoặc mã 6 số chưa đúng. Hãy thử lại; mã 6 số thì đợi mã mới hiện trên điện thoại.",
    frozenset({"password", "code"}),
    "password",
)
_WRONG_OR_USED_CODE: Final = Problem(
    "Mã chưa đúng, đã dùng rồi, hoặc đã thử quá nhiều lần. Hãy đợi mã mới trên điện thoại, hoặc nhập một mã "
    "khôi phục khác. Mật khẩu cũng phải nhập lại.",
    frozenset({"code"}),
)
_WRONG_CODE: Final = Problem(
    "Mã 6 số chưa đúng. Hãy đợi mã mới hiện trên điện thoại rồi nhập lại. Mật khẩu cũng phải nhập lại.",
    frozenset({"code"}),
)

router = APIRouter(prefix="/join", dependencies=[for_anyone])


@dataclass(frozen=True, slots=True)
class Joining:
    """The forms of this page."""

    spoken_code: Annotated[str, Form(max_length=64)] = ""
    password: Annotated[str, Form(max_length=LONGEST)] = ""
    again: Annotated[str, Form(max_length=LONGEST)] = ""
    code: Annotated[str, Form(max_length=64)] = ""

    @property
    def filled(self) -> bool:
        """Whether it comes from the second page; the first asks for the spoken code alone."""
        return bool(self.password or self.again or self.code)


@router.get("/{invitation}")
async def join_page(request: Request, invitation: str) -> HTMLResponse:  # noqa: ARG001 - looked at by nobody yet
    """Ask for the code that was told by voice. Every link, good or not, is answered alike."""
    return _asks_for_spoken_code(request)


@router.post("/{invitation}")
async def join(
    request: Request,
    invitation: str,
    services: ServicesDep,
    clock: ClockDep,
    form: Annotated[Joining, Depends()],
) -> Response:
    """With the spoken code: show the second factor to set up. With all fields: become staff."""
    try:
        enrolment = await joining.open_invitation(
            services.database, invitation, form.spoken_code, sealer=sealer_of(request), now=clock()
        )
        if not form.filled:
            return _asks_for_password(request, form, enrolment)
        return await _FILLED[enrolment.renews](request, invitation, form, enrolment)
    except joining.InvitationNotValid as fact:
        return _asks_for_spoken_code(request, problem_of(fact))


async def _become_staff(
    request: Request, token: str, form: Joining, enrolment: joining.Enrolment
) -> Response:
    """Somebody new, with a password of their own choice."""
    if form.password != form.again:
        return _asks_for_password(request, form, enrolment, NOT_THE_SAME)
    try:
        accepted = await joining.accept_invitation(
            services_of(request).database,
            token,
            form.spoken_code,
            password=form.password,
            code=form.code,
            sealer=sealer_of(request),
            now=clock_of(request)(),
        )
    except (SignInRefused, PasswordRefused, AlreadyStaff) as fact:
        problem = _WRONG_CODE if isinstance(fact, SignInRefused) else problem_of(fact)
        return _asks_for_password(request, form, enrolment, problem)
    return _shows_recovery_codes(request, accepted, enrolment.name)


async def _renew_factor(
    request: Request, token: str, form: Joining, enrolment: joining.Enrolment
) -> Response:
    """One of the staff, whose second factor was lost: the password is the one they have."""
    try:
        accepted = await factor_renewal.renew_second_factor(
            services_of(request).database,
            token,
            form.spoken_code,
            password=form.password,
            code=form.code,
            address=address_of(request),
            sealer=sealer_of(request),
            now=clock_of(request)(),
        )
    except (SignInRefused, TooManyAttempts) as fact:
        problem = _WRONG_EITHER if isinstance(fact, SignInRefused) else problem_of(fact)
        return _asks_for_password(request, form, enrolment, problem)
    return _shows_recovery_codes(request, accepted, enrolment.name)


async def _renew_password(
    request: Request, token: str, form: Joining, enrolment: joining.Enrolment
) -> Response:
    """One of the staff, whose password was forgotten: the code is of the second factor they have."""
    if form.password != form.again:
        return _asks_for_password(request, form, enrolment, NOT_THE_SAME)
    try:
        signed_in = await password_renewal.renew_password(
            services_of(request).database,
            token,
            form.spoken_code,
            password=form.password,
            code=form.code,
            address=address_of(request),
            sealer=sealer_of(request),
            now=clock_of(request)(),
        )
    except (SignInRefused, PasswordRefused) as fact:
        problem = _WRONG_OR_USED_CODE if isinstance(fact, SignInRefused) else problem_of(fact)
        return _asks_for_password(request, form, enrolment, problem)
    response = go(request, None, HOME, "password_changed")
    signed_in_cookie(request, response, signed_in)
    return response


_FILLED: Final[Mapping[Renewal | None, Callable[..., Awaitable[Response]]]] = {
    None: _become_staff,
    Renewal.SECOND_FACTOR: _renew_factor,
    Renewal.PASSWORD: _renew_password,
}
"""What the second page does, by what it renews. Each raises `InvitationNotValid` when the link has ended."""


def _shows_recovery_codes(request: Request, accepted: joining.Accepted, name: str) -> HTMLResponse:
    response = console_page(request, None, "recovery_codes.html", codes=accepted.recovery_codes, name=name)
    signed_in_cookie(request, response, accepted.signed_in)
    return response


def _asks_for_spoken_code(request: Request, problem: Problem = NO_PROBLEM) -> HTMLResponse:
    return console_page(request, None, "join.html", problem=problem)


def _asks_for_password(
    request: Request, form: Joining, enrolment: joining.Enrolment, problem: Problem = NO_PROBLEM
) -> HTMLResponse:
    return console_page(
        request,
        None,
        "new_password.html" if enrolment.renews is Renewal.PASSWORD else "enrol.html",
        problem=problem,
        spoken_code=form.spoken_code,
        enrolment=enrolment,
        qr=qr_image(enrolment.totp_uri) if enrolment.totp_uri else "",
    )


def qr_image(text: str) -> str:
    """A QR code as the address of an image: the policy allows `data:` images, and no inline style."""
    return segno.make(text, error="m", micro=False).svg_data_uri(scale=6, border=3, dark="#000", light="#fff")
