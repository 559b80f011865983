"""Answers that need no verdict: what a number is, a place's approved contacts, an ambulance first."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from bot.messages import Call, Reply
from bot.replies import call_113, calls, commune_name, school_label
from bot.texts import Texts
from scamcheck.claims import OwnerKind
from scamcheck.emergency import Emergency
from scamcheck.intent import intent_of
from scamcheck.knowledge import School
from scamcheck.numbering import AREA_CODES
from scamcheck.observables import Observables
from scamcheck.phone import PhoneKind, prefix_asked
from scamcheck.routing import Role, Routing, ShownContact
from scamcheck.verdict import Intent, Verdict

_SHORT: Final = "short:"
_NAMED: Final = (Role.HOSPITAL, Role.BANK, Role.AGENCY)
_ROLES_OF_PLACE: Final = {
    OwnerKind.POLICE: (Role.COMMUNE_POLICE, Role.POLICE_113),
    OwnerKind.HOSPITAL: (Role.HOSPITAL, Role.AMBULANCE_115),
    OwnerKind.BANK: (Role.BANK,),
}
_NATIONAL: Final = (Role.POLICE_113, Role.AMBULANCE_115)
_OF_A_SCHOOL: Final = (Role.SCHOOL, Role.SCHOOL_BACKUP)
_FIRST_CALL: Final = {
    Emergency.MEDICAL: (Role.AMBULANCE_115, "115"),
    Emergency.FIRE: (Role.FIRE_114, "114"),
    Emergency.DANGER: (Role.POLICE_113, "113"),
}


def emergency(kind: Emergency, texts: Texts) -> Reply:
    """Whom to call this minute. These numbers need no record, and nothing else stands before them."""
    role, digits = _FIRST_CALL[kind]
    first = Call(texts.get(f"role.{role.value}"), digits, digits, texts.get(f"emergency.note_{kind.value}"))
    return Reply(
        headline=texts.get(f"emergency.{kind.value}"),
        steps=texts.lines(f"emergency.steps_{kind.value}"),
        calls=(first,) if kind is Emergency.DANGER else (first, call_113(texts)),
        advice=(texts.get("emergency.told_by_a_stranger"),),
    )


def prefix(text: str, texts: Texts) -> Reply | None:
    """What numbers are that begin like this ("1900", "đầu số 0263"); None when that was not asked."""
    asked = prefix_asked(text)
    if asked is None:
        return None
    digits, kind = asked
    province = {"province": AREA_CODES[digits]} if kind is PhoneKind.LANDLINE else {}
    headline = texts.get(f"prefix.{kind.value}", digits=digits, **province)
    return Reply(headline, steps=texts.lines("prefix.steps"))


def short_number(seen: Observables, routing: Routing, texts: Texts, now: datetime) -> Reply | None:
    """What the one short number is that was asked about; None when more or something else was given."""
    if len(seen.numbers) != 1 or seen.accounts or seen.links:
        return None
    key = seen.numbers[0].number.key
    said = f"short.{key.removeprefix(_SHORT)}"
    if not key.startswith(_SHORT) or said not in texts:
        return None
    shown = [contact for contact in routing.contacts if contact.contact.key == key]
    return Reply(
        headline=texts.get(said),
        steps=texts.lines("short.steps"),
        calls=tuple(calls(shown, texts=texts, now=now)),
    )


def place(verdict: Verdict, texts: Texts, now: datetime) -> Reply | None:
    """The approved numbers of the police, hospital, bank or agency asked for, or how to reach it."""
    routing = verdict.routing
    kinds = {claim.kind for claim in verdict.observables.claims}
    named = [contact for contact in routing.contacts if contact.role in _NAMED]
    if OwnerKind.SCHOOL in kinds and (routing.school or routing.offered):
        return None  # a school in the same words is what is meant
    kind = next((kind for kind in _ROLES_OF_PLACE if kind in kinds), None)
    if named and kind is not OwnerKind.POLICE:
        return _found(named, texts, now)
    if kind is None or OwnerKind.SCHOOL in kinds:
        return None
    shown = [contact for contact in routing.contacts if contact.role in _ROLES_OF_PLACE[kind]]
    if any(contact.role not in _NATIONAL for contact in shown):
        return _found(shown, texts, now)
    return Reply(
        headline=texts.get("look_up.place_none"),
        calls=tuple(calls(shown, texts=texts, now=now)),
        advice=tuple(_in_words(kind, routing, texts)),
    )


def _found(shown: list[ShownContact], texts: Texts, now: datetime) -> Reply:
    return Reply(
        headline=texts.get("look_up.place_found"),
        steps=texts.lines("look_up.found_steps"),
        calls=tuple(calls(shown, texts=texts, now=now)),
    )


def _in_words(kind: OwnerKind, routing: Routing, texts: Texts) -> Iterator[str]:
    if kind is OwnerKind.HOSPITAL:
        yield texts.get("contact.hospital")
    elif kind is OwnerKind.BANK:
        yield texts.get("contact.card_bank")
    elif routing.commune:
        yield texts.get("contact.no_police", commune=commune_name(routing.commune.name))
    else:
        yield texts.get("contact.no_police_unknown_place")


def school_contacts(school: School, routing: Routing, texts: Texts, now: datetime) -> Reply:
    """The approved numbers of one school, or that it has none."""
    shown = [contact for contact in routing.contacts if contact.role in _OF_A_SCHOOL]
    label = school_label(school, texts)
    return Reply(
        headline=texts.get("look_up.found" if shown else "look_up.none", owner=label, school=label),
        steps=texts.lines("look_up.found_steps") if shown else (),
        calls=tuple(calls(shown, texts=texts, now=now)),
        advice=() if shown else (texts.get("contact.no_hotline", school=label),),
    )


def answer_without_verdict(verdict: Verdict, texts: Texts, now: datetime) -> Reply | None:
    """For whoever asks once and has no conversation: the plain answer, or None when a verdict is due."""
    known = answer_without_records(verdict, texts)
    if known is not None or verdict.intent is not Intent.LOOK_UP:
        return known
    if verdict.observables.has_identifier:
        return short_number(verdict.observables, verdict.routing, texts, now)
    return place(verdict, texts, now) or _of_school(verdict.routing, texts, now)


def _of_school(routing: Routing, texts: Texts, now: datetime) -> Reply:
    if routing.school:
        return school_contacts(routing.school, routing, texts, now)
    labels = tuple(school_label(school, texts) for school in routing.offered)
    return Reply(texts.get("look_up.candidates" if labels else "look_up.not_found"), steps=labels)


def answer_without_records(verdict: Verdict, texts: Texts) -> Reply | None:
    """What can be said plainly when nothing can be looked up."""
    seen = verdict.observables
    if seen.emergency and intent_of(seen) is Intent.EMERGENCY:
        return emergency(seen.emergency, texts)
    return prefix(seen.text.display, texts)
