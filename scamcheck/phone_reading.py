"""Joined digits to a number: by our own plan for Vietnam, by libphonenumber for abroad; words apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import phonenumbers

from scamcheck.numbering import (
    SATELLITE_CODES,
    NationalReading,
    PhoneKind,
    PhoneNumber,
    Spacing,
    is_old_code,
    read_national,
)
from scamcheck.phone_runs import Group


@dataclass(frozen=True, slots=True)
class Reading:
    """What digits are by themselves."""

    number: PhoneNumber
    other: PhoneNumber | None = None
    converted_from: str | None = None
    unusual_block: bool = False
    country: str | None = None
    forged: bool = False
    bare: bool = False
    """Nine digits without the 0: a number only if the words say so."""
    uncertain: bool = False
    """As likely something else (a citizen id, an account): a number only after a word for it."""


SERVICE_PREFIXES: Final = ("1800", "1900")
_BARE_LENGTH: Final = 9
_MOBILE_STARTS: Final = frozenset("35789")
_WITH_084: Final = 12
_AFTER_84: Final = range(10, 14)
_ABROAD: Final = range(7, 16)


def read(
    groups: Sequence[Group], *, first_of_run: bool = True, landline_meant: bool = False
) -> Reading | None:
    """Read groups joined to one number, or None when no number is written like that.

    `first_of_run`: no other digits stand before (nine digits without 0 may only start a run);
    `landline_meant`: the words say so ("máy bàn").
    """
    digits = "".join([group.digits for group in groups])
    if groups[0].plus:
        return international(digits)
    if digits.startswith("00"):
        return international(digits[2:], dialled=True)
    if digits.startswith(("0", *SERVICE_PREFIXES)) and not _has_084(digits):
        return _from_plan(read_national(digits, spacing=_spacing(groups), landline_meant=landline_meant))
    if digits.startswith("84") and len(digits) in _AFTER_84:
        return _after_84(digits[2:])
    if _has_084(digits):
        # A citizen id of Trà Vinh begins 084 too; its fourth digit is 0 to 3, a mobile's 3, 5, 7, 8 or 9.
        return _mobile("0" + digits[3:], uncertain=len(groups) == 1 and digits[3] == "3")
    bare = len(digits) == _BARE_LENGTH and digits[0] in _MOBILE_STARTS and first_of_run
    return _mobile("0" + digits, bare=True) if bare else None


def _has_084(digits: str) -> bool:
    return digits.startswith("084") and len(digits) == _WITH_084


def international(digits: str, *, dialled: bool = False) -> Reading | None:
    """Read the digits after a plus, or after a `dialled` 00."""
    if digits.startswith("84"):
        return _after_84(digits[2:])
    if digits.startswith("0"):
        # "+0692348560": a national number dressed up with a plus.
        return None if dialled else _from_plan(read_national(digits), forged=True)
    abroad = _abroad(digits) if len(digits) in _ABROAD else None
    if abroad is None or not abroad.valid:
        # "+69 234 8560" is what a forged police line shows; no country has such numbers.
        police = _from_plan(read_national("0" + digits)) if digits.startswith("69") and not dialled else None
        if police:
            return Reading(PhoneNumber(f"+{digits}", PhoneKind.POLICE_DEFENCE), forged=True)
    if abroad is None:
        return None
    return Reading(abroad.number, country=abroad.country, uncertain=dialled and not abroad.valid)


@dataclass(frozen=True, slots=True)
class _Abroad:
    number: PhoneNumber
    country: str
    valid: bool


def _abroad(digits: str) -> _Abroad | None:
    """A number that the country behind its code could have; only the country is relied on."""
    try:
        parsed = phonenumbers.parse("+" + digits)
    except phonenumbers.NumberParseException:
        return None
    if phonenumbers.is_possible_number_with_reason(parsed) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return None
    code = parsed.country_code or 0
    country = phonenumbers.region_code_for_number(parsed) or phonenumbers.region_code_for_country_code(code)
    kind = PhoneKind.SATELLITE if str(code) in SATELLITE_CODES else PhoneKind.FOREIGN
    return _Abroad(PhoneNumber(f"+{digits}", kind), country, phonenumbers.is_valid_number(parsed))


def _after_84(rest: str) -> Reading | None:
    """What follows 84; `+84 0912…` and `+84 (0) 912…` are ordinary, `+84069…` nothing dials."""
    national = rest if rest.startswith(("0", *SERVICE_PREFIXES)) else "0" + rest
    return _from_plan(read_national(national, spacing=Spacing.OTHER), forged=rest.startswith("069"))


def _mobile(national: str, *, bare: bool = False, uncertain: bool = False) -> Reading | None:
    reading = read_national(national, spacing=Spacing.OTHER)
    if reading is None or reading.number.kind is not PhoneKind.MOBILE:
        return None
    return Reading(reading.number, unusual_block=reading.unusual_block, bare=bare, uncertain=uncertain)


def _from_plan(national: NationalReading | None, *, forged: bool = False) -> Reading | None:
    if national is None:
        return None
    return Reading(
        national.number,
        national.landline_before_2017,
        national.converted_from,
        national.unusual_block,
        forged=forged,
    )


def _spacing(groups: Sequence[Group]) -> Spacing:
    if len(groups) == 1:
        return Spacing.NONE
    return Spacing.OLD_CODE if is_old_code(groups[0].digits) else Spacing.OTHER
