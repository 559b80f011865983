"""What typed words mean: commands with and without marks, digits and labels of the open menu, case codes."""

import re
from collections.abc import Sequence
from typing import Final

from bot.conversation.wishes import wish_in
from bot.messages import Choice
from db.linking import ALPHABET
from scamcheck.text import fold

LONGEST_COMMAND: Final = 80
"""Characters; anything longer is something to check, not something to obey."""

_COMMANDS: Final = {
    "start": "hello",
    "kiemtra": "check",
    "kiem_tra": "check",
    "check": "check",
    "tim": "look_up",
    "theodoi": "follow",
    "theo_doi": "follow",
    "baocao": "report",
    "bao_cao": "report",
    "dulieu": "data",
    "du_lieu": "data",
    "xoa": "erase",
    "quyenriengtu": "privacy",
    "quyen_rieng_tu": "privacy",
    "toilaai": "who",
    "toi_la_ai": "who",
    "trogiup": "menu",
    "tro_giup": "menu",
    "help": "menu",
    "menu": "menu",
    "dung": "stop",
    "stop": "stop",
    "khieunai": "appeal",
    "noi": "link",
    "noikenh": "link",
    "khieu_nai": "appeal",
    "lienket": "desk_link",
    "lien_ket": "desk_link",
    "huylienket": "desk_leave",
    "huy_lien_ket": "desk_leave",
    "banlamviec": "desk",
    "ban_lam_viec": "desk",
    "roinhom": "leave",
    "roi_nhom": "leave",
    "dexuat": "desk_propose",
    "de_xuat": "desk_propose",
}
_WORDS: Final = {
    "kiem tra": "check",
    "check": "check",
    "tim truong": "look_up",
    "tim so truong": "look_up",
    "theo doi": "follow",
    "theo doi truong": "follow",
    "follow a school": "follow",
    "truong dang theo doi": "follow",
    "bao cao": "report",
    "bao vu nay": "report",
    "to cao": "report",
    "bao cao lua dao": "report",
    "bao lua dao": "report",
    "to cao lua dao": "report",
    "to giac lua dao": "report",
    "toi muon bao cao": "report",
    "toi muon bao cao lua dao": "report",
    "toi muon bao lua dao": "report",
    "toi muon to cao": "report",
    "report": "report",
    "du lieu": "data",
    "du lieu cua toi": "data",
    "xem du lieu": "data",
    "xem du lieu cua toi": "data",
    "my data": "data",
    "xoa": "erase",
    "xoa du lieu": "erase",
    "xoa du lieu cua toi": "erase",
    "delete my data": "erase",
    "quyen rieng tu": "privacy",
    "rieng tu": "privacy",
    "privacy": "privacy",
    "toi la ai": "who",
    "ban la ai": "who",
    "may la ai": "who",
    "who are you": "who",
    "tro giup": "menu",
    "giup": "menu",
    "menu": "menu",
    "help": "menu",
    "dung": "stop",
    "dung lai": "stop",
    "ngung": "stop",
    "ngung nhan tin": "stop",
    "stop": "stop",
    "khieu nai": "appeal",
    "appeal": "appeal",
    "so cua toi bi bao lua dao": "appeal",
    "so toi bi bao lua dao": "appeal",
    "tai khoan cua toi bi bao lua dao": "appeal",
    "toi da chuyen tien": "sent_money",
    "toi lo chuyen tien": "sent_money",
    "da chuyen tien": "sent_money",
    "lo chuyen tien roi": "sent_money",
    "toi lo chuyen tien roi": "sent_money",
    "toi da chuyen tien roi": "sent_money",
    "da chuyen tien roi": "sent_money",
    "chuyen tien roi": "sent_money",
    "toi chuyen tien roi": "sent_money",
    "toi bi lua roi": "sent_money",
    "toi bi lua": "sent_money",
    "toi bi lua dao": "sent_money",
    "toi bi lua dao roi": "sent_money",
    "bi lua roi": "sent_money",
    "i was scammed": "sent_money",
    "toi bi mat tien": "sent_money",
    "toi bi mat tien roi": "sent_money",
    "mat tien roi": "sent_money",
    "toi mat tien roi": "sent_money",
    "i sent money": "sent_money",
    "toi dang nghe may": "on_phone",
    "dang nghe may": "on_phone",
    "toi dang noi may": "on_phone",
    "toi dang noi chuyen voi ho": "on_phone",
    "dang noi chuyen voi ho": "on_phone",
    "ho dang goi": "on_phone",
    "ho dang goi toi": "on_phone",
    "ho khong cho cup may": "on_phone",
    "i am on the phone": "on_phone",
    "sai": "dispute",
    "sai roi": "dispute",
    "ket qua sai": "dispute",
    "ket qua sai roi": "dispute",
    "the answer is wrong": "dispute",
    "bao toi": "notify",
    "bao toi neu ket luan thay doi": "notify",
    "noi kenh": "link",
    "link my chats": "link",
    "khong noi": "link_no",
    "do not link": "link_no",
    "thoi": "cancel",
    "huy": "cancel",
    "cancel": "cancel",
    "roi khoi nhom": "leave",
    "roi nhom": "leave",
    "ban lam viec": "desk",
    "huy lien ket": "desk_leave",
}
_DIGIT_WORDS: Final = ("mot", "hai", "ba", "bon", "nam", "sau", "bay", "tam", "chin")
_MENU_DIGIT = re.compile(r"(?:so |chon |lua chon |phuong an |option )?(?P<digit>\d{1,2})[.)]?", re.ASCII)
_CASE_CODE = re.compile(r"\bGL-?[A-Z0-9]{4}-?[A-Z0-9]{2}\b", re.IGNORECASE | re.ASCII)
_LINK_CODE = re.compile(
    rf"(?:noi|noi kenh|link) (?P<code>[{ALPHABET.lower()}]{{4}}-?[{ALPHABET.lower()}]{{4}})", re.ASCII
)
_STAFF_CODE = re.compile(r"\bLK-?(?:[2-9A-HJ-NP-Z]{4}-?){2}[2-9A-HJ-NP-Z]{4}\b", re.IGNORECASE | re.ASCII)
_COMMAND = re.compile(r"/(?P<name>[a-z_]{2,32})(?:@\w{1,64})?(?:\s+(?P<rest>.*))?", re.ASCII | re.DOTALL)
_SENT_MONEY = re.compile(
    r"\b(?:toi|em|me|minh|bo|ba|con|vo|chong|chi|anh)(?: em| toi)? (?:da |lo |vua |moi |tro ){1,3}"
    r"(?:chuyen|gui|dong|nop|ck)\b(?! nham)"
    # Frightened people leave themselves out: "lỡ chuyển 30 triệu rồi", "mất tiền rồi giúp tôi".
    r"|(?:^\W*(?:lo|da|vua|moi|tro)|\b(?:toi|em|me|minh))(?: lo)? (?:chuyen|ck|gui)(?: \S+){0,2}"
    r" (?:tien|trieu|nghin|ngan|\d+(?:tr|k|trieu)?)(?: \S+){0,3} roi\b"
    r"|^\W*(?:(?:toi|em|me|minh) )?(?:bi )?(?:lua )?mat (?:het )?(?:\S+ ){0,2}tien roi\b"
)


