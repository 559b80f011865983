"""Whether the process lives, whether it can answer, and what operators watch."""

import hmac
from http import HTTPStatus
from typing import Final

import structlog
from fastapi import APIRouter, HTTPException, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import JSONResponse, Response

from api.dependencies import ClockDep, ServicesDep
from bot import metrics
from scamcheck.check import check

LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})
_PROXIED: Final = ("x-forwarded-for", "forwarded", "x-real-ip", "via")

router = APIRouter(include_in_schema=False)
log = structlog.get_logger(__name__)


@router.get("/livez")
async def alive() -> Response:
    """The process answers."""
    return JSONResponse({"status": "alive"})


@router.get("/readyz")
async def ready(request: Request, services: ServicesDep, clock: ClockDep) -> Response:
    """The records can be read and written to, have this release's schema, and events are worked off.

    Not while the process is about to stop: it still answers, but nothing new should be sent to it.
    """
    if request.app.state.draining:
        return _not_ready("stopping")
    verdict = await check("113", services.knowledge, now=clock())
    if not verdict.lists_available:
        return _not_ready("records unavailable")
    try:
        health = await services.health(clock())
    except Exception as error:  # noqa: BLE001 - whatever it was, nothing can be written
        log.warning("health.not_written", error=type(error).__name__)
        return _not_ready("records cannot be written")
    return _not_ready(", ".join(health.faults)) if health.faults else JSONResponse({"status": "ready"})


@router.get("/metrics")
async def measured(request: Request, services: ServicesDep, clock: ClockDep) -> Response:
    """Counts and times for Prometheus: to this machine, or to who brings METRICS_TOKEN."""
    if not _may_read(request, services.settings.metrics_token.get_secret_value()):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    try:
        health = await services.health(clock())
    except Exception as error:  # noqa: BLE001 - the counts of this process are there anyway
        log.warning("health.not_written", error=type(error).__name__)
    else:
        metrics.INBOX_WAITING.set(health.inbox_waiting)
        metrics.INBOX_OLDEST.set(health.inbox_oldest.total_seconds())
        metrics.OUTBOX_WAITING.set(health.outbox_waiting)
        metrics.OUTBOX_OLDEST.set(health.outbox_oldest.total_seconds())
    return Response(generate_latest(metrics.REGISTRY), media_type=CONTENT_TYPE_LATEST)


def _may_read(request: Request, token: str) -> bool:
    given = request.headers.get("authorization", "").encode()
    if token:
        return hmac.compare_digest(given, f"Bearer {token}".encode())
    # A proxy on this machine is on loopback too; who comes through it does not.
    proxied = any(name in request.headers for name in _PROXIED)
    return request.client is not None and request.client.host in LOOPBACK and not proxied


def _not_ready(why: str) -> Response:
    return JSONResponse({"status": why}, HTTPStatus.SERVICE_UNAVAILABLE)
