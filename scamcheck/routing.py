"""Whom to call: which school is meant, and which approved contacts an answer may show, in which order.

A wrong contact costs more than none: a school is chosen alone only when the text names its level, name and
place, when the parent chose it, or when the parent follows it. Everything else is offered as a question.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from scamcheck.claims import OwnerKind
from scamcheck.duty_hours import on_duty
from scamcheck.emergency import Emergency
from scamcheck.knowledge import Asker, Candidates, Commune, Contact, IdentifierKind, School, active
from scamcheck.observables import Observables
from scamcheck.reasons import ReasonCode
from scamcheck.red_flags import Scenario
from scamcheck.thresholds import MAX_SCHOOLS_OFFERED


class Role(StrEnum):
    """Why a contact is shown; their order is the order in the answer (`product.md`)."""

    SCHOOL = "school"
    SCHOOL_BACKUP = "school_backup"
    HOSPITAL = "hospital"
    COMMUNE_POLICE = "commune_police"
    BANK = "bank"
    AGENCY = "agency"
    POLICE_113 = "police_113"
    AMBULANCE_115 = "ambulance_115"
    FIRE_114 = "fire_114"
    CHILD_HELPLINE_111 = "child_helpline_111"
    REPORT_156 = "report_156"


@dataclass(frozen=True, slots=True)
class ShownContact:
    """An approved contact to show; `off_duty` when nobody is expected to answer at this hour."""

    role: Role
    contact: Contact
    off_duty: bool = False


@dataclass(frozen=True, slots=True)
class Routing:
    """Whom to call, decided beside the level by the same pure code."""

    contacts: tuple[ShownContact, ...] = ()
    school: School | None = None
    """The school chosen alone: followed, chosen by the asker, or named with level, name and place."""
    school_has_hotline: bool = False
    offered: tuple[School, ...] = ()
    """Schools to ask about ("Có phải … ?"); their numbers appear after the choice."""
    ask_school: bool = False
    """No school is known and the answer needs one: one line asks for it."""
    commune: Commune | None = None
    commune_has_police: bool = False
    hospital_named: bool = False
    communes_offered: tuple[Commune, ...] = ()


_ROLE_OF_OWNER = {
    OwnerKind.SCHOOL: Role.SCHOOL,
    OwnerKind.HOSPITAL: Role.HOSPITAL,
    OwnerKind.POLICE: Role.COMMUNE_POLICE,
    OwnerKind.BANK: Role.BANK,
}
_ROLE_OF_NAMED = {
    OwnerKind.HOSPITAL: Role.HOSPITAL,
    OwnerKind.BANK: Role.BANK,
    OwnerKind.AGENCY: Role.AGENCY,
    OwnerKind.CARRIER: Role.AGENCY,
}
"""Kinds of organisation whose approved numbers are shown when the text names them."""


def route(  # noqa: PLR0913 - all that an answer's contacts depend on, by name
    observables: Observables,
    candidates: Candidates,
    asker: Asker,
    scenario: Scenario | None,
    now: datetime,
    *,
    official: str | None = None,
) -> Routing:
    """Choose school, commune and contacts for one answer. Contacts come only from `candidates`.

    `official` is the one owner of everything in an `OFFICIAL` message: whoever doubts the display calls back
    on the approved number itself, so it comes first.
    """
    school, offered = choose_school(candidates, asker)
    commune, communes_offered = _choose_commune(candidates, asker, school)
    school_contacts = _school_contacts(candidates, school, now) if school else ()
    police = _confirmed_first(
        (
            ShownContact(Role.COMMUNE_POLICE, contact, _off_duty(contact, now))
            for contact in candidates.owner_contacts
            if commune
            and contact.owner.kind is OwnerKind.POLICE
            and contact.owner.commune_code == commune.code
        ),
        now,
    )
    named = {
        kind: _confirmed_first(
            (
                ShownContact(role, contact, _off_duty(contact, now))
                for contact in candidates.owner_contacts
                if contact.owner.kind is kind and contact.kind is IdentifierKind.NUMBER
            ),
            now,
        )
        for kind, role in _ROLE_OF_NAMED.items()
    }
    national = tuple(_national(observables, candidates, scenario))
    matched = tuple(
        ShownContact(_ROLE_OF_OWNER.get(contact.owner.kind, Role.AGENCY), contact, _off_duty(contact, now))
        for contact in candidates.contacts
        if contact.owner.id == official and contact.kind is IdentifierKind.NUMBER
    )
    ordered = (
        *matched,
        *school_contacts,
        *named[OwnerKind.HOSPITAL],
        *police,
        *named[OwnerKind.BANK],
        *named[OwnerKind.AGENCY],
        *named[OwnerKind.CARRIER],
        *national,
    )
    if scenario is Scenario.KIDNAP_ONLINE:
        # Somebody may be in danger right now: 113 first, then the school and the rest.
        ordered = (*national, *school_contacts, *police)
    elif observables.emergency:
        ordered = (*national, *ordered)
    return Routing(
        contacts=tuple(
            {(shown.contact.kind, shown.contact.key): shown for shown in reversed(ordered)}.values()
        )[::-1],
        school=school,
        school_has_hotline=bool(school_contacts),
        offered=offered,
        ask_school=school is None and not offered,
        commune=commune,
        commune_has_police=bool(police),
        hospital_named=any(claim.kind is OwnerKind.HOSPITAL for claim in observables.claims),
        communes_offered=communes_offered,
    )


def choose_school(candidates: Candidates, asker: Asker) -> tuple[School | None, tuple[School, ...]]:
    """The school chosen alone, or the schools to ask about (at most `MAX_SCHOOLS_OFFERED`).

    A school named in full in the text outranks the chosen one, which outranks the followed ones: a parent
    of two children may ask about the other school.
    """
    full = [candidate.school for candidate in candidates.schools if candidate.full]
    if len(full) == 1:
        return full[0], ()
    named = {candidate.school.id: candidate.school for candidate in candidates.schools}
    known = {school.id: school for school in candidates.asker_schools}
    if asker.chosen_school in known:
        return known[asker.chosen_school], ()
    followed_and_named = [school for school in known.values() if school.id in named]
    if len(followed_and_named) == 1:
        return followed_and_named[0], ()
    if not named and len(known) == 1:
        return next(iter(known.values())), ()
    offered = followed_and_named or list(named.values()) or list(known.values())
    return None, tuple(offered[:MAX_SCHOOLS_OFFERED])


def _choose_commune(
    candidates: Candidates, asker: Asker, school: School | None
) -> tuple[Commune | None, tuple[Commune, ...]]:
    code = (school.commune_code if school else None) or asker.commune_code
    if code:
        return candidates.commune_of.get(code), ()
    if len(candidates.communes) == 1:
        return candidates.communes[0], ()
    return None, candidates.communes


def _school_contacts(candidates: Candidates, school: School, now: datetime) -> tuple[ShownContact, ...]:
    """Main numbers on duty first; outside their hours the backup comes first."""
    shown = [
        ShownContact(
            Role.SCHOOL_BACKUP if contact.is_backup else Role.SCHOOL, contact, _off_duty(contact, now)
        )
        for contact in candidates.owner_contacts
        if contact.owner.kind is OwnerKind.SCHOOL
        and contact.owner.id == school.id
        and contact.kind is IdentifierKind.NUMBER
    ]
    return _confirmed_first(
        sorted(shown, key=lambda item: (item.off_duty, item.role is Role.SCHOOL_BACKUP)), now
    )


def _confirmed_first(shown: Iterable[ShownContact], now: datetime) -> tuple[ShownContact, ...]:
    """What nobody has confirmed for over a year comes after what is confirmed."""
    return tuple(sorted(shown, key=lambda item: not active(item.contact.expires_at, now)))


def _off_duty(contact: Contact, now: datetime) -> bool:
    return not on_duty(contact.hours, now)


def _may_be_hurt(observables: Observables, scenario: Scenario | None) -> bool:
    """Whether somebody may need an ambulance: an emergency that is no scam may be a true one."""
    said = observables.assessment
    told = not said.warning and any(sign.reason == ReasonCode.SIGN_EMERGENCY for sign in said.signs)
    return scenario is Scenario.CHILD_EMERGENCY or (scenario is None and told)


_SHORT_NUMBERS = {
    "short:111": Role.CHILD_HELPLINE_111,
    "short:114": Role.FIRE_114,
    "short:115": Role.AMBULANCE_115,
    "short:156": Role.REPORT_156,
}
"""Shown when they are what is asked about, or what an emergency needs; 113 is shown always."""
_NEEDED_FOR = {
    Emergency.MEDICAL: (("short:115", Role.AMBULANCE_115),),
    Emergency.FIRE: (("short:114", Role.FIRE_114),),
    Emergency.DANGER: (("short:113", Role.POLICE_113), ("short:111", Role.CHILD_HELPLINE_111)),
}


def _national(
    observables: Observables, candidates: Candidates, scenario: Scenario | None
) -> Iterator[ShownContact]:
    by_key = {contact.key: contact for contact in candidates.national}
    wanted = [("short:113", Role.POLICE_113)]
    if observables.emergency:
        wanted = [*_NEEDED_FOR[observables.emergency], *wanted]
    elif _may_be_hurt(observables, scenario):
        wanted.append(("short:115", Role.AMBULANCE_115))
    if scenario is Scenario.KIDNAP_ONLINE:
        wanted.append(("short:111", Role.CHILD_HELPLINE_111))
    if all(seen.number.key.startswith("short:") for seen in observables.numbers):
        asked = (seen.number.key for seen in observables.numbers)
        wanted.extend((key, _SHORT_NUMBERS[key]) for key in asked if key in _SHORT_NUMBERS)
    for key, role in dict.fromkeys(wanted):
        if key in by_key:
            yield ShownContact(role, by_key[key])
