"""Is this number dressed up as an official one?

The neighbours of the *seen* number are generated and looked up among official contacts, so that the cost does
not grow with their count. Nearness to known *scam* numbers is no evidence and is not asked here.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from scamcheck.knowledge import Contact, Imitation
from scamcheck.numbering import AREA_CODES
from scamcheck.phone import PhoneNumber, SeenNumber

_VIETNAM: Final = "+84"
_SERVICES: Final = ("1800", "1900")
_SHORT_AREAS: Final = tuple(code[1:] for code in AREA_CODES if len(code) == len("024"))
_LONG_AREAS: Final = tuple(code[1:] for code in AREA_CODES if len(code) == len("0261"))
_SHORT_SUBSCRIBER: Final = 7
_LONG_SUBSCRIBER: Final = 8
_TAIL_LENGTHS: Final = (10, 9, 8)
"""Lengths of a whole number inside Vietnam without its 0 (1800/1900 and 069 lines may have 8)."""
_VARIABLE_LENGTHS: Final = {"1800": range(8, 11), "1900": range(8, 11), "69": range(7, 10)}
"""Lines whose length varies, and how many digits they have: there a digit too many is another valid line."""


def neighbours(key: str) -> Iterator[tuple[str, str]]:
    """Yield (candidate key, how) for every official number that the seen number `key` could be imitating.

    `how` is "foreign_tail" (its digits under a foreign code), "swapped_prefix" (1800 for 1900, another area
    code) or "near_miss" (one digit changed, two neighbours swapped; for service and police lines, whose
    length varies, also one digit too many or too few). Candidates need not exist; the caller looks them up.
    """
    if not key.startswith("+"):
        return
    if not key.startswith(_VIETNAM):
        yield from _foreign_tails(key[1:])
        return
    digits = key[len(_VIETNAM) :]
    for other in _swapped(digits):
        yield _VIETNAM + other, "swapped_prefix"
    for other in _near(digits):
        yield _VIETNAM + other, "near_miss"


def imitations(seen: SeenNumber, contacts_by_key: Mapping[str, Contact]) -> tuple[Imitation, ...]:
    """The approved contacts that the seen number is one step away from; none if it *is* an approved contact.

    A number with two readings imitates only if neither reading is approved, and both readings are tried.
    """
    readings: tuple[PhoneNumber, ...] = (seen.number, *seen.other_readings)
    if any(reading.key in contacts_by_key for reading in readings):
        return ()
    found: dict[str, Imitation] = {}
    for reading in readings:
        for key, how in neighbours(reading.key):
            contact = contacts_by_key.get(key)
            if contact is not None and contact.key not in found:
                found[contact.key] = Imitation(seen.number.key, contact, how)
    return tuple(found.values())


def _foreign_tails(digits: str) -> Iterator[tuple[str, str]]:
    """The ends that are whole numbers: +95 905 738 162 ends like 0905 738 162, +69 348 2716 like 069."""
    for length in _TAIL_LENGTHS:
        tail = digits[-length:]
        if len(tail) == length and tail[0] != "0":
            yield _VIETNAM + tail, "foreign_tail"


def _swapped(digits: str) -> Iterator[str]:
    service = digits[:4]
    if service in _SERVICES:
        yield _SERVICES[service == _SERVICES[0]] + digits[4:]
    else:
        yield from _other_areas(digits)


def _other_areas(digits: str) -> Iterator[str]:
    for areas, subscriber_length in ((_LONG_AREAS, _SHORT_SUBSCRIBER), (_SHORT_AREAS, _LONG_SUBSCRIBER)):
        code, subscriber = digits[:-subscriber_length], digits[-subscriber_length:]
        if code in areas:
            for area in areas:
                if area != code:
                    yield area + subscriber
            return


def _near(digits: str) -> Iterator[str]:
    length = len(digits)
    for index, digit in enumerate(digits):
        head, tail = digits[:index], digits[index + 1 :]
        for other in "0123456789":
            if other != digit:
                yield head + other + tail
    for index in range(length - 1):
        first, second = digits[index], digits[index + 1]
        if first != second:
            yield digits[:index] + second + first + digits[index + 2 :]
    for prefix, lengths in _VARIABLE_LENGTHS.items():
        if digits.startswith(prefix):
            yield from sorted(_longer_and_shorter(digits, len(prefix), lengths))


def _longer_and_shorter(digits: str, fixed: int, lengths: range) -> set[str]:
    """The digits with one dropped or added after the first `fixed` ones, where the length stays valid."""
    length = len(digits)
    found: set[str] = set()
    if length - 1 in lengths:
        found |= {digits[:index] + digits[index + 1 :] for index in range(fixed, length)}
    if length + 1 in lengths:
        places = range(fixed, length + 1)
        found |= {digits[:index] + other + digits[index:] for index in places for other in "0123456789"}
    return found
