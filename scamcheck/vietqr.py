"""VietQR payloads: the EMVCo merchant-presented TLV of NAPAS transfers (NAPAS IBFT specification 1.5.2).

Only a payload that is whole, consistent and has the right check sum is read; anything else yields nothing,
because a half-read payment is worse than none.
"""

import binascii
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

_START: Final = re.compile(r"000201")
_CHECK_SUM: Final = re.compile(r"6304([0-9A-Fa-f]{4})")
_MAX_LENGTH: Final = 1024
_MAX_PAYLOADS: Final = 8
_NAPAS: Final = "A000000727"
_BIN: Final = re.compile(r"[0-9]{6}")
_ACCOUNT: Final = re.compile(r"[0-9A-Za-z]{1,19}")
_AMOUNT: Final = re.compile(r"[0-9]{1,13}(?:\.[0-9]{0,2})?")
_DONG: Final = "704"


@dataclass(frozen=True, slots=True)
class Payload:
    """A payload that was read; `start` and `end` are where it stands in the message."""

    bin: str
    account: str
    amount: Decimal | None
    purpose: str | None
    start: int
    end: int


def find_payloads(display: str) -> Iterator[Payload]:
    """Yield the valid payloads of a message in order."""
    after = 0
    for tried, start in enumerate(_START.finditer(display)):
        if tried >= _MAX_PAYLOADS:
            return
        if start.start() < after:
            continue
        for end in _CHECK_SUM.finditer(display, start.start(), start.start() + _MAX_LENGTH):
            payload = _read_any(display, start.start(), end.end())
            if payload:
                yield payload
                after = payload.end
                break


def _read_any(display: str, start: int, end: int) -> Payload | None:
    raw = display[start:end]
    unwrapped = raw.replace("\r", "").replace("\n", "")
    for written in dict.fromkeys((raw, unwrapped, unicodedata.normalize("NFD", unwrapped))):
        if _check_sum(written[:-4]) != written[-4:].upper():
            continue
        for fields in (_fields(written), _fields_by_bytes(written)):
            payload = _payload(fields, start, end) if fields else None
            if payload:
                return payload
    return None


def _check_sum(covered: str) -> str:
    """CRC-16/CCITT-FALSE over everything up to and including "6304"."""
    return f"{binascii.crc_hqx(covered.encode('utf-8', 'surrogatepass'), 0xFFFF):04X}"


def _fields(text: str) -> dict[str, str] | None:
    """Tag to value with lengths counted in characters; None when lengths overrun or a tag stands twice."""
    fields: dict[str, str] = {}
    at = 0
    while at < len(text):
        tag, length = text[at : at + 2], text[at + 2 : at + 4]
        if not (len(length) == len("00") and (tag + length).isdecimal() and (tag + length).isascii()):
            return None
        value = text[at + 4 : at + 4 + int(length)]
        if len(value) != int(length) or tag in fields:
            return None
        fields[tag] = value
        at += 4 + int(length)
    return fields


def _fields_by_bytes(text: str) -> dict[str, str] | None:
    """The same with lengths counted in UTF-8 bytes, as some programs write them."""
    if text.isascii():
        return None
    fields = _fields(text.encode("utf-8", "surrogatepass").decode("latin-1"))
    if fields is None:
        return None
    return {tag: value.encode("latin-1").decode("utf-8", "replace") for tag, value in fields.items()}


def _payload(fields: dict[str, str], start: int, end: int) -> Payload | None:
    account_information = _fields(fields.get("38", ""))
    if (
        fields.get("00") != "01"
        or list(fields)[-1] != "63"
        or fields.get("53", _DONG) != _DONG
        or fields.get("58", "VN") != "VN"
        or not account_information
        or account_information.get("00") != _NAPAS
    ):
        return None
    beneficiary = _fields(account_information.get("01", "")) or {}
    bank, account = beneficiary.get("00", ""), beneficiary.get("01", "")
    written_amount = fields.get("54", "0")
    written_additional = fields.get("62", "")
    additional = _fields(written_additional) or _fields_by_bytes(written_additional) or {}
    if not (_BIN.fullmatch(bank) and _ACCOUNT.fullmatch(account) and _AMOUNT.fullmatch(written_amount)):
        return None
    amount = Decimal(written_amount)
    return Payload(bank, account, amount or None, additional.get("08") or None, start, end)
