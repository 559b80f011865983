"""Bank accounts and VietQR payloads: what money would be sent to."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from typing import Final, cast

from scamcheck.digits import PlainText, disjoint, last_match, overlaps, plain
from scamcheck.numbering import PhoneKind, read_national
from scamcheck.vietqr import Payload, find_payloads


@dataclass(frozen=True, slots=True)
class Bank:
    """A bank as `data/banks.toml` has it."""

    bin: str
    name: str
    """Short name, for showing."""
    host: str = ""
    """Its official host, for recognising imitations."""


@dataclass(frozen=True, slots=True)
class BankAccount:
    """An account number and, when the text or the payload names it, its bank.

    `bin` is the bank's six-digit identification number (`data/banks.toml`), None when no bank was named.
    """

    number: str
    bin: str | None
    bank: str | None
    start: int = 0
    end: int = 0

    @property
    def key(self) -> str:
        """`BIN:number`, or `?:number` when the bank is not known."""
        return f"{self.bin or '?'}:{self.number}"


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """What a VietQR payload asks for: an account, and maybe an amount (đồng) and a purpose."""

    account: BankAccount
    amount: Decimal | None
    purpose: str | None


_TABLE: Final = cast(
    "list[dict[str, object]]",
    tomllib.loads(files("scamcheck").joinpath("data", "banks.toml").read_text(encoding="utf-8"))["bank"],
)
_BANKS: Final = {
    cast("str", row["bin"]): Bank(cast("str", row["bin"]), cast("str", row["name"]), cast("str", row["host"]))
    for row in _TABLE
}


def _aliases(*fields: str) -> dict[str, Bank]:
    """Every alias of these fields and its bank."""
    return {
        alias: _BANKS[cast("str", row["bin"])]
        for row in _TABLE
        for field in fields
        for alias in cast("list[str]", row[field])
    }


def _squeezed(alias: str) -> str:
    return re.sub(r"[ .\-]", "", alias)


def _pattern(aliases: Iterable[str]) -> re.Pattern[str]:
    """Every alias, longest first, its spaces written anyhow; by first letter, so that few are tried."""
    by_start: dict[str, list[str]] = {}
    for alias in sorted(aliases, key=lambda alias: (-len(alias), alias)):
        by_start.setdefault(alias[:1], []).append(re.escape(alias[1:]).replace(r"\ ", r"[ .\-]?"))
    starts = "|".join(f"{start}(?:{'|'.join(rest)})" for start, rest in by_start.items())
    return re.compile(rf"(?<![a-z0-9])(?=[a-z])(?:{starts})(?![a-z0-9])")


_ANYWHERE_PATTERN: Final = _pattern(_aliases("aliases"))
_NEAR_PATTERN: Final = _pattern(_aliases("aliases", "near"))
_BY_ALIAS: Final = {_squeezed(alias): bank for alias, bank in _aliases("aliases", "near").items()}
_AFTER_BANK_WORD: Final = re.compile(r"(?<![a-z0-9])(?:ngan hang|nh|bank)[ :]{1,2}")


def banks() -> tuple[Bank, ...]:
    """Every bank of the table, in its order."""
    return tuple(_BANKS.values())


def bank_by_bin(number: str) -> Bank | None:
    """The bank with this six-digit identification number."""
    return _BANKS.get(number)


def bank_named(folded: str) -> Bank | None:
    """The first bank that folded text names; words too short to be sure of count only after "ngân hàng"."""
    match = _ANYWHERE_PATTERN.search(folded)
    if match:
        return _BY_ALIAS[_squeezed(match[0])]
    for word in _AFTER_BANK_WORD.finditer(folded):
        named = _NEAR_PATTERN.match(folded, word.end())
        if named:
            return _BY_ALIAS[_squeezed(named[0])]
    return None


_LABEL: Final = re.compile(
    r"(?<![a-z0-9])(?:(?P<account>stk|s ?t ?k|so ?tk|so tai ?khoan|tai ?khoan|tk|tkhoan|account(?: no|"
    r" number)?|"
    r"acc(?: no)?|a/c|so the|vao so|qua so|toi so|den so|tknh|tk nh)"
    r"|(?P<money>ck|chuyen khoan|chuyen tien|chuyen|chuyen vao|nop|nop tien|gui tien|bank|banking|thanh toan|"
    r"dong (?:tien|vao|phi)|nap|nap tien)"
    r"|(?P<phone>goi|sdt|dt|so dt|dien thoai|lien he|lh|zalo|hotline|tong dai|alo|nhan tin|viber|tel|phone|"
    r"telegram|facebook|fb|vneid|garena|game|gmail|email)"
    r"|(?P<other>mst|ma so thue|cccd|cmnd|cmt|can cuoc|otp|ma gd|ma giao dich|ma don|van don|so du|atm|"
    r"noi dung|nd|so tien|hoa don|imei|bhxh|bhyt|ngay|luc))(?![a-z])"
)
_ONLY_WITH_MONEY: Final = frozenset({"vao so", "qua so", "toi so", "den so"})
_MONEY_GOES: Final = re.compile(
    r"(?<![a-z])(?:chuyen|ck|gui|nop|tien|trieu|tr|dong|thanh toan|nap|bank|tra (?:no|gop|phi)|ung|coc|"
    r"khoan)(?![a-z])"
)
_REACH: Final = 60
_NUMBER: Final = re.compile(
    r"(?<![0-9a-z+/@#*])(?:[0-9oli]{6,19}|[0-9]{1,10}(?:[ .\-][0-9]{2,10}){1,6})(?![0-9a-z@]|[.,][0-9])"
)
_VIRTUAL: Final = re.compile(r"(?<![0-9a-z+/@#*.])(?=[a-z]{0,10}[0-9])[0-9a-z]{6,19}(?![0-9a-z@.]|-[0-9a-z])")
_MONEY: Final = re.compile(r"[0-9]{1,3}(?:[ .,][0-9]{3})+")
_MONEY_UNIT: Final = re.compile(
    r" ?(?:d|dong(?! a)|vnd|k|nghin|ngan(?! hang)|tr|trieu|ty|cu|usd|%|/)(?![a-z])"
)
_DATE: Final = re.compile(r"[0-9]{1,2}[.\-][0-9]{1,2}[.\-][0-9]{2,4}")
_MASKED: Final = re.compile(r"[ .\-]?(?:[x*#]{2}|••)")
_TO_DIGITS: Final = str.maketrans("oli", "011")
_CLOSE: Final = re.compile(
    r"[\s.:;,\-|/()\[\]=_·•>]{0,12}(?:(?:ngan hang|nh|bank|tai|cua|thuoc|o|chu|la|qua|ten|ctk|tai khoan|"
    r"stk|tk|so|"
    r"vao|den|toi|cho|nay|sau|ben|em|anh|chi|co|minh|cong ty|truong|giup|gap|ngay|nhe|voi|a)"
    r"[\s.:;,\-|/()]{0,12}){0,6}"
)
_CLAUSE: Final = re.compile(r"[;,\n]|\. ")
_SENT_TO: Final = re.compile(r"(?<![a-z])(?:vao|toi|den)(?: so)?[ :]{1,2}\Z")
_CALLS: Final = re.compile(r"[ ,]{1,2}(?:goi|nhan|bao|lua|xung|tu xung|lien he|moi goi|hay goi)(?![a-z])")
_MIN_DIGITS: Final = 6
_MAX_LENGTH: Final = 19


def find_accounts(display: str) -> tuple[BankAccount, ...]:
    """Find the bank accounts of a message: those its words call one, and those of VietQR payloads in it.

    The words make a number an account ("stk", "vào tài khoản", a bank beside it); no length and no check
    digit can tell, and many banks let a phone number be one. Each (bank, number) once, in order.
    """
    view = plain(display)
    found = [payment.account for payment in find_payments(display)]
    blocked = disjoint((account.start, account.end) for account in found)
    if any(char.isdigit() for char in view.text):
        found.extend(_Accounts(view, blocked).read())
    seen: dict[str, BankAccount] = {}
    for account in sorted(found, key=lambda account: account.start):
        seen.setdefault(account.key, account)
    return tuple(seen.values())


def find_payments(display: str) -> tuple[PaymentRequest, ...]:
    """Find the VietQR payloads that are whole and whose check sum is right; others yield nothing."""
    return tuple(_request(payload) for payload in find_payloads(display))


def _request(payload: Payload) -> PaymentRequest:
    bank = _BANKS.get(payload.bin)
    account = BankAccount(
        payload.account, payload.bin, bank.name if bank else None, payload.start, payload.end
    )
    return PaymentRequest(account, payload.amount, payload.purpose)


@dataclass(frozen=True, slots=True)
class _Candidate:
    number: str
    start: int
    end: int
    label: str


class _Accounts:
    """One pass over one message."""

    def __init__(self, view: PlainText, blocked: Sequence[tuple[int, int]]) -> None:
        self._view = view
        self._text = view.text
        self._blocked = blocked
        self._banks = [
            (match.start(), match.end(), _BY_ALIAS[_squeezed(match[0])])
            for match in _NEAR_PATTERN.finditer(view.text)
        ]

    def read(self) -> list[BankAccount]:
        candidates = self._candidates()
        accounts: list[BankAccount] = []
        for index, candidate in enumerate(candidates):
            left = candidates[index - 1].end if index else 0
            right = candidates[index + 1].start if index + 1 < len(candidates) else len(self._text)
            bank, close = self._bank(candidate, left, right)
            if not (candidate.label == "account" or self._is_account(candidate, close=close)):
                continue
            span = self._view.span(candidate.start, candidate.end)
            if bank:
                accounts.append(BankAccount(candidate.number, bank.bin, bank.name, *span))
            else:
                accounts.append(BankAccount(candidate.number, None, None, *span))
        return accounts

    def _is_account(self, candidate: _Candidate, *, close: bool) -> bool:
        """Whether a number that no word calls an account is one: a bank's name or "chuyển vào" beside it."""
        national = read_national(candidate.number)
        if not close:
            sent_to = _SENT_TO.search(self._text, max(0, candidate.start - _REACH), candidate.start)
            return candidate.label == "money" and national is None and sent_to is not None
        if national is None or candidate.label == "money":
            return True
        # "Techcombank 1800 588 822" is the bank's own line; "MB 0912 345 678 gọi báo" a number that called.
        calls = _CALLS.match(self._text, candidate.end) is not None
        return national.number.kind is PhoneKind.MOBILE and not calls

    def _candidates(self) -> list[_Candidate]:
        """Numbers that could be accounts, each with the nearest label before it."""
        found: list[_Candidate] = []
        previous = 0
        for match in self._numbers():
            start, end = match.span()
            if start < previous or overlaps(self._view.span(start, end), self._blocked):
                continue
            label = last_match(_LABEL, self._text, max(previous, start - _REACH), start)
            kind = self._kind(label) if label else ""
            number = self._number(match, kind)
            if number:
                found.append(_Candidate(number, start, end, kind))
                previous = end
        return found

    def _kind(self, label: re.Match[str]) -> str:
        """What a label calls the number; "tới số" is written like "tôi số", and money must be going there."""
        kind = label.lastgroup or ""
        if label[0] in _ONLY_WITH_MONEY:
            start = max(0, label.start() - _REACH)
            return kind if _MONEY_GOES.search(self._text, start, label.start()) else ""
        return kind

    def _numbers(self) -> list[re.Match[str]]:
        matches = [*_NUMBER.finditer(self._text), *_VIRTUAL.finditer(self._text)]
        return sorted(matches, key=lambda match: (match.start(), -match.end()))

    def _number(self, match: re.Match[str], label: str) -> str | None:
        written = match[0]
        if label in {"phone", "other"} or _DATE.fullmatch(written):
            return None
        if _MASKED.match(self._text, match.end()):
            return None
        if _MONEY_UNIT.match(self._text, match.end()):
            return None
        if _MONEY.fullmatch(written) and (label != "account" or written.endswith("000")):
            return None
        digits = re.sub(r"[ .\-]", "", written)
        letters = sum(char.isalpha() for char in digits)
        if letters and (letters * 2 > len(digits) or set(digits) - set("0123456789oli")):
            return digits.upper() if label == "account" and "xx" not in digits else None
        digits = digits.translate(_TO_DIGITS)
        return digits if _MIN_DIGITS <= len(digits) <= _MAX_LENGTH else None

    def _bank(self, candidate: _Candidate, left: int, right: int) -> tuple[Bank | None, bool]:
        """The bank named for this account, and whether its name stands right beside the number."""
        after = next((bank for bank in self._banks if candidate.end <= bank[0] < right), None)
        before = next(
            (bank for bank in reversed(self._banks) if left <= bank[0] and bank[1] <= candidate.start), None
        )
        gap_after = self._gap(candidate.end, after[0]) if after else None
        gap_before = self._gap(before[1], candidate.start) if before else None
        if after and gap_after is not None and (gap_before is None or gap_after < gap_before):
            return after[2], True
        if before and gap_before is not None:
            return before[2], True
        if before and candidate.start - before[1] <= _REACH:
            return before[2], False
        if after and after[0] - candidate.end <= _REACH:
            return after[2], False
        return None, False

    def _gap(self, start: int, end: int) -> int | None:
        """How far apart a number and a bank's name are: 1, 2 across a clause end, None across other words."""
        if end - start > _REACH or not _CLOSE.fullmatch(self._text, start, end):
            return None
        return 2 if _CLAUSE.search(self._text, start, end) else 1
