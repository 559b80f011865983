"""Messages as JSON for inbox and outbox, with a version, so that a deploy never misreads a waiting row."""

from typing import Generic, Literal, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from bot.messages import Incoming, Reply

VERSION = 1
T = TypeVar("T")


class PayloadUnreadable(ValueError):
    """The payload was not written by the functions below, or by a version that is not understood."""


@dataclass(frozen=True)
class _Envelope(Generic[T]):
    version: Literal[1]
    content: T


_INCOMING = TypeAdapter(_Envelope[Incoming])
_REPLY = TypeAdapter(_Envelope[Reply])


def incoming_to_json(incoming: Incoming) -> str:
    """What came in, as it waits in the inbox."""
    return _INCOMING.dump_json(_Envelope[Incoming](VERSION, incoming)).decode()


def incoming_from_json(payload: str) -> Incoming:
    """What came in, out of the inbox.

    Raises:
        PayloadUnreadable: the payload is not one of ours.
    """
    try:
        return _INCOMING.validate_json(payload).content
    except ValidationError:
        # The error quotes the payload, which may hold a person's words.
        raise PayloadUnreadable from None


def reply_to_json(reply: Reply) -> str:
    """An answer, as it waits in the outbox."""
    return _REPLY.dump_json(_Envelope[Reply](VERSION, reply)).decode()


def reply_from_json(payload: str) -> Reply:
    """An answer, out of the outbox.

    Raises:
        PayloadUnreadable: the payload is not one of ours.
    """
    try:
        return _REPLY.validate_json(payload).content
    except ValidationError:
        raise PayloadUnreadable from None
