"""Whether Zalo itself has posted an event of the Official Account: told from the bytes, before reading them.

The mark is a plain SHA-256 of: application id, body as posted, timestamp, OA secret key. (Source: Zalo's
webhook documentation. Some accounts see the account's id in place of the application's, so both are tried.)
"""

import hashlib
import hmac
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import product
from typing import Final

LATEST: Final = timedelta(hours=24)
"""Zalo tries again for up to twelve hours; within this time a repeated event is known by its id."""
EARLIEST: Final = timedelta(minutes=10)
"""How far Zalo's clock may be ahead of ours."""
SIGNATURE_HEADER: Final = "X-ZEvent-Signature"
TIMESTAMP_HEADER: Final = "X-ZEvent-Timestamp"
_TRIED: Final = 4

_TIMESTAMP = re.compile(rb'"timestamp"\s{0,8}:\s{0,8}"?(\d{9,16})(?!\d)')


class Origin(StrEnum):
    """What the signature says."""

    GENUINE = "genuine"
    FORGED = "forged"
    STALE = "stale"
    """Genuine once, but too old or not yet due: a recording played again."""


def mark(first: str, body: bytes, timestamp: str, secret: str) -> str:
    """The mark that Zalo puts on an event."""
    return hashlib.sha256(first.encode() + body + timestamp.encode() + secret.encode()).hexdigest()


def origin(  # noqa: PLR0913 - what the judgement rests on
    body: bytes,
    *,
    signature: str,
    timestamp_header: str,
    ids: Iterable[str],
    secrets: Iterable[str],
    now: datetime,
) -> Origin:
    """Judge one event.

    Args:
        body: as it was posted, unread.
        signature: the header `SIGNATURE_HEADER`.
        timestamp_header: the header `TIMESTAMP_HEADER`, when there is one.
        ids: the application's id and the account's.
        secrets: the OA secret keys that are in use: two while one is being changed. An empty one is none.
        now: the time.
    """
    given = signature.strip().removeprefix("mac=").strip().lower().encode()
    header = [timestamp_header] if re.fullmatch(r"\d{9,16}", timestamp_header, re.ASCII) else []
    in_body = (found.decode() for found in _TIMESTAMP.findall(body))
    timestamps = list(dict.fromkeys((*header, *in_body)))[:_TRIED]
    signers = list(product(ids, filter(None, secrets)))
    # Every mark is compared, whatever the others say: how long it takes tells nothing.
    matching = [
        timestamp
        for timestamp in timestamps
        for first, secret in signers
        if hmac.compare_digest(given, mark(first, body, timestamp, secret).encode())
    ]
    if not matching:
        return Origin.FORGED
    age = now - _moment(matching[0])
    return Origin.GENUINE if -EARLIEST <= age <= LATEST else Origin.STALE


def _moment(timestamp: str) -> datetime:
    """Milliseconds; nine to eleven digits are seconds."""
    number = int(timestamp)
    seconds = number / 1000 if len(timestamp) > 11 else number
    # No year beyond what a datetime can say: sixteen digits of milliseconds are far off anyway.
    return datetime.fromtimestamp(min(seconds, 32_503_680_000), UTC)
