"""How identifiers are shown: checked ones masked and dead to a tap, approved ones ready to dial.

A checked number is never printed whole: chat clients make whole numbers tappable, and the person in front of
it must not call the scammer back by a slip of the thumb.
"""

from scamcheck import link as links
from scamcheck import phone
from scamcheck.observables import Observables
from scamcheck.phone import PhoneKind, PhoneNumber
from scamcheck.reasons import About, AboutKind

MAX_SHOWN = 48
"""Longest form in which an identifier is shown; a longer link is cut in the middle."""
_HIDDEN = "•••"


def shown(about: About, observables: Observables) -> str:
    """The identifier as an answer may show it; empty for the text as a whole."""
    if about.kind is AboutKind.NUMBER:
        if about.key.isdigit():  # digits that no telephone has
            return masked_digits(about.key)
        return phone.masked(number_with_key(about.key, observables))
    if about.kind is AboutKind.BANK_ACCOUNT:
        return masked_digits(about.key)
    if about.kind is AboutKind.LINK:
        seen = next((link for link in observables.links if link.key == about.key), None)
        return cut_in_the_middle(links.defanged(seen or links.Link(key=about.key, host=about.key)))
    return ""


def number_with_key(key: str, observables: Observables | None = None) -> PhoneNumber:
    """The number that has this key, as it was read from the message or as the key alone says."""
    seen = observables.numbers if observables else ()
    for number in (reading for one in seen for reading in (one.number, *one.other_readings)):
        if number.key == key:
            return number
    if key.startswith("short:"):
        return PhoneNumber(key, PhoneKind.SHORT)
    parsed = phone.parse_number(key)
    return parsed.number if parsed else PhoneNumber(key, PhoneKind.FOREIGN)


def national_form(number: PhoneNumber) -> str:
    """The number whole, as somebody in Vietnam types it. Only for what a person sends to the authorities."""
    dialled = phone.dialled(number)
    return f"0{dialled.removeprefix('+84')}" if dialled.startswith("+84") else dialled


def masked_digits(digits: str) -> str:
    """Digits of an account, or digits that make no number, with their middle hidden."""
    kept = "".join(character for character in digits if character.isalnum() or character == "+")
    if len(kept) < 7:
        return f"{kept[:1]}{_HIDDEN}" if len(kept) > 4 else kept
    return f"{kept[:3]} {_HIDDEN} {kept[-3:]}"


def cut_in_the_middle(text: str, limit: int = MAX_SHOWN) -> str:
    """The text itself, or its beginning and end when it is longer than `limit`."""
    if len(text) <= limit:
        return text
    head = (limit - 1) * 2 // 3
    return f"{text[:head]}…{text[-(limit - 1 - head) :]}"


def words_beside(observables: Observables) -> int:
    """How many words a message has beside its identifiers."""
    kept = list(observables.text.display)
    for seen in (*observables.numbers, *observables.accounts, *observables.links):
        kept[seen.start : seen.end] = " " * (min(seen.end, len(kept)) - min(seen.start, len(kept)))
    return sum(any(letter.isalnum() for letter in word) for word in "".join(kept).split())
