"""Identifiers and days as people type them into a form, made into what the record keeps."""

from db.importing.reading import RowUnreadable, read_date
from db.recordable import KeyNotCanonical
from scamcheck.bank_account import bank_named
from scamcheck.knowledge import IdentifierKind
from scamcheck.link import find_links
from scamcheck.phone import parse_number
from scamcheck.text import fold


def key_typed(kind: IdentifierKind, typed: str, bank: str = "") -> str:
    """The canonical key.

    Raises:
        KeyNotCanonical: nothing of this kind can be read in it.
    """
    typed = typed.strip()
    if kind is IdentifierKind.NUMBER:
        seen = parse_number(typed)
        if seen is None:
            raise KeyNotCanonical(typed)
        return seen.number.key
    if kind is IdentifierKind.BANK_ACCOUNT:
        number = "".join(letter for letter in typed.upper() if letter.isalnum())
        named = bank_named(fold(bank)) if bank.strip() else None
        if not number.isascii() or not number or (bank.strip() and named is None):
            raise KeyNotCanonical(typed)
        return f"{named.bin if named else '?'}:{number}"
    undone = typed.replace("[.]", ".").replace("hxxp", "http")
    links = find_links(undone) or find_links(f"https://{undone}")
    if len(links) != 1:
        raise KeyNotCanonical(typed)
    return links[0].key


def day_typed(typed: str) -> str:
    """24/11/2026 as the record writes it; what is no day stays as it is, for the record to refuse."""
    try:
        return read_date(typed).isoformat()
    except RowUnreadable:
        return typed.strip()


def searched(typed: str) -> str:
    """What of a key to look for when somebody searches: a number without its 0 or 84, or part of a link."""
    typed = typed.strip()
    seen = parse_number(typed)
    if seen is not None:
        return seen.number.key
    digits = "".join(letter for letter in typed if letter.isdigit())
    if digits and len(digits) >= len(typed.replace(" ", "")) - 2:
        return digits.removeprefix("0")
    return typed.lower().replace("[.]", ".").removeprefix("https://").removeprefix("http://")
