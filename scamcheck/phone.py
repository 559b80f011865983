"""Phone numbers as people in Vietnam paste them, and the one canonical form each has here.

What a number *is* comes from our own dated plan (`numbering`); libphonenumber serves foreign numbers only and never
calls a Vietnamese number wrong. A number that cannot be read exactly is not guessed at: it is "malformed".
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import phonenumbers

from scamcheck.digits import PlainText, disjoint, last_match, overlaps, plain, with_spoken_digits
from scamcheck.numbering import (
    SATELLITE_CODES,
    SHORT_CODES,
    NationalReading,
    PhoneKind,
    PhoneNumber,
    Spacing,
    cannot_call,
    is_example,
    is_old_code,
    province_of,
    read_national,
)
from scamcheck.phone_printing import dialled, masked, printed

__all__ = [
    "PhoneKind",
    "PhoneNumber",
    "SeenNumber",
    "cannot_call",
    "dialled",
    "find_numbers",
    "is_example",
    "masked",
    "parse_number",
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
    """Nothing dials that way: `+84069…`, `+69…`, a range that cannot call (`domain.md` 12.7)."""
    unusual_block: bool = False
    """A known prefix whose sub-block is not known to be in use: a reason, never evidence."""
    country: str | None = None
    """ISO 3166 region of a foreign number, "001" for satellite and global services."""


def find_numbers(
    display: str, taken: Sequence[tuple[int, int]] = ()
) -> tuple[tuple[SeenNumber, ...], tuple[str, ...]]:
    """Find the phone numbers of a message, in order, and the digits that look like one but cannot be.

    `taken` are spans of `display` already read as bank accounts, links or payment codes: nothing in them is a
    phone number, except the number that a chat link (`zalo.me/0912…`) is made of.

    Returns:
        The numbers, each key once; and the malformed digit strings, which nobody must guess at.
    """
    view = with_spoken_digits(plain(display))
    return _Reader(view, disjoint(taken)).read()


def parse_number(typed: str) -> SeenNumber | None:
    """Read one number typed into a field, in any notation; None unless it is exactly one readable number.

    A short code ("113") needs no words around it here.
    """
    digits = plain(typed).text.strip()
    if digits in SHORT_CODES:
        return SeenNumber(PhoneNumber(f"short:{digits}", PhoneKind.SHORT), 0, len(typed))
    numbers, malformed = find_numbers(f"{typed}")
    if len(numbers) != 1 or malformed:
        return None
    return numbers[0]


# --- tokens: stretches of digits, with letters that stand for digits ---------------------------------------------

_TOKEN: Final = re.compile(r"(?<![a-z0-9|!])(?:[a-z|!]{0,14}[0-9][0-9a-z|!]{0,40}|o(?=[ .\-][0-9]))")
_GLUED_LABEL: Final = (
    r"(?:tel|phone|mobile|call|hotline|sdt|so|sodt|sodienthoai|dt|dd|dienthoai|didong|lh|lienhe|goi|goiso|zalo|alo|viber|"
    r"whatsapp|telegram|tele|sim|cskh|tongdai|mb|p|m|t|f)"
)
_LIKE_DIGITS: Final = re.compile(r"[0-9oli|!]+")
_LIKE_DIGITS_OCR: Final = re.compile(r"[0-9oli|!bszdqg]+")
_LABELLED: Final = re.compile(rf"{_GLUED_LABEL}(?=[0-9o]{{2}})")
_TAILED: Final = re.compile(r"([0-9]{8,15})([a-z]{1,20})")
_TO_DIGITS: Final = str.maketrans("oli|!bszdqg", "01111852099")
_MONEY_UNIT: Final = r"(?:d|dong(?! a)|vnd|k|ng|nghin|ngan(?! hang)|tr|trieu|ty|ti|cu|usd|do|%)"
_MONEY_AFTER: Final = re.compile(rf" ?\.?{_MONEY_UNIT}(?![a-z])")
_SEPARATOR: Final = re.compile(r"[ .\-_,·/()\n•~:=]{1,7}|\*")
_PLUS_BEFORE: Final = re.compile(r"\+ ?\(?\Z")
_MASK_AFTER: Final = re.compile(r"[ .\-]?(?:[x*#?]|••)")
_MASK_BEFORE: Final = re.compile(r"(?:[x*#?]|••)[ .\-]?\Z")

# Digits with another meaning that joined with their neighbours could pass for a number: cut out before reading.
_NOT_NUMBERS: Final = re.compile(
    r"(?<![0-9])(?:"
    r"(?:0?[1-9]|[12][0-9]|3[01])([/.\-])(?:0?[1-9]|1[0-2])\1(?:19|20)[0-9]{2}(?![0-9])"  # 09/12/2026
    r"|(?:19|20)[0-9]{2}([/.\-])(?:0[1-9]|1[0-2])\2(?:0[1-9]|[12][0-9]|3[01])(?![0-9])"  # 2026-12-09
    r"|[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?: ?[+-]0[0-9]:?[0-9]{2}(?![0-9]))?(?![0-9])"  # 12:34:56 +0700
    r"|24/(?:7|24)(?![0-9])"
    rf"|[0-9]{{1,3}}(?:[.,][0-9]{{3}}){{1,4}} ?{_MONEY_UNIT}(?![a-z])"  # 30.000.000 đ
    r"|[0-9]{2} ?[a-z][a-z0-9]?[ .\-][0-9]{3}\.?[0-9]{2}(?![0-9])"  # 49H1-234.56
    r")"
)

# --- words before and after ---------------------------------------------------------------------------------------

_LABEL: Final = re.compile(
    r"(?<![a-z])(?:(?P<phone>goi|alo|sdt|so ?dt|so may|dt|dien thoai|phone|tel|call|mobile|cell|di dong|lh|"
    r"lien he|lien lac|hotline|zalo|viber|whatsapp|wa|tele|telegram|sms|nhan tin|may ban|co dinh|nghe may|"
    r"nhac may|tong dai|duong day nong|cskh|truc ban|so la|so nay|so do|so cua)"
    r"|(?P<other>mst|ma so thue|ms thue|msdn|tax|cccd|cmnd|cmt|cmtnd|can cuoc|chung minh|dinh danh|ho chieu|"
    r"passport|bhxh|bhyt|don hang|van don|tracking|awb|order|bill|imei|serial|seri|otp|bien so|bks|mssv|mshs|"
    r"sbd|bao danh|barcode|iccid|so khung|so may xe|xo so|"
    r"ma (?:don|van|kh|khach|gd|giao|xac|hs|hoc|sv|sinh|the|so|san|sp|hang|ho|bn|benh|y|dat|ve|qr|tra|hoa|hop|"
    r"hd|tham|giam|voucher|code|lo|vach|chuyen|thanh|nhan vien|nv|dinh|buu|du|cong|tai|diem|phieu|bhxh))"
    r"|(?P<weak>so the|bao hiem|the bhyt|ref|sn|"
    r"(?:hoa don|hop dong|hd|cong van|quyet dinh|qd|don|phieu|bien lai|ho khau)(?: so)?|so (?:hd|qd|lo|tien)|"
    r"gia tri|tong tien|ket qua|ngay|diem|nam sinh|the ky|giai doan|toa do))"
    r"(?![a-z])"
)
_LABEL_REACH: Final = 48
_REACH_OF: Final = {"other": 32, "weak": 6}
_NEXT_IN_LIST: Final = 12
_CLAUSE_END: Final = re.compile(r"[;!?]|[.,\n] *[a-z]")
_WORDS_AFTER: Final = re.compile(
    r"[ ,.;:)\-]{0,3}(?:[a-z]{1,6} ){0,2}?(?:goi|nhan|nhay may|lien he|alo|zalo|bao|la so|xung|tu xung|noi|lua|cua)(?![a-z])"
)
_LANDLINE_WORDS: Final = re.compile(
    r"(?<![a-z])(?:may ban|co dinh|so ban|dt ban|hoc ba|so cu|van phong)(?![a-z])"
)
_YEARS: Final = re.compile(r"(?:1[89]|20)[0-9]{2}")
_EXTENSION: Final = re.compile(r" ?[,;(]?\(? ?(?:may le|nhanh|ext|so le)(?![a-z])")

# --- short codes ---------------------------------------------------------------------------------------------------

_SHORT: Final = re.compile(
    rf"(?<![0-9a-z+.,\-])(?:{'|'.join(sorted(SHORT_CODES, key=len, reverse=True))})(?![0-9a-z]|[.,\-][0-9])"
)
_SHORT_BEFORE: Final = re.compile(
    r"(?<![a-z])(?:(?:goi|bam|quay|alo|nhan tin|nhan|gui|soan|lien he|lh|bao|phan anh|dau so|cap cuu|cuu thuong|"
    r"cong an|canh sat|csgt|cuu hoa|pccc|cuu nan|dien thoai|sdt|dt|call)"
    r"(?: (?:ngay|den|toi|cho|so|vao|ve|qua|gap|luon|lai|thang|dien|dien thoai|cong an|canh sat|cap cuu|nhanh|"
    r"cuu hoa|tin|may|tong dai|hotline|dau so|duong day nong|mien phi|lua dao|xe|bao|la|theo|cuoc goi|tin nhan|rac|"
    r"khan cap|khan|truc|doi|luc luong|ho|giup)){0,4}"
    r"|(?:tong dai|duong day nong|hotline)(?: [a-z]{1,9}){0,7})[ :,(\-]{1,3}\Z"
)
_SHORT_LIST: Final = re.compile(r"[ ,/;&+\-]{1,3}(?:(?:va|hoac|hay|voi) )?\Z")
_SHORT_SUBJECT: Final = re.compile(r"(?<![a-z])(?<!duong )(?<!nha )(?<!phong )(?<!xe )(?<!tuyen )(?<!ghe )(?<!bai )(?<!cau )(?:so|dau so)[ :]\Z")
_SHORT_SUBJECT_AFTER: Final = re.compile(
    r" (?:goi|nhan|de|bao|hoac|gui|vua|cua|la|co phai)(?![a-z])|[ .,;:!?)]*\Z"
)
_COUNTED: Final = re.compile(
    r" ?(?:hoc sinh|hs|nguoi|em (?:hoc|len|thi|di|du|tham|vao|co)|chau (?:hoc|be)|ban (?:hoc|doc)|tre|lan|cuoc|diem|"
    r"trang|thang|gio|phut|giay|dong|d|vnd|nghin|ngan|k|tr|trieu|ty|km|kg|cai|chiec|phong|lop|truong|ho|gia dinh|"
    r"tuoi|%|suat|ca|vu|giai|duong|pho|ngay (?!lap|bay|di|neu|khi|hoac|de|nhe|nha|va|a(?![a-z]))[a-z]|"
    r"nam (?:hoc|nay|qua|truoc|sau))(?![a-z])"
)

# --- numbers inside chat links -------------------------------------------------------------------------------------

_CHAT_LINK: Final = re.compile(
    r"(?:zalo\.me/|wa\.me/|t\.me/|viber\.me/|phone=|number=(?:%2b)?|tel:|sms:|callto:|m\.me/)(\+?[0-9]{9,14})(?![0-9a-z])"
)


@dataclass(frozen=True, slots=True)
class _Group:
    """A token of digits and the separator that joins it to the token before it in its run."""

    digits: str
    start: int
    end: int
    gap: str = ""
    plus: bool = False
    soft: bool = False
    """Some letter was taken for a digit."""
    guessed: int = 0
    """How many letters were taken for digits by their shape only (B, S …), as after text recognition."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """Digits that the plan or libphonenumber knows, before the words around them are looked at."""

    national: NationalReading | None = None
    foreign: PhoneNumber | None = None
    country: str | None = None
    forged: bool = False
    bare: bool = False
    """Nine digits without 0: a mobile number only if the words say so."""
    uncertain: bool = False
    """Could as well be something else (a citizen id, an account): a phone word is needed."""


class _Reader:
    """One pass over one message."""

    def __init__(self, view: PlainText, taken: Sequence[tuple[int, int]]) -> None:
        self._view = view
        self._text = view.text
        self._taken = taken
        self._numbers: dict[str, SeenNumber] = {}
        self._malformed: dict[str, None] = {}
        self._last_end = -1
        """Where the last number that was read ended."""

    def read(self) -> tuple[tuple[SeenNumber, ...], tuple[str, ...]]:
        for match in _CHAT_LINK.finditer(self._text):
            self._chat_link(match)
        for run in self._runs():
            self._read_run(run)
        self._short_codes()
        numbers = tuple(sorted(self._numbers.values(), key=lambda seen: seen.start))
        return numbers, tuple(self._malformed)

    # Finding the digits.

    def _runs(self) -> Iterator[list[_Group]]:
        text = _NOT_NUMBERS.sub(lambda match: ";" * len(match[0]), self._text)
        run: list[_Group] = []
        end = 0
        for match in _TOKEN.finditer(text):
            group = self._group(match)
            if group is None:
                continue
            gap = text[end : group.start] if run else ""
            joined = bool(run) and not group.plus and _SEPARATOR.fullmatch(gap) is not None
            if run and not joined:
                yield run
                run = []
            run.append(
                _Group(
                    group.digits,
                    group.start,
                    group.end,
                    gap if joined else "",
                    group.plus,
                    group.soft,
                    group.guessed,
                )
            )
            end = match.end()
        if run:
            yield run

    def _group(self, match: re.Match[str]) -> _Group | None:
        token, start = match[0], match.start()
        if overlaps(self._view.span(start, match.end()), self._taken):
            return None
        stripped = token.lstrip("|!")
        start += len(token) - len(stripped)
        token = stripped.rstrip("|!")
        if label := _LABELLED.match(token):
            start += label.end()
            token = token[label.end() :]
        end = start + len(token)
        if end < len(self._text) and self._text[end].isalnum():
            return None
        plus = _PLUS_BEFORE.search(self._text, max(0, start - 3), start) is not None
        if token.isdigit():
            return _Group(token, start, end, plus=plus)
        if token == "o":
            position = self._view.span(start, end)[0]
            return _Group("0", start, end, soft=True) if position >= 0 else None
        digits = token.translate(_TO_DIGITS)
        real = sum(char.isdigit() for char in token)
        if _LIKE_DIGITS.fullmatch(token) and real * 2 >= len(token) - 1:
            return _Group(digits, start, end, plus=plus, soft=True)
        tailed = _TAILED.fullmatch(token)
        if tailed and not re.fullmatch(_MONEY_UNIT, tailed[2]):
            return _Group(tailed[1], start, start + len(tailed[1]), plus=plus)
        if _LIKE_DIGITS_OCR.fullmatch(token) and real * 2 >= len(token):
            guessed = sum(char in "bszdqg" for char in token)
            return _Group(digits, start, end, plus=plus, soft=True, guessed=guessed)
        return None

    # Reading the digits.

    def _read_run(self, run: list[_Group]) -> None:
        index = 0
        while index < len(run):
            index = self._read_from(run, index)

    def _read_from(self, run: list[_Group], index: int) -> int:
        """Read one number that starts at group `index`; return the index of the group after it."""
        best: tuple[int, _Reading] | None = None
        digits = ""
        for end in range(index, min(index + 15, len(run))):
            group = run[end]
            if best and not self._goes_on(run, index, end):
                break
            if digits and group.digits.startswith("0") and "-" in group.gap and len(digits) >= 8 and not best:
                break
            digits += group.digits
            if len(digits) > 16:
                break
            if reading := _read(digits, run, index, end):
                best = (end, reading)
        if best is None:
            return self._unreadable(run, index)
        end, reading = best
        start_at, end_at = run[index].start, run[end].end
        if self._left_over(run, index, end) or self._masked(run[index].start, end_at):
            return self._skip_run(run, end)
        if not self._accepts(run, index, end, reading):
            return end + 1
        seen = self._keep(reading, start_at, end_at)
        self._last_end = end_at
        return self._shorthand(run, end + 1, seen)

    def _goes_on(self, run: list[_Group], index: int, end: int) -> bool:
        """Whether a number that is complete before group `end` may go on with it ("1900 54 54" + " 13")."""
        return end - index > 1 and run[end].gap == run[end - 1].gap and run[end].gap in {" ", ".", "-"}

    def _left_over(self, run: list[_Group], index: int, end: int) -> bool:
        """Whether a few digits follow in the same spacing, so that the digit count is wrong ("0912.345.678.9")."""
        if end + 1 >= len(run):
            return False
        following = run[end + 1]
        return (
            end > index
            and following.gap == run[end].gap
            and following.gap in {".", "-", "_", "·"}
            and not following.digits.startswith(("0", "84", "1800", "1900"))
        )

    def _skip_run(self, run: list[_Group], end: int) -> int:
        index = end + 1
        while index < len(run) and not run[index].digits.startswith(("0", "84", "1800", "1900")):
            index += 1
        return index

    def _masked(self, start: int, end: int) -> bool:
        return (
            _MASK_AFTER.match(self._text, end) is not None
            or _MASK_BEFORE.search(self._text, max(0, start - 3), start) is not None
        )

    def _accepts(self, run: list[_Group], index: int, end: int, reading: _Reading) -> bool:
        """Whether the words around allow these digits to be a phone number."""
        start_at, end_at = run[index].start, run[end].end
        label = self._label(start_at)
        if label == "other":
            return False
        groups = run[index : end + 1]
        named = label == "phone" or self._alone(start_at, end_at)
        if sum(group.guessed for group in groups):
            named = named or reading.national is not None
            return named and sum(len(group.digits) - group.guessed for group in groups) >= 8
        if reading.bare:
            return self._bare_is_phone(groups, named=named)
        if reading.uncertain:
            return named
        if len(groups) > 3 and all(len(group.digits) <= 2 for group in groups) and not groups[0].plus:
            return named or _WORDS_AFTER.match(self._text, end_at) is not None
        national = reading.national
        if national and national.number.kind in {PhoneKind.TOLL_FREE, PhoneKind.PAID}:
            return not (
                len(groups) == 2
                and len(groups[1].digits) == 4
                and _YEARS.fullmatch(groups[1].digits)
                and (groups[1].gap != " " or label != "phone")
            ) and not _MONEY_AFTER.match(self._text, end_at)
        return True

    def _bare_is_phone(self, groups: list[_Group], *, named: bool) -> bool:
        end_at = groups[-1].end
        if _MONEY_AFTER.match(self._text, end_at):
            return False
        return named or (
            len(groups) == 1
            and not groups[0].digits.endswith("000")
            and _WORDS_AFTER.match(self._text, end_at) is not None
        )

    def _label(self, start: int) -> str | None:
        """"phone" or "other": the nearest label before `start` that reaches it, unless other digits intervene."""
        reach = max(0, start - _LABEL_REACH)
        if 0 <= start - self._last_end <= _NEXT_IN_LIST and self._last_end > 0:
            return "phone"
        for position in range(start - 1, reach - 1, -1):
            if self._text[position].isdigit():
                reach = position + 1
                break
        label = None
        for match in _LABEL.finditer(self._text, reach, start):
            kind = match.lastgroup
            if kind == "phone":
                label = kind
            elif start - match.end() <= _REACH_OF[kind or ""] and not _CLAUSE_END.search(
                self._text, match.end(), start
            ):
                label = "other"
        return label

    def _alone(self, start: int, end: int) -> bool:
        text = self._text
        return not any(char.isalnum() for char in text[:start]) and not any(
            char.isalnum() for char in text[end:]
        )

    # Keeping what was read.

    def _keep(self, reading: _Reading, start: int, end: int) -> SeenNumber:
        span = self._view.span(start, end)
        if reading.foreign:
            seen = SeenNumber(reading.foreign, *span, forged_display=reading.forged, country=reading.country)
        else:
            national = reading.national
            assert national is not None
            other = national.landline_before_2017
            seen = SeenNumber(
                national.number,
                *span,
                other_readings=(other,) if other else (),
                converted_from=national.converted_from,
                forged_display=reading.forged,
                unusual_block=national.unusual_block,
            )
        return self._numbers.setdefault(seen.number.key, seen)

    def _shorthand(self, run: list[_Group], index: int, seen: SeenNumber) -> int:
        """Read "0912 345 678/79" and "0261 3546278 - 3546279" as two numbers: the last digits are replaced."""
        while index < len(run) and seen.number.kind in {PhoneKind.MOBILE, PhoneKind.LANDLINE}:
            group = run[index]
            national = seen.converted_from or "0" + seen.number.key.removeprefix("+84")
            if not _replaces_tail(group, national, landline=seen.number.kind is PhoneKind.LANDLINE):
                break
            reading = read_national(national[: -len(group.digits)] + group.digits)
            if reading is None:
                break
            seen = self._keep(_Reading(national=reading), group.start, group.end)
            self._last_end = group.end
            index += 1
        return index

    def _unreadable(self, run: list[_Group], index: int) -> int:
        """Report digits that look like a number but have the wrong count; return where to go on."""
        first = run[index]
        if not first.digits.startswith(("0", "84", "1800", "1900")) and not first.plus:
            return index + 1
        digits, end = first.digits, index
        while end + 1 < len(run):
            following = run[end + 1]
            hard = any(char in following.gap for char in "/\n,") or "-" in following.gap
            if (hard and following.digits.startswith("0")) or len(digits) + len(following.digits) > 13:
                break
            if end > index and following.gap != run[end].gap:
                break
            digits += following.digits
            end += 1
        if self._masked(first.start, run[end].end):
            return self._skip_run(run, end)
        label = self._label(first.start)
        named = label == "phone" or self._alone(first.start, run[end].end)
        looks = (
            (digits[0] == "0" and (9 <= len(digits) <= 11 or (named and 7 <= len(digits) <= 12)))
            or (first.plus and 8 <= len(digits) <= 15)
            or (named and digits.startswith(("84", "1800", "1900")) and 7 <= len(digits) <= 13)
        )
        letters = sum(group.guessed for group in run[index : end + 1])
        if looks and label != "other" and not letters and not _MONEY_AFTER.match(self._text, run[end].end):
            self._malformed.setdefault(("+" if first.plus else "") + digits)
            return end + 1
        return index + 1

    def _chat_link(self, match: re.Match[str]) -> None:
        digits = match[1]
        group = _Group(digits.lstrip("+"), match.start(1), match.end(1), plus=digits[0] == "+")
        reading = _read(group.digits, [group], 0, 0)
        if reading is None and not group.plus:
            group = _Group(group.digits, group.start, group.end, plus=True)
            reading = _read(group.digits, [group], 0, 0)
        if reading:
            self._keep(reading, match.start(1), match.end(1))

    def _short_codes(self) -> None:
        text = self._text
        listed_after = -1
        for match in _SHORT.finditer(text):
            start, end = match.span()
            before = text[max(0, start - 60) : start]
            called = _SHORT_BEFORE.search(before) is not None
            if not called and listed_after >= 0:
                called = _SHORT_LIST.fullmatch(text, listed_after, start) is not None
            if not called and _SHORT_SUBJECT.search(before):
                called = _SHORT_SUBJECT_AFTER.match(text, end) is not None
            if not called or _COUNTED.match(text, end) or overlaps(self._view.span(start, end), self._taken):
                continue
            listed_after = end
            number = PhoneNumber(f"short:{match[0]}", PhoneKind.SHORT)
            self._numbers.setdefault(number.key, SeenNumber(number, *self._view.span(start, end)))


def _replaces_tail(group: _Group, national: str, *, landline: bool) -> bool:
    joint, count = group.gap.strip(), len(group.digits)
    if count == len(national) - (3 if national.startswith(("024", "028")) else 4):
        return landline and joint in {"/", "-", ","} and group.digits[0] != "0"
    return joint == "/" and (count == 2 or (count == 3 and group.digits[0] == national[-3]))


def _read(digits: str, run: Sequence[_Group], index: int, end: int) -> _Reading | None:
    """Read joined digits by the plan (Vietnam) or by libphonenumber (abroad)."""
    groups = run[index : end + 1]
    if groups[0].plus:
        return _international(digits)
    if digits.startswith("00"):
        return _international(digits[2:], dialled=True)
    if digits.startswith("084") and len(digits) == 12:
        reading = _mobile_only("0" + digits[3:])
        return reading and _Reading(national=reading, uncertain=digits[3] == "3")
    if digits[0] == "0" or digits.startswith(("1800", "1900")):
        national = read_national(digits, spacing=_spacing(groups))
        return _Reading(national=national) if national else None
    if digits.startswith("84") and 10 <= len(digits) <= 13:
        return _after_84(digits[2:])
    if len(digits) == 9 and digits[0] in "35789" and index == 0:
        reading = _mobile_only("0" + digits)
        return reading and _Reading(national=reading, bare=True)
    return None


def _after_84(rest: str) -> _Reading | None:
    forged = rest.startswith("069")
    if rest.startswith(("1800", "1900")):
        national = read_national(rest)
    else:
        national = read_national(rest if rest.startswith("0") else "0" + rest, spacing=Spacing.OTHER)
    return _Reading(national=national, forged=forged) if national else None


def _mobile_only(national: str) -> NationalReading | None:
    reading = read_national(national, spacing=Spacing.OTHER)
    return reading if reading and reading.number.kind is PhoneKind.MOBILE else None


def _international(digits: str, *, dialled: bool = False) -> _Reading | None:
    if digits.startswith("84"):
        return _after_84(digits[2:])
    if digits.startswith("0"):
        # "+0692348560": a national number dressed up with a plus.
        national = None if dialled else read_national(digits)
        return _Reading(national=national, forged=True) if national else None
    if not 7 <= len(digits) <= 15:
        return None
    try:
        parsed = phonenumbers.parse("+" + digits)
    except phonenumbers.NumberParseException:
        return _police_with_plus(digits, dialled=dialled)
    if not phonenumbers.is_possible_number(parsed):
        return _police_with_plus(digits, dialled=dialled)
    valid = phonenumbers.is_valid_number(parsed)
    if not valid and (police := _police_with_plus(digits, dialled=dialled)):
        return police
    region = phonenumbers.region_code_for_number(parsed)
    region = region or phonenumbers.region_code_for_country_code(parsed.country_code)
    satellite = str(parsed.country_code) in SATELLITE_CODES
    number = PhoneNumber(f"+{digits}", PhoneKind.SATELLITE if satellite else PhoneKind.FOREIGN)
    return _Reading(foreign=number, country=region, uncertain=dialled and not valid)


def _police_with_plus(digits: str, *, dialled: bool) -> _Reading | None:
    """ "+69 234 8560": what a forged police line shows; no country has it."""
    if dialled or not digits.startswith("69") or read_national("0" + digits) is None:
        return None
    return _Reading(foreign=PhoneNumber(f"+{digits}", PhoneKind.POLICE_DEFENCE), forged=True)


def _spacing(groups: Sequence[_Group]) -> Spacing:
    if len(groups) == 1:
        return Spacing.NONE
    return Spacing.OLD_CODE if is_old_code(groups[0].digits) else Spacing.OTHER
