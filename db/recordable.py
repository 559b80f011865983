"""Which identifiers may be recorded: canonical ones, and example numbers in the demo only."""

from typing import Final

from scamcheck.knowledge import IdentifierKind
from scamcheck.link import find_links
from scamcheck.phone import PhoneKind, PhoneNumber, is_example, parse_number

BIN_LENGTH: Final = 6
"""Digits of a bank's identification number."""

_SHORT_PREFIX: Final = "short:"


class KeyNotCanonical(ValueError):
    """The key is not the canonical form of an identifier of its kind, or nothing of its kind at all."""


class ExampleNumber(ValueError):
    """The number lies in the block kept for examples; a real record cannot have it."""


class NotAnExampleNumber(ValueError):
    """A demo record may only have a number that nobody can have."""


def phone_number(key: str) -> PhoneNumber:
    """The number that a canonical key stands for.

    Raises:
        KeyNotCanonical: the key is none.
    """
    seen = parse_number(key.removeprefix(_SHORT_PREFIX))
    if seen is None or seen.number.key != key:
        raise KeyNotCanonical(key)
    return seen.number


def require_recordable(kind: IdentifierKind, key: str, *, for_demo: bool) -> None:
    """Refuse a key that a record of this kind cannot have.

    Raises:
        KeyNotCanonical: not the canonical form; for a link also a bare shared host, which says nothing.
        ExampleNumber: a real record with a number of the example block.
        NotAnExampleNumber: a demo record with a number that somebody may have.
    """
    if kind is IdentifierKind.NUMBER:
        require_recordable_number(phone_number(key), for_demo=for_demo)
    elif not (_is_account(key) if kind is IdentifierKind.BANK_ACCOUNT else _is_link(key)):
        raise KeyNotCanonical(key)


def require_recordable_number(number: PhoneNumber, *, for_demo: bool) -> None:
    """The same, of a number that was read already.

    Raises:
        ExampleNumber, NotAnExampleNumber: see `require_recordable`.
    """
    if is_example(number) and not for_demo:
        raise ExampleNumber(number.key)
    if for_demo and number.kind is not PhoneKind.SHORT and not is_example(number):
        raise NotAnExampleNumber(number.key)


def _is_account(key: str) -> bool:
    bin_, _, number = key.partition(":")
    bank = bin_ == "?" or (bin_.isascii() and bin_.isdigit() and len(bin_) == BIN_LENGTH)
    return bank and number.isascii() and number.isalnum() and number == number.upper()


def _is_link(key: str) -> bool:
    links = find_links(f"https://{key}")  # as an address: a bare host with an unusual ending is no link
    return len(links) == 1 and links[0].key == key and ("/" in key or not links[0].shared_host)
