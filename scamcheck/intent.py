"""What a message wants: a check, an official contact, or a word of talk. A check wins when in doubt."""

import re
import tomllib
from enum import StrEnum
from importlib.resources import files

from scamcheck.claims import OwnerKind
from scamcheck.english import asks_for_contact, is_english
from scamcheck.observables import Observables
from scamcheck.phone import PhoneKind
from scamcheck.thresholds import LOOK_UP_MAX_WORDS, LOOK_UP_STRAY_WORDS, NAME_STRAY_WORDS, TALK_MAX_WORDS


class Intent(StrEnum):
    """What the message wants. When alarming signs are present a check always wins."""

    CHECK = "check"
    LOOK_UP = "look_up"
    TALK = "talk"
    EMERGENCY = "emergency"
    """Somebody here needs an ambulance or the fire brigade: that number first."""


_CONTACT_WORD = (
    r"(?:so dien thoai|so dt|so(?! (?:tai khoan|tk|tien|nha|cccd|cmnd|can cuoc|the|luong|hoc sinh|nguoi))|"
    r"sdt|duong day nong|hotline|lien he)"
)
_ASKS_FOR_CONTACT = re.compile(
    rf"\b(?:cho (?:toi |em |minh |chi |anh |co |chu |bac )?(?:xin |hoi |biet )?(?:lai )?{_CONTACT_WORD}"
    rf"|xin (?:cho )?{_CONTACT_WORD}"
    rf"|{_CONTACT_WORD}(?: cua)? .{{0,60}}\b(?:la gi|la bao nhieu|so may|bao nhieu)"
    rf"|(?:tim|tra|can|muon biet|muon co|hoi) {_CONTACT_WORD}|so may\b"
    rf"|{_CONTACT_WORD} (?:cua )?(?:truong|cong an|benh vien))"
)
_ASKS_WHOSE = re.compile(
    r"\b(?:cua ai|cua truong nao|cua don vi nao|co (?:phai|dung)(?: la)?(?: so)?(?: dien thoai)?(?: cua)?|"
    r"la (?:so |dau so )?(?:gi|nao)|so gi|de lam gi|whose number|what is|is this)\b"
)
_ASKING = tomllib.loads((files("scamcheck") / "data" / "asking.toml").read_text(encoding="utf-8"))
_POLITE = frozenset(_ASKING["polite"].split())
_YOU = r"(?:ban|bot|ad|admin|em|anh|chi|co|chu|may|moi nguoi|goi lai)"
_TALK = re.compile(
    r"(?:(?:(?:xin |em |toi )?chao|hello|helo|he lo|hi|alo|a lo|hey|e)(?: (?:"
    + _YOU
    + r"|a|nhe|nha|oi|day))*"
    r"|(?:co ai|" + _YOU + r") (?:o )?(?:do|day) khong(?: (?:a|vay|the))?|" + _YOU + r" oi"
    r"|(?:cho|xin) (?:toi |em |minh |chi |anh )?hoi"
    r"(?: (?:voi|chut|ti|cai|nay|ban|bot|a|nhe|nha|mot|xiu|thoi))*"
    r"|(?:xin )?cam on(?: .{0,30})?|thanks?(?: you)?|thank|tks|ok|oke|okie|da|vang|u|uh|tam biet|bye"
    r"|help|menu|huong dan(?: .{0,20})?|(?:ban|may|em|day|bot) (?:la|ten) (?:ai|gi)(?: .{0,15})?"
    r"|"
    + _YOU
    + r" co phai (?:la )?(?:cong an|nguoi that|nguoi|may|robot|bot)(?: that)? khong|bot (?:nay )?cua ai"
    r"|ban lam duoc gi|(?:dung|thoi|stop)(?: lai)?"
    r"|(?:ban|bot|day|cai nay|trang nay|the nay) (?:co )?(?:phai )?(?:la )?lua dao (?:khong|ko|a)"
    r"|(?:lam )?sao (?:toi |em |minh )?(?:biet|tin)(?: duoc)? (?:ban|bot|trang nay)(?: .{0,30})?"
    r"|(?:toi |em |minh |con )?(?:dang )?(?:so|lo|hoang|roi)(?: lam| qua| lang| so| tri)+"
    r"|(?:cuu|giup)(?: toi| em| minh| con| chung toi)* (?:voi|di)(?: a)?|help me(?: please)?"
    r"|i (?:am |m )?(?:so )?scared"
    r"|(?:toi |em )?(?:phai )?lam sao (?:day|bay gio|gio))"
)


def intent_of(observables: Observables) -> Intent:
    """What the message wants, by its words alone; `decide` makes it a check again when a level says so."""
    said = observables.assessment
    folded = observables.text.folded
    words = folded.split()
    only_short = all(seen.number.kind is PhoneKind.SHORT for seen in observables.numbers)
    if observables.accounts or observables.links:
        return Intent.CHECK
    if observables.emergency and only_short and not said.suspicious:
        return Intent.EMERGENCY
    if said.suspicious or said.early_stage or said.alarming or said.warning:
        return Intent.CHECK
    if observables.numbers:
        about_it = _ASKS_WHOSE.search(folded) or (only_short and len(words) == 1)
        return Intent.LOOK_UP if len(words) <= LOOK_UP_MAX_WORDS and about_it else Intent.CHECK
    if len(words) <= TALK_MAX_WORDS and _TALK.fullmatch(folded.strip(" .,!?…")):
        return Intent.TALK
    return Intent.LOOK_UP if len(words) <= LOOK_UP_MAX_WORDS and _looks_up(observables) else Intent.CHECK


_SOMEBODY_ASKS = re.compile(
    r"\b(?:ho|no|nguoi ta|nguoi la|co giao|thay giao|co chu nhiem|ai do|so la)\b"
    r".{0,30}\b(?:xin|hoi|doi|bao|nhan|goi)\b"
)
"""Who wants a number is somebody else: a story, not a question."""


def _looks_up(observables: Observables) -> bool:
    """Whether a number is asked for, or nothing but a school is named."""
    if is_english(observables.text):
        return asks_for_contact(observables.text)
    said = observables.text.folded
    asks = _ASKS_FOR_CONTACT.search(said) is not None and not _SOMEBODY_ASKS.search(said)
    beside = said
    names_school = False
    for claim in observables.claims:
        if claim.kind is OwnerKind.SCHOOL and claim.name:
            names_school = True
            for part in (beside[claim.start : claim.end], claim.name, claim.place):
                beside = beside.replace(part, " ", 1) if part else beside
    stray = [word for word in _WORD.findall(beside) if word not in _POLITE]
    if asks:
        return len(stray) <= LOOK_UP_STRAY_WORDS
    only_names = len(stray) <= NAME_STRAY_WORDS and not _HAPPENS.intersection(stray)
    return (names_school and only_names) or _PLACE_ALONE.fullmatch(said.strip(" .?!")) is not None


_HAPPENS = frozenset(_ASKING["happens"].split())
"""Words of a story; a school's name may hold other words that were not read as part of it."""


_PLACE_ALONE = re.compile(
    r"(?:benh vien|bvdk|bv|cong an (?:xa|phuong|thi tran|tinh)) "
    r"(?:(?!(?:goi|nhan|bao|noi|hoi|doi|xung|den|yeu|moi|bat|keu|gui|dang|co|thu|giu|lua|gia)\b)"
    r"\w+(?: |$)){1,5}"
)
"""A hospital or a police station by its name and nothing that it does."""


_WORD = re.compile(r"[a-z0-9]+")
