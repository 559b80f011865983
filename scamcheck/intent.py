"""What a message wants: a check, an official contact, or a word of talk. A check wins when in doubt."""

import re
from enum import StrEnum

from scamcheck.claims import OwnerKind
from scamcheck.observables import Observables
from scamcheck.thresholds import LOOK_UP_MAX_WORDS, TALK_MAX_WORDS


class Intent(StrEnum):
    """What the message wants. When alarming signs are present a check always wins."""

    CHECK = "check"
    LOOK_UP = "look_up"
    TALK = "talk"


_CONTACT_WORD = r"(?:so dien thoai|so|sdt|duong day nong|hotline|lien he)"
_ASKS_FOR_CONTACT = re.compile(
    rf"\b(?:cho (?:toi |em |minh |chi |anh )?(?:xin |hoi )?{_CONTACT_WORD}"
    rf"|xin (?:cho )?{_CONTACT_WORD}"
    rf"|{_CONTACT_WORD}(?: cua)? .{{0,60}}\b(?:la gi|la bao nhieu|so may|bao nhieu)"
    rf"|(?:tim|tra) {_CONTACT_WORD}|so may\b"
    rf"|{_CONTACT_WORD} (?:cua )?(?:truong|cong an|benh vien))"
)
_ASKS_WHOSE = re.compile(r"\b(?:cua ai|cua truong nao|cua don vi nao|co phai (?:so )?cua)\b")
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
    r"|ban lam duoc gi|(?:dung|thoi|stop)(?: lai)?)"
)


def intent_of(observables: Observables) -> Intent:
    """What the message wants, by its words alone; `decide` makes it a check again when a level says so."""
    said = observables.assessment
    folded = observables.text.folded
    words = folded.split()
    if said.suspicious or said.early_stage or said.alarming or said.warning:
        return Intent.CHECK
    if observables.accounts or observables.links:
        return Intent.CHECK
    if observables.numbers:
        return (
            Intent.LOOK_UP if len(words) <= LOOK_UP_MAX_WORDS and _ASKS_WHOSE.search(folded) else Intent.CHECK
        )
    if len(words) <= LOOK_UP_MAX_WORDS and _ASKS_FOR_CONTACT.search(folded):
        return Intent.LOOK_UP
    if len(words) <= TALK_MAX_WORDS and _TALK.fullmatch(folded.strip(" .,!?…")):
        return Intent.TALK
    names_school = any(claim.kind is OwnerKind.SCHOOL for claim in observables.claims)
    return Intent.LOOK_UP if names_school and len(words) <= TALK_MAX_WORDS else Intent.CHECK
