"""POST /v1/checks: judge one text."""

from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Body, Depends, HTTPException, Request
from fastapi.openapi.models import Example
from pydantic import BaseModel, ConfigDict, Field

from api.dependencies import ClockDep, ServicesDep
from api.v1.limits import admit, admit_identifiers
from api.v1.problems import refusals
from bot import texts
from bot.verdict_json import VerdictShape, shape
from scamcheck.check import check

router = APIRouter(prefix="/v1", tags=["checks"])


class CheckRequest(BaseModel):
    """What a parent received, or how they tell it. Only the first 8 KiB are read; nothing of it is kept."""

    model_config = ConfigDict(extra="forbid", strict=True)

    text: str = Field(
        min_length=1, pattern=r"\S", description="A message, a retelling, or just a number or link."
    )
    language: Literal["vi", "en"] = Field("vi", description="Language of the sentences in the answer.")


async def json_only(request: Request) -> None:
    """Refuse a body that does not say it is JSON. Async, because FastAPI hands any other to a thread."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)


_REQUESTS: dict[str, Example] = {
    "a retold call": {
        "value": {"text": "Có người gọi nói con tôi cấp cứu ở bệnh viện, bảo chuyển ngay 30 triệu để mổ"}
    },
    "only a number": {"value": {"text": "0912 345 678 là ai vậy"}},
    "in English": {"value": {"text": "https://vneid-capnhat.top/dang-nhap", "language": "en"}},
}


@router.post(
    "/checks",
    responses=refusals(400, 413, 415, 422, 429),
    dependencies=[Depends(json_only)],
)
async def check_text(
    request: Request,
    asked: Annotated[CheckRequest, Body(openapi_examples=_REQUESTS)],
    services: ServicesDep,
    clock: ClockDep,
) -> VerdictShape:
    """Judge one text and say why, and whom to call.

    Levels, most severe first: `CONFIRMED_SCAM`, `SUSPICIOUS`, `OFFICIAL`, `CANNOT_CHECK`, `UNKNOWN`. None of
    them says that a call or message is harmless. `contacts` come only from approved records.
    """
    admit(request, services.limits)
    now = clock()
    verdict = await check(asked.text, services.knowledge, now=now)
    seen = verdict.observables
    identifiers = (*(number.number for number in seen.numbers), *seen.accounts, *seen.links)
    admit_identifiers(request, services.limits, (identifier.key for identifier in identifiers))
    return shape(verdict, texts=texts.load(asked.language), now=now, demo=services.settings.serves_demo)
