"""Vietnam's numbering plan: the dated tables of `data/numbering.toml`, and what they say about digits."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from typing import Any, Final, cast


class PhoneKind(StrEnum):
    """What the numbering plan says a number is (domain facts 1.1 and 1.5)."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    POLICE_DEFENCE = "police_defence"
    GOVERNMENT = "government"
    TOLL_FREE = "toll_free"
    PAID = "paid"
    SATELLITE = "satellite"
    SHORT = "short"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """One number in canonical form.

    `key` is E.164 ("+84912345678", "+841900545413") or "short:113"; equality of keys is equality of numbers.
    """

    key: str
    kind: PhoneKind


@dataclass(frozen=True, slots=True)
class NationalReading:
    """What a string of national digits ("0912345678", "19001234") is, by the plan."""

    number: PhoneNumber
    landline_before_2017: PhoneNumber | None = None
    """The other reading of a present mobile number whose prefix was an area code until 2017."""
    converted_from: str | None = None
    unusual_block: bool = False


class Spacing(StrEnum):
    """What the spaces in a number say about where its area code ends."""

    NONE = "none"
    OLD_CODE = "old_code"
    """The first group is exactly an area code of before 2017: "026 3822 123"."""
    OTHER = "other"


_TEN: Final = 10
_ELEVEN: Final = 11
_MOBILE_PREFIX: Final = (3, 4)
_FIRST_DIGITS_OF_OLD_SUBSCRIBERS: Final = frozenset("2345678")
"""Before 2017 a landline's own number began with its operator's digit; 3 was by far the commonest."""


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(files("scamcheck").joinpath("data", name).read_text(encoding="utf-8"))


_PLAN: Final = _table("numbering.toml")
NORM_VERSION: Final = int(cast("int", _PLAN["norm_version"]))
"""Kept beside stored keys: a change of the plan that changes keys raises it, and keys are made anew."""

_MOBILE: Final = frozenset(cast("list[str]", _PLAN["mobile"]["prefixes"]))
_UNUSUAL: Final = frozenset(cast("list[str]", _PLAN["mobile"]["unusual_prefixes"]))
_KNOWN_BLOCKS: Final = cast("Mapping[str, list[str]]", _PLAN["mobile"]["known_blocks"])
_OLD_MOBILE: Final = cast("Mapping[str, str]", _PLAN["mobile_migration"]["codes"])
AREA_CODES: Final = cast("Mapping[str, str]", _PLAN["landline"]["codes"])
"""Present area codes ("0261", "024") and the province each belongs to today."""
_OLD_SAFE: Final = cast("Mapping[str, str]", _PLAN["landline_migration"]["safe"])
_OLD_COLLIDING: Final = cast("Mapping[str, str]", _PLAN["landline_migration"]["colliding"])
_OLD_DOUBTFUL: Final = cast("Mapping[str, str]", _PLAN["landline_migration"]["doubtful"])
_CANNOT_CALL_TEN: Final = tuple(cast("list[str]", _PLAN["cannot_call"]["ten_digits"]))
_CANNOT_CALL_ELEVEN: Final = tuple(cast("list[str]", _PLAN["cannot_call"]["eleven_digits"]))
SHORT_CODES: Final = frozenset(cast("list[str]", _PLAN["short"]["codes"]))
"""National short numbers that are read when the words around them say that they are called."""
SATELLITE_CODES: Final = tuple(cast("list[str]", _PLAN["foreign"]["satellite_codes"]))
_EXAMPLES: Final = tuple(
    (cast("str", block["prefix"]), cast("int", block["digits"]), PhoneKind(cast("str", block["kind"])))
    for block in cast("list[dict[str, object]]", _PLAN["example"])
)
_PREFIXED: Final = tuple(
    (cast("str", _PLAN[name]["prefix"]), frozenset(cast("list[int]", _PLAN[name]["tail_digits"])), kind)
    for name, kind in (
        ("police_defence", PhoneKind.POLICE_DEFENCE),
        ("government", PhoneKind.GOVERNMENT),
        ("satellite", PhoneKind.SATELLITE),
    )
)
_SERVICE: Final = (
    (cast("str", _PLAN["service"]["toll_free"]), PhoneKind.TOLL_FREE),
    (cast("str", _PLAN["service"]["paid"]), PhoneKind.PAID),
)
_SERVICE_TAIL: Final = frozenset(cast("list[int]", _PLAN["service"]["tail_digits"]))


def read_national(
    digits: str, *, spacing: Spacing = Spacing.NONE, landline_meant: bool = False
) -> NationalReading | None:
    """Read digits as written inside Vietnam: with the 0, or 1800/1900; None when the plan has no such number.

    `spacing` and `landline_meant` ("máy bàn", "cố định") decide how a number from before 2017 is understood.
    """
    if example := _example(digits):
        return NationalReading(_vietnamese(digits, example))
    for prefix, kind in _SERVICE:
        if digits.startswith(prefix) and len(digits) - len(prefix) in _SERVICE_TAIL:
            return NationalReading(PhoneNumber(f"+84{digits}", kind))
    for prefix, tails, kind in _PREFIXED:
        if digits.startswith(prefix) and len(digits) - len(prefix) in tails:
            return NationalReading(_vietnamese(digits, kind))
    if len(digits) == _TEN:
        return _ten_digits(digits, spacing, landline_meant=landline_meant)
    if len(digits) == _ELEVEN:
        return _eleven_digits(digits)
    return None


