"""The words around digits that decide whether they are a phone number; all in unaccented lower case."""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from scamcheck.numbering import SHORT_CODES
from scamcheck.phone_runs import MONEY_UNIT


class Label(StrEnum):
    """What the nearest word before some digits calls them."""

    PHONE = "phone"
    OTHER = "other"
    """A tax code, an identity number, an order, a date …"""


_LABEL: Final = re.compile(
    r"(?<![a-z])(?:(?P<phone>goi|alo|sdt|so ?dt|so may|dt|dien thoai|phone|tel|call|mobile|cell|di dong|lh|"
    r"lien he|lien lac|hotline|zalo|viber|whatsapp|wa|tele|telegram|sms|nhan tin|may ban|co dinh|nghe may|"
    r"nhac may|tong dai|duong day nong|cskh|truc ban|so la|so nay|so do|so cua)"
    r"|(?P<other>mst|ma so thue|ms thue|msdn|tax|cccd|cmnd|cmt|cmtnd|can cuoc|chung minh|dinh danh|ho chieu|"
    r"passport|bhxh|bhyt|van don|tracking|awb|imei|serial|seri|otp|bien so|bks|mssv|mshs|sbd|bao danh|"
    r"barcode|"
    r"iccid|so khung|so may xe|xo so|"
    r"ma (?:don|van|kh|khach|gd|giao|xac|hs|hoc|sv|sinh|the|so|san|sp|hang|ho|bn|benh|y|dat|ve|qr|tra|hoa|"
    r"hop|"
    r"hd|tham|giam|voucher|code|lo|vach|chuyen|thanh|nhan vien|nv|dinh|buu|du|cong|tai|diem|phieu|bhxh))"
    r"|(?P<weak>so the|bao hiem|the bhyt|ref|sn|"
    r"(?:hoa don|hop dong|hd|cong van|quyet dinh|qd|don|don hang|order|bill|phieu|bien lai|ho khau)(?: so)?|"
    r"so (?:hd|qd|lo|tien)|gia tri|tong tien|ket qua|ngay|diem|nam sinh|the ky|giai doan|toa do))(?![a-z])"
)
_REACH: Final = 48
_REACH_OF: Final = {"phone": _REACH, "other": 32, "weak": 6}
"""How far before the digits a label still names them; a weak one ("ngày") must stand right before."""
_PARTED: Final = {"other": re.compile(r"[;!?]|[.,\n] *[a-z]"), "weak": re.compile(r"[a-z]")}
"""What ends a label's reach before its distance does: a clause end, for a weak one any word."""
_CALLS_AFTER: Final = re.compile(
    r"[ ,.;:)\-]{0,3}(?:[a-z]{1,6} ){0,2}?(?:goi|nhan|nhay may|lien he|alo|zalo|bao|la so|xung|tu xung|noi|"
    r"lua|cua)(?![a-z])"
)
_LANDLINE: Final = re.compile(r"(?<![a-z])(?:may ban|co dinh|so ban|dt ban|hoc ba|van phong)(?![a-z])")
_MONEY_AFTER: Final = re.compile(rf" ?\.?{MONEY_UNIT}(?![a-z])")
_MASK: Final = r"(?:(?<![a-z])x{1,9}(?![a-z])|\?\?|••)"
_MASK_AFTER: Final = re.compile(rf"[ .\-]?(?:{_MASK}|(?<![ .\-])x{{1,9}}(?![a-z])|(?P<star>[*#]))")
_MASK_BEFORE: Final = re.compile(rf"(?:{_MASK}|(?P<star>\*))[ .\-]?\Z")
_MASK_REACH: Final = 12


def label_before(text: str, start: int) -> Label | None:
    """What the nearest label that reaches `start` calls the digits there; none across other digits."""
    reach = max(0, start - _REACH)
    for position in range(start - 1, reach - 1, -1):
        if text[position].isdigit():
            reach = position + 1
            break
    label = None
    for match in _LABEL.finditer(text, reach, start):
        kind = match.lastgroup or ""
        if kind == Label.PHONE:
            label = Label.PHONE
        elif start - match.end() <= _REACH_OF[kind] and not _PARTED[kind].search(text, match.end(), start):
            label = Label.OTHER
    return label


def calls_after(text: str, end: int) -> bool:
    """Whether the words after some digits say that they called or are a number ("… gọi cho tôi")."""
    return _CALLS_AFTER.match(text, end) is not None


def landline_meant(text: str, start: int) -> bool:
    """Whether the words shortly before say "máy bàn", "cố định"."""
    return _LANDLINE.search(text, max(0, start - _REACH), start) is not None


