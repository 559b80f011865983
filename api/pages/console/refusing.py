"""Forms of one record: an identifier as typed, and the form again when what it asked for was refused."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Form
from starlette.responses import Response

from api.pages.console import labels
from api.pages.console.access import Refused
from api.typed import key_typed
from db import approvals
from db.recordable import KeyNotCanonical
from scamcheck.knowledge import IdentifierKind

KINDS: Final = tuple(kind.value for kind in IdentifierKind)


@dataclass(frozen=True, slots=True)
class IdentifierTyped:
    """The fields of a form that ask for a number, an account or a link."""

    kind: Annotated[str, Form(max_length=16)] = IdentifierKind.NUMBER.value
    typed: Annotated[str, Form(max_length=500)] = ""
    bank: Annotated[str, Form(max_length=100)] = ""

    def identifier(self, key: str = "") -> tuple[IdentifierKind, str]:
        """Kind and key; `key` where the form was opened with one.

        Raises:
            KeyNotCanonical: it cannot be read.
        """
        if self.kind not in KINDS:
            raise KeyNotCanonical(self.kind)
        kind = IdentifierKind(self.kind)
        return kind, key or key_typed(kind, self.typed, self.bank)


def kinds_to_pick() -> list[tuple[str, str]]:
    """The kinds of identifier, each with its word."""
    return [(kind, labels.label("identifier", kind)) for kind in KINDS]


def reason_in(written: str) -> str:
    """The reason that somebody wrote.

    Raises:
        ReasonMissing: there is none.
    """
    if not written.strip():
        raise approvals.ReasonMissing
    return written.strip()


async def or_again(
    act: Callable[[], Awaitable[Response]], again: Callable[[str], Awaitable[Response]]
) -> Response:
    """What the act answers; if it was refused, the page of its form `again`, which says why."""
    try:
        return await act()
    except (KeyNotCanonical, approvals.ReasonMissing) as fact:
        return await again(labels.refusal(fact))
    except Refused as refused:
        return await again(labels.refusal(refused.fact))
