"""GET /v1/hotlines: the approved numbers of a school."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request

from api.dependencies import ClockDep, Services, ServicesDep
from api.v1.limits import admit
from api.v1.problems import refusals
from bot.verdict_json import ContactShape, SchoolShape, contact_shape, school_shape
from scamcheck.check import check
from scamcheck.knowledge import Asker
from scamcheck.routing import Role, Routing

MAX_SCHOOLS: Final = 8
_OF_A_SCHOOL: Final = (Role.SCHOOL, Role.SCHOOL_BACKUP)
_NOTHING_TO_JUDGE: Final = "hỏi số"

router = APIRouter(prefix="/v1", tags=["hotlines"])


@dataclass(frozen=True, slots=True)
class Hotline:
    """A school and its approved numbers, those on duty now first; none when none was approved yet."""

    school: SchoolShape
    contacts: tuple[ContactShape, ...]


@dataclass(frozen=True, slots=True)
class Hotlines:
    """Schools whose name fits the question, the best first."""

    hotlines: tuple[Hotline, ...]


@router.get("/hotlines", responses=refusals(422, 429, 503))
async def find_hotlines(
    request: Request,
    q: Annotated[
        str, Query(min_length=2, max_length=200, examples=["thcs nguyen du", "tiểu học Kim Đồng, xã Đức Lập"])
    ],
    services: ServicesDep,
    clock: ClockDep,
) -> Hotlines:
    """Schools by name, with or without accents, and the numbers to call back.

    Say a school, never a number that called: that belongs into the body of `POST /v1/checks`.
    """
    admit(request, services.limits)
    now = clock()
    found = [candidate.school for candidate in await services.knowledge.search_schools(q)][:MAX_SCHOOLS]
    return Hotlines(
        tuple(
            [
                Hotline(
                    school_shape(school, chosen=len(found) == 1),
                    tuple(_numbers(await _routing(services, school.id, now), now)),
                )
                for school in found
            ]
        )
    )


async def _routing(services: Services, school_id: str, now: datetime) -> Routing:
    # Which numbers of a school are shown, and in which order at this hour, is decided in one place only.
    asker = Asker(chosen_school=school_id)
    return (await check(_NOTHING_TO_JUDGE, services.knowledge, asker=asker, now=now)).routing


def _numbers(routing: Routing, now: datetime) -> Iterator[ContactShape]:
    for shown in routing.contacts:
        if shown.role in _OF_A_SCHOOL:
            yield contact_shape(shown, now)
