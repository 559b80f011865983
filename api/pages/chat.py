"""The web chat: one question in, one answer as a card out. All of the conversation is in `bot`."""

from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Final
from uuid import UUID, uuid4

import structlog
from fastapi import APIRouter, Form, Request
from pydantic import BaseModel, Field
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api import wording
from api.dependencies import (
    Asking,
    AskingDep,
    LanguageDep,
    Services,
    ServicesDep,
    Visit,
    VisitDep,
    address_of,
    remember_language,
)
from api.errors import refusal
from api.rendering import is_htmx, page, quoted
from bot.conversation import respond_without_records
from bot.messages import Incoming, Reply
from bot.messages_json import reply_from_json
from db import left_messages

ANSWER_TIMEOUT: Final = 15.0
"""Seconds until a parent is given the fixed steps instead of more waiting."""
_NEVER_LIMITED: Final = ("on_phone", "sent_money", "data", "erase", "erase_yes")
"""Help in the minute of need, and a person's rights, wait for no limit."""
_PAGES: Final = ("/", "/quyen-rieng-tu", "/toilaai")

log = structlog.get_logger(__name__)
router = APIRouter(include_in_schema=False)


class Question(BaseModel):
    """The composer's form, or a tapped choice."""

    text: str = ""
    action: str = Field("", max_length=64, pattern=r"^[A-Za-z0-9_:.+\-]*$")
    event_id: UUID = Field(default_factory=uuid4)
    """Made with the form: the same form sent twice has one effect."""


class Shared(BaseModel):
    """What another app hands over through the share sheet of the phone."""

    title: str = ""
    text: str = ""
    url: str = ""

    @property
    def as_text(self) -> str:
        """The parts once each: apps put the link into the text, and its first line into the title."""
        parts = [self.text, *(part for part in (self.title, self.url) if part and part not in self.text)]
        return "\n".join(part for part in parts if part.strip())


@router.get("/")
async def first_page(
    request: Request, language: LanguageDep, services: ServicesDep, visit: VisitDep
) -> HTMLResponse:
    """The composer, and what was left for this visitor since. Sets no cookie: reading needs none."""
    left = await _left_for(services, visit) if visit.known else []
    return _chat_page(
        request,
        language,
        left=[reply for _, reply in left],
        left_ids=[id_ for id_, _ in left],
    )


@router.post("/chat/read")
async def note_read(asking: AskingDep, left: Annotated[list[int], Form()]) -> Response:
    """Note that what was left for this visitor was read; it is not shown again."""
    if asking.visit.known:
        async with asking.services.database.transaction() as session:
            await left_messages.note_read(session, asking.visit.conversation, left, asking.now)
    return RedirectResponse("/", HTTPStatus.SEE_OTHER)


@router.post("/chat")
async def chat(request: Request, asking: AskingDep, question: Annotated[Question, Form()]) -> Response:
    """Answer what was typed or tapped: the whole page, or the answer alone when the page asks for that."""
    return await _answer(
        request,
        asking,
        Incoming(
            conversation=asking.visit.conversation,
            event_id=str(question.event_id),
            received_at=asking.now,
            text="" if question.action else question.text,
            action=question.action or None,
            language=asking.language,
        ),
    )


@router.post("/share")
async def share(request: Request, asking: AskingDep, shared: Annotated[Shared, Form()]) -> Response:
    """Answer what was shared; the phone sends no id, so each time counts as new."""
    return await _answer(
        request,
        asking,
        Incoming(
            conversation=asking.visit.conversation,
            event_id=str(uuid4()),
            received_at=asking.now,
            text=shared.as_text,
            forwarded=True,
            language=asking.language,
        ),
    )


@router.post("/chat/clear")
async def clear() -> Response:
    """Leave the questions on the screen behind; they are kept nowhere else."""
    return RedirectResponse("/", HTTPStatus.SEE_OTHER)


@router.post("/language")
async def choose_language(
    request: Request, language: Annotated[str, Form()] = "vi", page: Annotated[str, Form()] = "/"
) -> Response:
    """Keep the language and go back to the page it was chosen on."""
    response = RedirectResponse(page if page in _PAGES else "/", HTTPStatus.SEE_OTHER)
    remember_language(request, response, language)
    return response


async def _answer(request: Request, asking: Asking, incoming: Incoming) -> Response:
    if not incoming.action and not incoming.text.strip():
        return _ask_again(request, incoming, "composer_empty")
    limits = asking.services.limits
    # A known visit is limited by the conversation as one person; addresses are shared by whole networks.
    counts = not asking.visit.known and incoming.action not in _NEVER_LIMITED
    if counts and (refused := limits.take_stranger(address_of(request))):
        return refusal(
            request, HTTPStatus.TOO_MANY_REQUESTS, {"Retry-After": str(refused.retry_after_seconds)}
        )
    status = HTTPStatus.OK
    try:
        replies = await _replies(asking.services, incoming)
    except Exception as error:  # noqa: BLE001 - whatever broke, the parent gets the judged text and the steps
        log.warning("web.answered_without_records", error=type(error).__name__)
        status = HTTPStatus.SERVICE_UNAVAILABLE
        replies = await respond_without_records(incoming, asking.now)
    asked = quoted(incoming.text)
    if is_htmx(request):
        response = page(
            request, "turn.html", language=incoming.language, status=status, replies=replies, asked=asked
        )
    else:
        response = _chat_page(request, incoming.language, replies=replies, asked=asked, status=status)
    asking.visit.remember(request, response)
    return response


async def _replies(services: Services, incoming: Incoming) -> tuple[Reply, ...]:
    replies = await services.delivery.answer_to(incoming, ANSWER_TIMEOUT)
    if replies:
        return replies
    # An answer is given out once. The same form again means that the network lost it on its way: asked anew,
    # the conversation comes to the same state, since it files no report and no dispute of a check twice.
    return await services.delivery.answer_to(replace(incoming, event_id=str(uuid4())), ANSWER_TIMEOUT)


async def _left_for(services: Services, visit: Visit) -> list[tuple[int, Reply]]:
    try:
        async with services.database.reading() as session:
            left = await left_messages.waiting(session, visit.conversation)
        return [(id_, reply_from_json(payload)) for id_, payload in left]
    except Exception as error:  # noqa: BLE001 - without its records the page still takes a question
        log.warning("web.left_not_read", error=type(error).__name__)
        return []


def _ask_again(request: Request, incoming: Incoming, problem: str) -> Response:
    words = wording.load(incoming.language).page[problem]
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if is_htmx(request):
        # Beside the composer, not among the answers; what was typed is still in the box.
        response = page(request, "problem.html", language=incoming.language, status=status, problem=words)
        response.headers["HX-Retarget"] = "#problem-place"
        response.headers["HX-Reswap"] = "innerHTML"
        return response
    return _chat_page(request, incoming.language, problem=words, draft=incoming.text, status=status)


def _chat_page(
    request: Request, language: str, *, status: int = HTTPStatus.OK, **shown: object
) -> HTMLResponse:
    blank = {"replies": (), "asked": "", "problem": "", "draft": "", "left": (), "left_ids": ()}
    return page(request, "chat.html", language=language, status=status, **{**blank, **shown})
