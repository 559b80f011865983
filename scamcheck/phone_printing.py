"""How a number is written for people: as in print, masked so that nothing makes it tappable, as dialled."""

from typing import Final

import phonenumbers

from scamcheck.numbering import AREA_CODES, PhoneKind, PhoneNumber

_BULLETS: Final = "•••"
_NATIONAL_ONLY: Final = frozenset(
    {PhoneKind.TOLL_FREE, PhoneKind.PAID, PhoneKind.POLICE_DEFENCE, PhoneKind.GOVERNMENT}
)


def printed(number: PhoneNumber) -> str:
    """The number as its owner would print it: "0912 345 678", "0261 3546 278", "1900 54 54 13", "113"."""
    return " ".join(_groups(number))


def masked(number: PhoneNumber) -> str:
    """The number with its middle hidden ("0912 ••• 678"): recognisable, and no program makes it tappable.

    Short codes are shown whole: they are public and three digits cannot be hidden usefully.
    """
    if number.kind is PhoneKind.SHORT:
        return printed(number)
    groups = _groups(number)
    tail = "".join(groups[1:])[-3:]
    if number.kind in {PhoneKind.TOLL_FREE, PhoneKind.PAID}:
        tail = tail[-2:]
    return f"{groups[0]} {_BULLETS} {tail}"


def dialled(number: PhoneNumber) -> str:
    """What a `tel:` link holds: E.164, or the digits as dialled inside Vietnam where that may not connect."""
    if number.kind is PhoneKind.SHORT:
        return number.key.removeprefix("short:")
    if number.kind in _NATIONAL_ONLY:
        return _national(number)
    return number.key


def _national(number: PhoneNumber) -> str:
    tail = number.key.removeprefix("+84")
    return tail if number.kind in {PhoneKind.TOLL_FREE, PhoneKind.PAID} else "0" + tail


def _groups(number: PhoneNumber) -> list[str]:
    if number.kind is PhoneKind.SHORT:
        return [number.key.removeprefix("short:")]
    if not number.key.startswith("+84"):
        return _foreign(number.key)
    digits = _national(number)
    if number.kind in {PhoneKind.TOLL_FREE, PhoneKind.PAID}:
        return [digits[:4], *_service_tail(digits[4:])]
    if number.kind is PhoneKind.LANDLINE:
        code = 3 if digits[:3] in AREA_CODES else 4
        return [digits[:code], digits[code : code + 4], digits[code + 4 :]]
    if number.kind in {PhoneKind.POLICE_DEFENCE, PhoneKind.GOVERNMENT}:
        return [digits[:3], *_halves(digits[3:])]
    return [digits[:4], digits[4:7], digits[7:]]


def _service_tail(tail: str) -> list[str]:
    return [tail[:2], tail[2:4], tail[4:]] if len(tail) == len("545413") else [tail]


def _halves(tail: str) -> list[str]:
    return [tail[:3], tail[3:]] if len(tail) > len("12345") else [tail]


def _foreign(key: str) -> list[str]:
    try:
        shown = phonenumbers.format_number(
            phonenumbers.parse(key), phonenumbers.PhoneNumberFormat.INTERNATIONAL
        )
    except phonenumbers.NumberParseException:
        return [key[:3], key[3:]]
    return shown.replace("-", " ").split(" ")