def money_after(text: str, end: int) -> bool:
    """Whether a unit of money follows."""
    return _MONEY_AFTER.match(text, end) is not None


def is_masked(text: str, start: int, end: int) -> bool:
    """Whether digits are hidden at either end ("0912 345 xxx"); stars on both sides are only bold print."""
    before = _MASK_BEFORE.search(text, max(0, start - _MASK_REACH), start)
    after = _MASK_AFTER.match(text, end)
    if before and after and before["star"] and after["star"]:
        return False
    return before is not None or after is not None


def alone(text: str, start: int, end: int) -> bool:
    """Whether the message holds nothing readable besides what stands from `start` to `end`."""
    return not any(char.isalnum() for char in text[:start] + text[end:])


_SHORT: Final = re.compile(
    rf"(?<![0-9a-z+.,\-])(?:{'|'.join(sorted(SHORT_CODES))})"
    r"(?![0-9a-z]|[.,\-][0-9]|/[a-z]|/(?:19|20)[0-9]{2})"
)
_SHORT_CALLED: Final = re.compile(
    r"(?<![a-z])(?:(?:goi|bam|quay|alo|nhan tin|nhan|gui|soan|lien he|lh|(?<!thong )(?<!canh )bao|phan anh|"
    r"dau so|"
    r"cap cuu|cuu thuong|cong an|canh sat|csgt|cuu hoa|pccc|cuu nan|dien thoai|sdt|dt|call)"
    r"(?: (?:ngay|den|toi|cho|so|vao|ve|qua|gap|luon|lai|thang|dien|dien thoai|cong an|canh sat|cap cuu|"
    r"nhanh|"
    r"cuu hoa|tin|may|tong dai|hotline|dau so|duong day nong|mien phi|lua dao|xe|bao|la|theo|cuoc goi|"
    r"tin nhan|rac|"
    r"khan cap|khan|truc|doi|luc luong|ho|giup)){0,4}"
    r"|(?:tong dai|duong day nong|hotline)(?: [a-z]{1,9}){0,7})[ :,(\-]{1,3}\Z"
)
_SHORT_REACH: Final = 64
_SHORT_LIST: Final = re.compile(r"[ ,/;&+\-]{1,3}(?:(?:va|hoac|hay|voi) )?")
_SHORT_SUBJECT: Final = re.compile(
    r"(?<![a-z])(?<!duong )(?<!nha )(?<!phong )(?<!xe )(?<!tuyen )(?<!ghe )(?<!bai )(?<!cau )(?:so|"
    r"dau so)[ :]\Z"
)
_SHORT_SUBJECT_GOES_ON: Final = re.compile(
    r" (?:goi|nhan|de|bao|hoac|gui|vua|cua|la|co phai)(?![a-z])|[ .,;:!?)]*\Z"
)
_COUNTED: Final = re.compile(
    r" ?(?:hoc sinh|hs|nguoi|em (?:hoc|len|thi|di|du|tham|vao|co)|chau (?:hoc|be)|ban (?:hoc|doc)|tre|lan|"
    r"cuoc|diem|"
    r"trang|thang|gio|phut|giay|dong|d|vnd|nghin|ngan|k|tr|trieu|ty|km|kg|cai|chiec|phong|lop|truong|ho|"
    r"gia dinh|"
    r"tuoi|phu huynh|tin|%|suat|ca|vu|giai|duong|pho|nam (?:hoc|nay|qua|truoc|sau))(?![a-z])"
)


_SHORT_ASKED: Final = re.compile(
    r" (?:la (?:so |dau so )?(?:gi|nao|cua)|so gi|(?:vua |moi )?(?:goi|nhan(?! vien))|"
    r"cua (?:ai|don vi|co quan)|co phai)"
)


def short_codes(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield each short code that the words say is called or written to, or that is asked about alone."""
    listed_after = -1
    for match in _SHORT.finditer(text):
        start, end = match.span()
        if _COUNTED.match(text, end):
            continue
        before = text[max(0, start - _SHORT_REACH) : start]
        in_list = listed_after >= 0 and _SHORT_LIST.fullmatch(text, listed_after, start)
        subject = _SHORT_SUBJECT.search(before) and _SHORT_SUBJECT_GOES_ON.match(text, end)
        opens = not any(char.isalnum() for char in text[:start])
        asked = opens and (alone(text, start, end) or _SHORT_ASKED.match(text, end))
        if in_list or subject or asked or _SHORT_CALLED.search(before):
            listed_after = end
            yield match[0], start, end
