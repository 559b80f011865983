"""Sentences that want something else than a check: to report, to have lost money, to meet a person, to join.

They are matched whole: whatever else stands beside them makes the message something to check.
"""

import re
from typing import Final

_I: Final = r"(?:(?:toi|em|minh|chi|anh|con|chau|co|bac) )?"
_WANT: Final = r"(?:muon|can|xin|dinh)"
_TO_REPORT: Final = (
    rf"{_I}(?:(?:{_WANT}|cho toi|cho em) (?:duoc )?(?:bao|bao cao|to cao|to giac|trinh bao|khai bao)"
    r"|bao cao|to cao|to giac|trinh bao|bao lua dao)"
)
_WHAT_TO_DO: Final = (
    r"(?: (?:thi )?(?:gio )?(?:phai |nen |biet )?"
    r"(?:(?:bao|goi|keu)(?: cho)? (?:ai|dau|o dau|so nao|so may|cho nao)"
    r"|lam (?:sao|gi|the nao)(?: bay gio| day| gio)?))?"
)
_SENTENCES: Final = {
    "report": (
        rf"{_TO_REPORT}(?: (?:ve|voi|cho|mot|vu|viec|cuoc goi|tin nhan|ke|bon|nguoi|doi tuong|cong an|"
        r"lua dao|lua|nay|gia|mao danh|toi|em))*"
    ),
    "sent_money": (
        rf"{_I}(?:vua |moi |da )*bi lua(?: dao)?"
        r"(?: (?:roi|mat|het|tien|trieu|nghin|ty|\d+\w*|qua mang|tren mang|online|toi|em|minh|xong))*"
        rf"{_WHAT_TO_DO}"
    ),
    "who": r"(?:ai|don vi nao|co quan nao) (?:lam|tao|viet|lap|quan ly|van hanh)(?: ra)?(?: \w+){1,3}",
    "person": (
        rf"(?:cho (?:toi |em |minh )?|{_I}{_WANT} )?(?:duoc )?(?:gap|noi chuyen voi|noi may voi|noi voi) "
        r"(?:nguoi that|nhan vien|tu van(?: vien)?|tong dai(?: vien)?|can bo|admin|quan tri vien)"
        r"(?: .{0,20})?"
    ),
    "join": (
        r"(?:toi|em|minh|(?:ben|truong|don vi) (?:toi|em)|cong an (?:xa|phuong)(?: \w+){0,4}?)"
        r"(?: .{0,40}?)? ?"
        rf"{_WANT} (?:duoc )?(?:dang ky|tham gia|hop tac)"
        r"(?: (?:hotline|duong day nong|so|dien thoai|tai khoan|cho|cua|truong|xa|phuong|toi|em|he thong|"
        r"goi lai|voi|cac|ban|vao|dung|su dung|day|nay|o|a))*"
    ),
}
_WISHES: Final = {verb: re.compile(words) for verb, words in _SENTENCES.items()}
_WISHES_TO_REPORT: Final = re.compile(
    rf"{_TO_REPORT} (?:\w+ ){{0,4}}?(?:so|sdt|tai khoan|stk|link|duong dan|web|trang|nick|zalo)\b"
)


def wish_in(said: str) -> str | None:
    """The verb that a folded sentence asks for, else None."""
    return next((verb for verb, words in _WISHES.items() if words.fullmatch(said)), None)


def wishes_to_report(said: str) -> bool:
    """Whether a folded message brings an identifier in order to report it."""
    return _WISHES_TO_REPORT.match(said) is not None
