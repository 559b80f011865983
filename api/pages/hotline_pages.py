"""The public directory: the approved numbers of a school as a page, a poster, a frame for its own site."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Query, Request
from starlette.responses import RedirectResponse, Response

from api.dependencies import ClockDep, LanguageDep, Services, ServicesDep, address_of
from api.errors import refusal
from api.rendering import page
from bot.accounts import official_accounts
from bot.settings import Settings
from bot.texts import load
from db.schools import PastSchool, past_school
from scamcheck.check import check
from scamcheck.knowledge import Asker, School
from scamcheck.phone import dialled, parse_number
from scamcheck.routing import Role, ShownContact

MAX_SCHOOLS: Final = 12
_OF_A_SCHOOL: Final = (Role.SCHOOL, Role.SCHOOL_BACKUP)
_NOTHING_TO_JUDGE: Final = "hỏi số"
_IN_A_FRAME: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors https: http:"
)
"""Any site may frame it: it has no form, no cookie and no script, and says the same to everybody."""

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Number:
    """One number of a school, to dial."""

    printed: str
    dial: str
    label: str
    hours: str
    off_duty: bool
    unconfirmed: bool
    verified: str
    is_backup: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """A school with the numbers that an answer would show now, those on duty first."""

    school: School
    numbers: tuple[Number, ...]

    @property
    def name(self) -> str:
        """Level and name, as people say them."""
        return self.school.full_name


@router.get("/danh-ba")
async def directory(
    request: Request,
    services: ServicesDep,
    clock: ClockDep,
    language: LanguageDep,
    q: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Search by level, name, commune or an old name."""
    found: tuple[Listed, ...] = ()
    if q.strip():
        if refused := services.limits.take_stranger(address_of(request)):
            return refusal(
                request, HTTPStatus.TOO_MANY_REQUESTS, {"Retry-After": str(refused.retry_after_seconds)}
            )
        candidates = (await services.knowledge.search_schools(q))[:MAX_SCHOOLS]
        found = tuple([await _listed(services, one.school, clock()) for one in candidates])
    return page(request, "directory.html", language=language, q=q, found=found, page_path="/")


@router.get("/truong/{school_id}")
async def school(
    request: Request, school_id: str, services: ServicesDep, clock: ClockDep, language: LanguageDep
) -> Response:
    """One school: what the QR code of its poster opens, also of an old poster."""
    listed = await _by_id(services, school_id, clock())
    if isinstance(listed, PastSchool):
        return _moved(request, listed, "/truong/{}", language, "school_past.html")
    return page(request, "school.html", language=language, listed=listed, page_path="/")


@router.get("/truong/{school_id}/poster.pdf")
async def poster(
    request: Request, school_id: str, services: ServicesDep, clock: ClockDep, language: LanguageDep
) -> Response:
    """The poster for the notice board, A4."""
    # Importing what writes PDF takes 0.2 s: too much for every start, little for a poster.
    from api.pages.poster import Poster, PosterNumber, drawn, for_paper  # noqa: PLC0415

    now = clock()
    listed = await _by_id(services, school_id, now)
    if isinstance(listed, PastSchool):
        return _moved(request, listed, "/truong/{}/poster.pdf", language, "school_past.html")
    base = services.settings.public_url.rstrip("/") or str(request.base_url).rstrip("/")
    content = drawn(
        Poster(
            school=f"Trường {listed.name}",
            place=f"{listed.school.commune}, {listed.school.province}",
            numbers=for_paper(
                PosterNumber(
                    one.printed,
                    one.label,
                    one.hours,
                    is_backup=one.is_backup,
                    unconfirmed=one.unconfirmed,
                )
                for one in listed.numbers
            ),
            address=f"{base}/truong/{listed.school.id}",
            issued_by=services.settings.operator,
            printed_at=now,
            is_example=listed.school.is_example,
            accounts=accounts_on_paper(services.settings),
            accounts_address=f"{base.partition('://')[2]}/toilaai",
        )
    )
    headers = {"Content-Disposition": f'inline; filename="goi-lai-truong-{listed.school.id}.pdf"'}
    return Response(content, media_type="application/pdf", headers=headers)


def accounts_on_paper(settings: Settings) -> tuple[str, ...]:
    """Our accounts as words to compare with what a phone shows; an account without a name by its address."""
    texts = load("vi")
    return tuple(
        texts.get(
            "account.line",
            channel=texts.get(f"account.{account.channel.value}"),
            name=account.name or account.link.partition("://")[2],
        )
        for account in official_accounts(settings)
        if account.name or account.link
    )


@router.get("/nhung/{school_id}")
async def frame(
    request: Request, school_id: str, services: ServicesDep, clock: ClockDep, language: LanguageDep
) -> Response:
    """The school's current numbers, for a frame in its own page. Sets no cookie."""
    listed = await _by_id(services, school_id, clock())
    if isinstance(listed, PastSchool):
        response = _moved(request, listed, "/nhung/{}", language, "frame_past.html")
    else:
        response = page(request, "frame.html", language=language, listed=listed)
    response.headers["Content-Security-Policy"] = _IN_A_FRAME
    return response


async def _by_id(services: Services, school_id: str, now: datetime) -> Listed | PastSchool:
    found = await services.knowledge.school(school_id)
    if found is not None:
        return await _listed(services, found, now)
    async with services.database.reading() as session:
        past = await past_school(session, school_id)
    if past is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return past


def _moved(request: Request, past: PastSchool, path: str, language: str, template: str) -> Response:
    """To the school that it is part of now, or where to turn; never a number that nobody answers."""
    if past.became is not None:
        return RedirectResponse(path.format(past.became), HTTPStatus.MOVED_PERMANENTLY)
    return page(request, template, language=language, status=HTTPStatus.GONE, past=past, page_path="/")


async def _listed(services: Services, found: School, now: datetime) -> Listed:
    # Which numbers of a school are shown, and in which order at this hour, is decided in one place only.
    asker = Asker(chosen_school=found.id)
    routing = (await check(_NOTHING_TO_JUDGE, services.knowledge, asker=asker, now=now)).routing
    shown = (one for one in routing.contacts if one.role in _OF_A_SCHOOL)
    return Listed(found, tuple(_number(one, now) for one in shown))


def _number(shown: ShownContact, now: datetime) -> Number:
    contact = shown.contact
    seen = parse_number(contact.key)
    return Number(
        printed=contact.printed,
        dial=contact.key if seen is None else dialled(seen.number),
        label=contact.label,
        hours=contact.hours,
        off_duty=shown.off_duty,
        unconfirmed=contact.expires_at is not None and contact.expires_at <= now,
        verified="" if contact.verified_at is None else f"{contact.verified_at:%d/%m/%Y}",
        is_backup=contact.is_backup,
    )
