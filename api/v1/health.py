"""Whether the process lives, and whether it can answer."""

from http import HTTPStatus

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from api.dependencies import ClockDep, ServicesDep
from scamcheck.check import check

router = APIRouter(include_in_schema=False)


@router.get("/livez")
async def alive() -> Response:
    """The process answers."""
    return JSONResponse({"status": "alive"})


@router.get("/readyz")
async def ready(services: ServicesDep, clock: ClockDep) -> Response:
    """The records can be reached, so that a check is a whole one."""
    verdict = await check("113", services.knowledge, now=clock())
    if verdict.lists_available:
        return JSONResponse({"status": "ready"})
    return JSONResponse({"status": "records unavailable"}, HTTPStatus.SERVICE_UNAVAILABLE)
