"""Phone numbers as people in Vietnam paste them, and the one canonical form each has here.

What a number *is* comes from our own dated plan (`numbering`); libphonenumber serves foreign numbers only and
never calls a Vietnamese number wrong. Digits that cannot be read exactly are "malformed" and not guessed at.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from scamcheck.digits import PlainText, disjoint, overlaps, plain, with_spoken_digits
from scamcheck.numbering import (
    NORM_VERSION,
    SHORT_CODES,
    PhoneKind,
    PhoneNumber,
    cannot_call,
    is_example,
    kind_of_prefix,
    province_of,
    read_national,
)
from scamcheck.phone_printing import dialled, masked, printed
from scamcheck.phone_reading import SERVICE_PREFIXES, Reading, international, read
from scamcheck.phone_runs import Group, runs
from scamcheck.phone_words import (
    Label,
    alone,
    calls_after,
    is_masked,
    label_before,
    landline_meant,
    money_after,
    short_codes,
)

__all__ = [
    "NORM_VERSION",
    "PhoneKind",
    "PhoneNumber",
    "SeenNumber",
    "cannot_call",
    "dialled",
    "find_numbers",
    "is_example",
    "masked",
    "parse_number",
    "prefix_asked",
    "printed",
    "province_of",
]


@dataclass(frozen=True, slots=True)
class SeenNumber:
    """A number as it stood in a message: the likeliest reading first, other possible readings after it."""

    number: PhoneNumber
    start: int
    end: int
    other_readings: tuple[PhoneNumber, ...] = ()
    converted_from: str | None = None
    """The old digits when an old notation (11-digit mobile, pre-2017 area code) was converted."""
    forged_display: bool = False
    """Nothing dials that way: `+84069…`, `+69…`."""
    unusual_block: bool = False
    """A known prefix whose sub-block is not known to be in use: a reason, never evidence."""
    country: str | None = None
    """ISO 3166 region of a foreign number, "001" for satellite and global services."""


def find_numbers(
    display: str, taken: Sequence[tuple[int, int]] = ()
) -> tuple[tuple[SeenNumber, ...], tuple[str, ...]]:
    """Find the phone numbers of a message, in order, and the digits that look like one but cannot be.

    `taken` are spans of `display` already read as bank accounts, links or payment codes: nothing in them is a
    phone number, except the number that a chat link (`zalo.me/0912…`) is made of. `cannot_call` tells whether
    malformed digits have the right length but lie in a range that nobody calls from.

    Returns:
        The numbers, each key once; and the malformed digit strings, which nobody must guess at.
    """
    view = with_spoken_digits(plain(display))
    return _Finder(view, disjoint(taken)).find()


def parse_number(typed: str) -> SeenNumber | None:
    """Read one number typed into a field, in any notation; None unless it is exactly one readable number.

    A short code ("113") needs no words around it here.
    """
    digits = plain(typed).text.strip()
    if digits in SHORT_CODES:
        return SeenNumber(PhoneNumber(f"short:{digits}", PhoneKind.SHORT), 0, len(typed))
    numbers, malformed = find_numbers(typed)
    return numbers[0] if len(numbers) == 1 and not malformed else None


def prefix_asked(typed: str) -> tuple[str, PhoneKind] | None:
    """The first digits of numbers ("1900", "đầu số 0263") when a message is about nothing else."""
    found = _PREFIX_ASKED.fullmatch(plain(typed).text.strip(" .?!•·x\n"))
    kind = kind_of_prefix(found["digits"]) if found else None
    return (found["digits"], kind) if found and kind else None


_PREFIX_ASKED: Final = re.compile(
    r"(?:(?:cac |nhung )?(?:dau so|so|ma vung|ma so) )?(?P<digits>[0-9]{3,4})[ .?!•·x]*"
    r"(?: ?(?:la (?:dau |ma )?(?:so )?(?:cua )?(?:gi|nao|ai|may|dau|tinh nao|mang nao|vung nao)"
    r"|cua (?:ai|tinh nao|mang nao|noi nao|dau)|o dau)(?: (?:vay|the|a|nhi|day))*)?"
)
_CHAT_LINK: Final = re.compile(
    r"(?:zalo\.me/|viber\.me/|m\.me/|(?P<abroad>wa\.me/|t\.me/|phone=|number=(?:%2b)?|tel:|sms:|callto:))"
    r"(?P<digits>\+?[0-9]{9,14})(?![0-9a-z])"
)
_STARTS: Final = ("0", "84", *SERVICE_PREFIXES)
"""What a number written inside Vietnam starts with."""
_FIRST_DIGITS: Final = frozenset("01356789")
_FEWEST_DIGITS: Final = 7
_TIGHT: Final = frozenset({".", "-", "_", "·"})
"""Separators that hold one number together; a space may as well part it from the next thing."""
_LAST_DAY: Final = "31"
_YEAR: Final = re.compile(r"(?:1[89]|20)[0-9]{2}")
_MOST_GROUPS: Final = 15
_MOST_DIGITS: Final = 16
_MOST_STARTS: Final = 800
"""In one unbroken run of digits: 8 KiB of numbers have fewer, 8 KiB of "0 0 0 …" more."""
_LONG_ENOUGH_TO_PART: Final = 8
_LIST_GAP: Final = 12
_FEWEST_SURE_DIGITS: Final = 8
_MOST_MALFORMED: Final = 13


class _Finder:
    """One pass over one message."""

    def __init__(self, view: PlainText, taken: Sequence[tuple[int, int]]) -> None:
        self._view = view
        self._text = view.text
        self._taken = taken
        self._numbers: dict[str, SeenNumber] = {}
        self._malformed: dict[str, None] = {}
        self._last_end = -_LIST_GAP - 1
        """Where the last number that was read ended: the next in a list needs no word of its own."""

    def find(self) -> tuple[tuple[SeenNumber, ...], tuple[str, ...]]:
        for match in _CHAT_LINK.finditer(self._text):
            self._chat_link(match)
        for run in runs(self._view, self._taken):
            index = 0
            for _ in range(_MOST_STARTS):
                if index >= len(run):
                    break
                index = self._read_from(run, index)
        for code, start, end in short_codes(self._text):
            span = self._view.span(start, end)
            if not overlaps(span, self._taken):
                self._add(SeenNumber(PhoneNumber(f"short:{code}", PhoneKind.SHORT), *span))
        return tuple(sorted(self._numbers.values(), key=lambda seen: seen.start)), tuple(self._malformed)

    def _read_from(self, run: list[Group], index: int) -> int:
        """Read one number that starts at group `index`; return the index of the group to go on with."""
        found = self._longest(run, index)
        if found is None:
            return self._unreadable(run, index)
        end, reading = found
        first, last = run[index], run[end]
        if _left_over(run, index, end) or is_masked(self._text, first.start, last.end):
            return _next_start(run, end + 1)
        if not self._accepts(run[index : end + 1], reading):
            return end + 1
        seen = self._keep(reading, first.start, last.end)
        return self._shorthand(run, end + 1, seen)

    def _longest(self, run: list[Group], index: int) -> tuple[int, Reading] | None:
        """The last group, and the reading, of the number that starts at group `index`."""
        first = run[index]
        if not first.plus and first.digits[0] not in _FIRST_DIGITS:
            return None
        on_landline = first.digits[0] == "0" and landline_meant(self._text, first.start)
        best: tuple[int, Reading] | None = None
        length = 0
        for end in range(index, min(index + _MOST_GROUPS, len(run))):
            group = run[end]
            if best and not _goes_on(run, index, end):
                break
            if length >= _LONG_ENOUGH_TO_PART and "-" in group.gap and group.digits.startswith("0"):
                break
            length += len(group.digits)
            if length > _MOST_DIGITS:
                break
            if length >= _FEWEST_DIGITS:
                groups = run[index : end + 1]
                reading = read(groups, first_of_run=index == 0, landline_meant=on_landline)
                best = (end, reading) if reading else best
        return best

    def _accepts(self, groups: list[Group], reading: Reading) -> bool:
        """Whether the words around allow these digits to be a phone number."""
        start, end = groups[0].start, groups[-1].end
        label = self._label(start)
        if label is Label.OTHER:
            return False
        named = label is Label.PHONE or alone(self._text, start, end)
        if reading.uncertain:
            return label is Label.PHONE or calls_after(self._text, end)
        if reading.bare:
            return self._bare_is_phone(groups, named=named)
        if reading.number.kind in {PhoneKind.TOLL_FREE, PhoneKind.PAID}:
            return not _are_years(groups, named=named) and not money_after(self._text, end)
        guessed = sum(group.guessed for group in groups)
        if guessed:
            return sum(len(group.digits) for group in groups) - guessed >= _FEWEST_SURE_DIGITS
        return not _could_be_a_list(groups) or named or calls_after(self._text, end)

    def _bare_is_phone(self, groups: list[Group], *, named: bool) -> bool:
        """Whether nine digits without 0 are a number and not an amount or an old identity number."""
        if money_after(self._text, groups[-1].end):
            return False
        round_sum = groups[-1].digits.endswith("000")
        return named or (len(groups) == 1 and not round_sum and calls_after(self._text, groups[0].end))

    def _label(self, start: int) -> Label | None:
        if 0 <= start - self._last_end <= _LIST_GAP:
            return Label.PHONE
        return label_before(self._text, start)

    def _keep(self, reading: Reading, start: int, end: int) -> SeenNumber:
        self._last_end = end
        return self._add(
            SeenNumber(
                reading.number,
                *self._view.span(start, end),
                other_readings=(reading.other,) if reading.other else (),
                converted_from=reading.converted_from,
                forged_display=reading.forged,
                unusual_block=reading.unusual_block,
                country=reading.country,
            )
        )

    def _add(self, seen: SeenNumber) -> SeenNumber:
        return self._numbers.setdefault(seen.number.key, seen)

    def _shorthand(self, run: list[Group], index: int, seen: SeenNumber) -> int:
        """Read "0912 345 678/79" and "0261 3546278 - 3546279" as two numbers that end differently."""
        while index < len(run) and seen.number.kind in {PhoneKind.MOBILE, PhoneKind.LANDLINE}:
            group = run[index]
            national = seen.converted_from or "0" + seen.number.key.removeprefix("+84")
            if not _replaces_tail(group, seen.number, national):
                break
            reading = read_national(national[: -len(group.digits)] + group.digits)
            if reading is None:
                break
            seen = self._keep(
                Reading(reading.number, converted_from=reading.converted_from), group.start, group.end
            )
            index += 1
        return index

    def _unreadable(self, run: list[Group], index: int) -> int:
        """Report digits that look like a number but cannot be one; return where to go on."""
        first = run[index]
        starts = first.plus or first.digits.startswith(_STARTS)
        if not (starts or (len(run) == 1 and alone(self._text, first.start, first.end))):
            return index + 1
        last = _last_of_same_spacing(run, index)
        groups = run[index : last + 1]
        end = groups[-1].end
        digits = "".join(group.digits for group in groups)
        if is_masked(self._text, first.start, end) or any("*" in group.gap for group in groups):
            return _next_start(run, last + 1)
        label = self._label(first.start)
        named = label is Label.PHONE or alone(self._text, first.start, end)
        if (
            label is Label.OTHER
            or any(group.guessed for group in groups)
            or money_after(self._text, end)
            or not _looks_like_number(digits, plus=first.plus, named=named)
        ):
            return index + 1
        self._malformed.setdefault(f"+{digits}" if first.plus else digits)
        return last + 1

    def _chat_link(self, match: re.Match[str]) -> None:
        digits = match["digits"].removeprefix("+")
        group = Group(digits, match.start("digits"), match.end("digits"), plus=match["digits"] != digits)
        reading = read([group])
        if reading is None and match["abroad"]:
            reading = international(digits)
        if reading:
            self._keep(reading, group.start, group.end)


def _goes_on(run: list[Group], index: int, end: int) -> bool:
    """Whether a number complete before group `end` may go on with it ("1900 54 54" and then " 13")."""
    gap = run[end].gap
    return end - index > 1 and gap == run[end - 1].gap and gap in {" ", ".", "-"}


def _left_over(run: list[Group], index: int, end: int) -> bool:
    """Whether digits follow in the same tight spacing, so that the count is wrong ("0912.345.678.9")."""
    if end == index or end + 1 == len(run):
        return False
    following = run[end + 1]
    return (
        following.gap == run[end].gap and following.gap in _TIGHT and not following.digits.startswith(_STARTS)
    )


def _next_start(run: list[Group], index: int) -> int:
    """The next group that a number could start with."""
    while index < len(run) and not run[index].digits.startswith(_STARTS):
        index += 1
    return index


def _last_of_same_spacing(run: list[Group], index: int) -> int:
    """How far digits that fit no number belong together."""
    last, count = index, len(run[index].digits)
    for following in run[index + 1 : index + 1 + _MOST_GROUPS]:
        parted = following.digits.startswith("0") and not {"/", "\n", ",", "-"}.isdisjoint(following.gap)
        count += len(following.digits)
        if parted or count > _MOST_MALFORMED or (last > index and following.gap != run[last].gap):
            break
        last += 1
    return last


def _looks_like_number(digits: str, *, plus: bool, named: bool) -> bool:
    count = len(digits)
    if plus:
        return 8 <= count <= 15
    if digits.startswith("00") and not named:
        return False
    if digits.startswith("0"):
        return 9 <= count <= 11 or (named and 7 <= count <= 12)
    return named and 7 <= count <= _MOST_MALFORMED


def _are_years(groups: list[Group], *, named: bool) -> bool:
    """Whether "1900-1945" or "1800 1900" is a span of years; after "gọi" and a space it is a number."""
    return (
        len(groups) == 2
        and _YEAR.fullmatch(groups[1].digits) is not None
        and not (named and groups[1].gap == " ")
    )


def _could_be_a_list(groups: list[Group]) -> bool:
    """Whether digits two by two are as likely days or lots: "07 08 09 10 11", "09 12 34 56 78"."""
    pairs = [group.digits for group in groups]
    if len(pairs) < 4 or groups[0].plus or any(len(pair) != 2 for pair in pairs):
        return False
    return pairs == sorted(pairs) or all(pair <= _LAST_DAY for pair in pairs)


def _replaces_tail(group: Group, number: PhoneNumber, national: str) -> bool:
    """Whether a group after a number stands for its last two or three digits, or for another subscriber."""
    joint, count = group.gap.strip(), len(group.digits)
    subscriber = 8 if number.key.startswith(("+8424", "+8428")) else 7
    if number.kind is PhoneKind.LANDLINE and count == subscriber:
        return joint in {"/", "-", ","} and group.digits[0] != "0"
    return joint == "/" and (count == 2 or (count == 3 and group.digits[0] == national[-3]))
