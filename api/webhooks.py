"""Webhooks of chat platforms: verify, commit, then 200. What could not be committed is answered 503."""

import hmac
import json
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Final, cast

import structlog
from fastapi import APIRouter, Depends, HTTPException, Request, Response
from pydantic import SecretStr

from api.dependencies import ServicesDep, clock_of
from bot.app import Services
from bot.channels import telegram_listening, zalo_bot_listening, zalo_oa_listening
from bot.channels.door import Door
from bot.channels.zalo_oa_signature import SIGNATURE_HEADER, TIMESTAMP_HEADER, Origin, origin
from bot.messages import Channel

MAX_UPDATE_BYTES: Final = 512 * 1024
"""Far above the largest update that Telegram makes: two messages of 4,096 characters with their entities."""
TELEGRAM_SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - its name, not its value
ZALO_SECRET_HEADER: Final = "X-Bot-Api-Secret-Token"  # noqa: S105 - as above
RETRY_AFTER: Final = {"Retry-After": "5"}
ClockDep = Annotated[Callable[[], datetime], Depends(clock_of)]

log = structlog.get_logger(__name__)
router = APIRouter()


@router.post(telegram_listening.WEBHOOK_PATH, include_in_schema=False)
async def telegram(request: Request, services: ServicesDep) -> Response:
    """Take one update of Telegram in.

    404 where Telegram does not post to this process, 403 without the secret, 415, 413 and 400 for what is no
    update, 503 when it could not be committed: Telegram then delivers it again.
    """
    settings = services.settings
    door = _door(services, Channel.TELEGRAM, posts=settings.telegram_mode == "webhook")
    _require_secret(
        request,
        TELEGRAM_SECRET_HEADER,
        settings.telegram_webhook_secret,
        settings.telegram_webhook_secret_old,
    )
    return await _taken(door, await _body(request))


@router.post(zalo_bot_listening.WEBHOOK_PATH, include_in_schema=False)
async def zalo_bot(request: Request, services: ServicesDep) -> Response:
    """Take one event of the Zalo Bot Platform in. Answers as the webhook of Telegram does."""
    settings = services.settings
    door = _door(services, Channel.ZALO_BOT, posts=settings.zalo_bot_mode == "webhook")
    _require_secret(
        request,
        ZALO_SECRET_HEADER,
        settings.zalo_bot_webhook_secret,
        settings.zalo_bot_webhook_secret_old,
    )
    return await _taken(door, await _body(request))


@router.post(zalo_oa_listening.WEBHOOK_PATH, include_in_schema=False)
async def zalo_oa(request: Request, services: ServicesDep, clock: ClockDep) -> Response:
    """Take one event of the Zalo Official Account in. Answers as the webhook of Telegram does.

    Its mark covers the body, which is therefore received, but not parsed before the mark is found genuine.
    """
    settings = services.settings
    door = _door(services, Channel.ZALO_OA, posts=True)
    signature = request.headers.get(SIGNATURE_HEADER, "")
    if not signature:
        raise HTTPException(HTTPStatus.FORBIDDEN)
    body = await _body(request)
    judged = origin(
        body,
        signature=signature,
        timestamp_header=request.headers.get(TIMESTAMP_HEADER, ""),
        ids=(settings.zalo_oa_app_id, settings.zalo_oa_id),
        secrets=(
            settings.zalo_oa_secret.get_secret_value(),
            settings.zalo_oa_secret_old.get_secret_value(),
        ),
        now=clock(),
    )
    if judged is not Origin.GENUINE:
        log.warning("webhook.refused", channel=Channel.ZALO_OA, origin=judged)
        raise HTTPException(HTTPStatus.FORBIDDEN)
    return await _taken(door, body)


def _door(services: Services, channel: Channel, *, posts: bool) -> Door:
    door = services.doors.get(channel)
    if door is None or not posts:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return door


def _require_secret(request: Request, header: str, *secrets: SecretStr) -> None:
    """One of the secrets that are set: during a rotation there are two."""
    # As bytes: on text, the comparison refuses letters outside ASCII with an error.
    given = request.headers.get(header, "").encode()
    known = [secret.get_secret_value().encode() for secret in secrets if secret.get_secret_value()]
    if not any(hmac.compare_digest(given, secret) for secret in known):
        raise HTTPException(HTTPStatus.FORBIDDEN)


async def _taken(door: Door, body: bytes) -> Response:
    if not await door.intake.take(_object(body)):
        raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, headers=RETRY_AFTER)
    return Response()


async def _body(request: Request) -> bytes:
    """The bytes that were posted, unless they are too many or say that they are something else than JSON."""
    declared = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if declared not in {"", "application/json"}:
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
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