def command_of(text: str) -> tuple[str, str] | None:
    """The verb of a command ("/xoa", "xóa dữ liệu", "xoa du lieu") and what follows it, else None."""
    stripped = text.strip()
    if stripped.startswith("/"):
        found = _COMMAND.fullmatch(stripped.split("\n", 1)[0][:LONGEST_COMMAND].casefold())
        verb = _COMMANDS.get(fold(found["name"])) if found else None
        return (verb, stripped.partition(" ")[2].strip()) if verb else ("menu", "")
    if len(stripped) > LONGEST_COMMAND:
        return None
    said = plain(stripped)
    if linking := _LINK_CODE.fullmatch(said):
        return "link", linking["code"]
    verb = _WORDS.get(said) or wish_in(said)
    return (verb, "") if verb else None


def plain(text: str) -> str:
    """Folded words with single spaces and without punctuation around them."""
    return " ".join(fold(text).split()).strip(" .,!?…\"'“”:;")


def chosen(text: str, menu: Sequence[Choice]) -> Choice | None:
    """The choice that a digit, "số 1", or a label with or without marks selects."""
    if not menu or len(text) > LONGEST_COMMAND:
        return None
    typed = plain(text)
    if (position := menu_digit(typed)) is not None:
        return menu[position - 1] if 1 <= position <= len(menu) else None
    for choice in menu:
        label = plain(choice.label)
        if typed == label or typed in {plain(part) for part in label.split(",")}:
            return choice
    return None


def menu_digit(typed: str) -> int | None:
    """The number of a menu answer, else None. Longer digits are a phone number, never a choice."""
    typed = plain(typed)
    if typed in _DIGIT_WORDS:
        return _DIGIT_WORDS.index(typed) + 1
    found = _MENU_DIGIT.fullmatch(typed)
    return int(found["digit"]) if found else None


def case_code_in(text: str) -> str | None:
    """A case code, as it was given out ("GL-7K3M-92")."""
    found = _CASE_CODE.search(text[:LONGEST_COMMAND])
    if found is None:
        return None
    code = found[0].upper().replace("-", "")
    return f"{code[:2]}-{code[2:6]}-{code[6:]}"


def staff_code_in(text: str) -> str | None:
    """A code of the console that links a staff member's chat ("LK-7K3M-92QF-XTAB")."""
    found = _STAFF_CODE.search(text[:LONGEST_COMMAND])
    return None if found is None else found[0]


def says_money_was_sent(folded: str) -> bool:
    """Whether the person says that they themselves have already paid."""
    return bool(_SENT_MONEY.search(folded[:2000]))
