"""GET and POST /khieu-nai: anyone says that an identifier is theirs; a case code answers for it."""

from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, Response

from api import wording
from api.dependencies import ClockDep, LanguageDep, ServicesDep, address_of
from api.errors import refusal
from api.rendering import page
from api.typed import key_typed
from db import appeals
from db.recordable import KeyNotCanonical
from scamcheck.knowledge import IdentifierKind

router = APIRouter(include_in_schema=False)

LONGEST_WORDS: Final = appeals.LONGEST_WORDS
_EMPTY: Final = {
    "kind": IdentifierKind.NUMBER.value,
    "typed": "",
    "bank": "",
    "words": "",
    "case_code": "",
}


@router.get("/khieu-nai")
async def appeal_page(request: Request, language: LanguageDep) -> HTMLResponse:
    """The form, and the question how an appeal stands."""
    return _page(request, language)


@router.post("/khieu-nai")
async def file_appeal(
    request: Request,
    services: ServicesDep,
    clock: ClockDep,
    language: LanguageDep,
    kind: Annotated[str, Form(max_length=16)] = IdentifierKind.NUMBER.value,
    typed: Annotated[str, Form(max_length=500)] = "",
    bank: Annotated[str, Form(max_length=100)] = "",
    words: Annotated[str, Form(max_length=5000)] = "",
) -> Response:
    """Keep an appeal and give its case code. Whether the identifier is listed is not told."""
    form = {**_EMPTY, "kind": kind, "typed": typed, "bank": bank, "words": words}
    said = wording.load(language).appeal
    if refused := services.limits.take_check(address_of(request)):
        return refusal(
            request, HTTPStatus.TOO_MANY_REQUESTS, {"Retry-After": str(refused.retry_after_seconds)}
        )
    try:
        of_kind = IdentifierKind(kind)
        key = key_typed(of_kind, typed, bank)
    except (KeyNotCanonical, ValueError):
        return _page(request, language, problem=said["unreadable"], wrong="typed", form=form)
    if not words.strip():
        return _page(request, language, problem=said["no_words"], wrong="words", form=form)
    try:
        async with services.database.transaction() as session:
            appeal = await appeals.file_appeal(
                session, kind=of_kind, key=key, words=words.strip(), now=clock()
            )
    except appeals.AppealTooLong:
        return _page(request, language, problem=said["too_long"], wrong="words", form=form)
    except appeals.TooManyAppeals:
        return _page(request, language, problem=said["too_many"], wrong="typed", form=form)
    return _page(request, language, case_code=appeal.case_code)


@router.post("/khieu-nai/tra-cuu")
async def appeal_status(
    request: Request,
    services: ServicesDep,
    language: LanguageDep,
    case_code: Annotated[str, Form(max_length=32)] = "",
) -> Response:
    """How an appeal stands, by its case code."""
    said = wording.load(language).appeal
    if refused := services.limits.take_check(address_of(request)):
        return refusal(
            request, HTTPStatus.TOO_MANY_REQUESTS, {"Retry-After": str(refused.retry_after_seconds)}
        )
    async with services.database.reading() as session:
        found = await appeals.appeal_status(session, case_code)
    if found is None:
        return _page(
            request,
            language,
            problem=said["no_such_code"],
            wrong="case_code",
            form={**_EMPTY, "case_code": case_code},
        )
    status = said[f"status_{found.status.value}"]
    return _page(request, language, standing=(found.case_code, status, found.decision))


def _page(
    request: Request,
    language: str,
    *,
    problem: str = "",
    wrong: str = "",
    case_code: str = "",
    standing: tuple[str, str, str] | None = None,
    form: dict[str, str] | None = None,
) -> HTMLResponse:
    return page(
        request,
        "appeal.html",
        language=language,
        status=HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        problem=problem,
        wrong=wrong,
        case_code=case_code,
        standing=standing,
        form=form or _EMPTY,
        kinds=[kind.value for kind in IdentifierKind],
        longest=LONGEST_WORDS,
    )