def province_of(number: PhoneNumber) -> str | None:
    """The province a landline's area code belongs to today; codes of merged provinces work in parallel."""
    if number.kind is not PhoneKind.LANDLINE:
        return None
    national = "0" + number.key.removeprefix("+84")
    return AREA_CODES.get(national[:3]) or AREA_CODES.get(national[:4])


def is_example(number: PhoneNumber) -> bool:
    """Whether the number lies in a block kept for examples: never a real number, refused for real records."""
    tail = number.key.removeprefix("+84")
    return number.key.startswith("+84") and bool(_example("0" + tail) or _example(tail))


def kind_of_prefix(digits: str) -> PhoneKind | None:
    """What numbers that begin with exactly these digits are: "1900", "069", "0263", "0912"; else None."""
    lines = {prefix: kind for prefix, _, kind in _PREFIXED if kind is PhoneKind.POLICE_DEFENCE}
    if kind := (dict(_SERVICE) | lines).get(digits):
        return kind
    if digits in AREA_CODES:
        return PhoneKind.LANDLINE
    return PhoneKind.MOBILE if len(digits) in _MOBILE_PREFIX and digits[:3] in _MOBILE else None


def cannot_call(digits: str) -> bool:
    """Whether unreadable digits have the length of a number but lie in a range that nobody can call from."""
    return (len(digits) == _TEN and digits.startswith(_CANNOT_CALL_TEN)) or (
        len(digits) == _ELEVEN and digits.startswith(_CANNOT_CALL_ELEVEN)
    )


def is_old_code(digits: str) -> bool:
    """Whether these digits are exactly an area code of before 2017."""
    return digits in _OLD_SAFE or digits in _OLD_COLLIDING or digits in _OLD_DOUBTFUL


def _vietnamese(national: str, kind: PhoneKind) -> PhoneNumber:
    return PhoneNumber("+84" + (national[1:] if national[0] == "0" else national), kind)


def _example(digits: str) -> PhoneKind | None:
    for prefix, length, kind in _EXAMPLES:
        if len(digits) == length and digits.startswith(prefix):
            return kind
    return None


def _converted(digits: str, old: str, new: str) -> NationalReading:
    number = _vietnamese(new + digits[len(old) :], PhoneKind.LANDLINE)
    return NationalReading(number, converted_from=digits)


def _ten_digits(digits: str, spacing: Spacing, *, landline_meant: bool) -> NationalReading | None:
    prefix = digits[:3]
    if prefix in _MOBILE or prefix in _UNUSUAL:
        blocks = _KNOWN_BLOCKS.get(prefix)
        return NationalReading(
            _vietnamese(digits, PhoneKind.MOBILE),
            landline_before_2017=_colliding(digits, spacing, landline_meant=landline_meant),
            unusual_block=prefix in _UNUSUAL or (blocks is not None and digits[:4] not in blocks),
        )
    if digits[:2] in _OLD_SAFE and digits[2] in _FIRST_DIGITS_OF_OLD_SUBSCRIBERS:
        return _converted(digits, digits[:2], _OLD_SAFE[digits[:2]])
    if digits[3] not in _FIRST_DIGITS_OF_OLD_SUBSCRIBERS:
        return None
    if prefix in _OLD_SAFE and digits[:4] not in AREA_CODES:
        return _converted(digits, prefix, _OLD_SAFE[prefix])
    if prefix in _OLD_DOUBTFUL and (digits[:4] not in AREA_CODES or spacing is Spacing.OLD_CODE):
        return _converted(digits, prefix, _OLD_DOUBTFUL[prefix])
    return None


def _colliding(digits: str, spacing: Spacing, *, landline_meant: bool) -> PhoneNumber | None:
    """The landline that these ten digits were before 2017, when that reading is worth offering.

    Every `037…` mobile could be an old Thanh Hóa landline on paper; it is offered when the subscriber part
    looks like a landline's, unless the spacing is a mobile's ("0383.803.686").
    """
    for length in (2, 3):
        old = digits[:length]
        if new := _OLD_COLLIDING.get(old):
            break
    else:
        return None
    subscriber = digits[len(old) :]
    if landline_meant or spacing is Spacing.OLD_CODE:
        plausible = subscriber[0] in _FIRST_DIGITS_OF_OLD_SUBSCRIBERS
    elif spacing is Spacing.OTHER:
        plausible = False
    else:
        plausible = subscriber[0] == "3" and (len(old) > 2 or subscriber[1] in "5789")
    return _vietnamese(new + subscriber, PhoneKind.LANDLINE) if plausible else None


def _eleven_digits(digits: str) -> NationalReading | None:
    four = digits[:4]
    if four in AREA_CODES or (digits[:3] in AREA_CODES and four not in _OLD_SAFE):
        subscriber = digits[4:] if four in AREA_CODES else digits[3:]
        return NationalReading(_vietnamese(digits, PhoneKind.LANDLINE), unusual_block=subscriber[0] in "01")
    if new := _OLD_MOBILE.get(four):
        number = _vietnamese(new + digits[4:], PhoneKind.MOBILE)
        return NationalReading(number, converted_from=digits)
    if new := _OLD_SAFE.get(four):
        return _converted(digits, four, new)
    return None
