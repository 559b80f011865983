"""Webhooks of chat platforms: verify, commit, then 200. What could not be committed is answered 503."""

import hmac
import json
from http import HTTPStatus
from typing import Final, cast

from fastapi import APIRouter, HTTPException, Request, Response

from api.dependencies import ServicesDep
from bot.channels.telegram_listening import WEBHOOK_PATH
from bot.messages import Channel

MAX_UPDATE_BYTES: Final = 512 * 1024
"""Far above the largest update that Telegram makes: two messages of 4,096 characters with their entities."""
SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - its name, not its value
RETRY_AFTER: Final = {"Retry-After": "5"}

router = APIRouter()


@router.post(WEBHOOK_PATH, include_in_schema=False)
async def telegram(request: Request, services: ServicesDep) -> Response:
    """Take one update of Telegram in.

    404 where Telegram does not post to this process, 403 without the secret, 413 and 400 for what is no
    update, 503 when it could not be committed: Telegram then delivers it again.
    """
    settings, door = services.settings, services.doors.get(Channel.TELEGRAM)
    if door is None or settings.telegram_mode != "webhook":
        raise HTTPException(HTTPStatus.NOT_FOUND)
    secret = settings.telegram_webhook_secret.get_secret_value()
    # As bytes: on text, the comparison refuses letters outside ASCII with an error.
    if not secret or not hmac.compare_digest(
        request.headers.get(SECRET_HEADER, "").encode(), secret.encode()
    ):
        raise HTTPException(HTTPStatus.FORBIDDEN)
    if not await door.intake.take(_object(await _body(request))):
        raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, headers=RETRY_AFTER)
    return Response()


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_UPDATE_BYTES:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return bytes(body)


def _object(body: bytes) -> dict[str, object]:
    try:
        content: object = json.loads(body)
    except (ValueError, RecursionError):
        raise HTTPException(HTTPStatus.BAD_REQUEST) from None
    if not isinstance(content, dict):
        raise HTTPException(HTTPStatus.BAD_REQUEST)
    return cast("dict[str, object]", content)
