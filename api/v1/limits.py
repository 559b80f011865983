"""How often one address may use the JSON API; who calls it is known by nothing else."""

from collections.abc import Iterable
from http import HTTPStatus

from fastapi import HTTPException, Request

from api.dependencies import address_of
from bot.limits import Limits, Refusal


def admit(request: Request, limits: Limits) -> None:
    """Count one request of this address.

    Raises:
        HTTPException: 429 with Retry-After, when it asks too often.
    """
    _raise(limits.take_check(address_of(request)))


def admit_identifiers(request: Request, limits: Limits, keys: Iterable[str]) -> None:
    """Count the identifiers this address asks about: lists cannot be tried out one by one.

    Raises:
        HTTPException: 429 with Retry-After, when there were too many different ones.
    """
    _raise(limits.take_identifiers(address_of(request), keys))


def _raise(refusal: Refusal | None) -> None:
    if refusal:
        headers = {"Retry-After": str(refusal.retry_after_seconds)}
        raise HTTPException(HTTPStatus.TOO_MANY_REQUESTS, headers=headers)
