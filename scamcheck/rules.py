"""The cases of the policy table, one function each: does it hold, about what, and why.

Each rule yields reasons; it never sets a level: `verdict.POLICY` orders the rules and gives the levels.
Entries that are expired, suspended or withdrawn were not gathered.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from scamcheck.claims import OwnerKind
from scamcheck.knowledge import (
    Asker,
    Candidates,
    Contact,
    IdentifierKind,
    Indicator,
    IndicatorStatus,
    School,
)
from scamcheck.link import lookup_keys
from scamcheck.memory import account_keys, names_owner
from scamcheck.observables import Observables
from scamcheck.phone import PhoneKind, SeenNumber, cannot_call
from scamcheck.reasons import THE_TEXT, About, AboutKind, Reason, ReasonCode
from scamcheck.red_flags import Scenario, Voice

_AUTHORITIES = frozenset(
    {
        OwnerKind.SCHOOL,
        OwnerKind.HOSPITAL,
        OwnerKind.POLICE,
        OwnerKind.BANK,
        OwnerKind.AGENCY,
        OwnerKind.CARRIER,
    }
)


_PERSONAL = frozenset({PhoneKind.MOBILE, PhoneKind.LANDLINE})
"""Kinds that a teacher may have at home."""
_NO_ONES_OWN = frozenset({PhoneKind.SHORT, PhoneKind.FOREIGN, PhoneKind.SATELLITE})
_RANGES = {
    PhoneKind.PAID: ReasonCode.PAID_NUMBER,
    PhoneKind.TOLL_FREE: ReasonCode.TOLL_FREE_NUMBER,
    PhoneKind.POLICE_DEFENCE: ReasonCode.POLICE_RANGE,
}


@dataclass(frozen=True, slots=True)
class Case:
    """Everything a rule may look at."""

    observables: Observables
    candidates: Candidates
    asker: Asker
    now: datetime
    school: School | None

    @property
    def judged_as_text(self) -> bool:
        """A genuine warning quotes the scam; only its identifiers are judged, not its words."""
        return not self.observables.assessment.warning


Identified = tuple[About, tuple[tuple[IdentifierKind, str], ...]]
"""An identifier as shown, and the keys that equal it."""


def abouts(observables: Observables) -> tuple[Identified, ...]:
    """Each identifier with the keys that equal it (likeliest reading, known bank, exact link)."""
    return (
        *((about_number(seen), ((IdentifierKind.NUMBER, seen.number.key),)) for seen in observables.numbers),
        *(
            (
                About(AboutKind.BANK_ACCOUNT, account.number, account.bank or ""),
                ((IdentifierKind.BANK_ACCOUNT, account.key),),
            )
            for account in observables.accounts
        ),
        *(
            (About(AboutKind.LINK, link.key), tuple((IdentifierKind.LINK, key) for key in lookup_keys(link)))
            for link in observables.links
        ),
    )


def about_number(seen: SeenNumber) -> About:
    """What a finding about this number is about."""
    return About(AboutKind.NUMBER, seen.number.key)


def confirmed_indicator(case: Case) -> Iterator[Reason]:
    """Row 2: an identifier equals an active confirmed one; never an ambiguous number or bankless account."""
    confirmed = _by_key(case, IndicatorStatus.CONFIRMED)
    ambiguous = {seen.number.key for seen in case.observables.numbers if seen.other_readings}
    for about, keys in abouts(case.observables):
        if about.kind is AboutKind.NUMBER and about.key in ambiguous:
            continue
        if about.kind is AboutKind.BANK_ACCOUNT and keys[0][1].startswith("?:"):
            continue
        for key in keys:
            if key in confirmed:
                yield Reason(ReasonCode.CONFIRMED_INDICATOR, about, _whose(confirmed[key]))
                break


def possible_match(case: Case) -> Iterator[Reason]:
    """Row 3: the number of a confirmed account without its bank, or one reading of an ambiguous number."""
    confirmed = _by_key(case, IndicatorStatus.CONFIRMED)
    for seen in case.observables.numbers:
        if seen.other_readings:
            for number in (seen.number, *seen.other_readings):
                found = confirmed.get((IdentifierKind.NUMBER, number.key))
                if found:
                    yield Reason(ReasonCode.POSSIBLE_MATCH, about_number(seen), _whose(found))
    for account in case.observables.accounts:
        exact = None if account.bin is None else account.key
        for key in account_keys(account):
            found = confirmed.get((IdentifierKind.BANK_ACCOUNT, key))
            if found and key != exact:
                about = About(AboutKind.BANK_ACCOUNT, account.number, account.bank or "")
                yield Reason(ReasonCode.POSSIBLE_MATCH, about, _whose(found))


def temporary_warning(case: Case) -> Iterator[Reason]:
    """Row 4a: one officer's warning of the last 24 hours."""
    warned = _by_key(case, IndicatorStatus.TEMPORARY_WARNING)
    for about, keys in abouts(case.observables):
        for key in keys:
            if key in warned:
                yield Reason(ReasonCode.TEMPORARY_WARNING, about, _whose(warned[key]))
                break


def forged_display(case: Case) -> Iterator[Reason]:
    """Row 4b: nothing dials that way, or a call came from a number form that stopped working in 2019."""
    called = case.observables.assessment.voice is Voice.CALL
    for seen in case.observables.numbers:
        # Printed on an old notice board an eleven-digit mobile is merely old; a call cannot come from one.
        dead_mobile = seen.converted_from is not None and seen.converted_from.startswith("01")
        if seen.forged_display or (called and dead_mobile):
            yield Reason(ReasonCode.FORGED_DISPLAY, about_number(seen))
    for digits in case.observables.malformed:
        # As many digits as a number has, in a range that no telephone has: not a slip of the finger.
        if cannot_call(digits):
            yield Reason(ReasonCode.FORGED_DISPLAY, About(AboutKind.NUMBER, digits))


def imitates_official(case: Case) -> Iterator[Reason]:
    """Row 5, strong: the tail under a foreign code, a swapped prefix; or one step away *and* it matters."""
    for imitation in case.candidates.imitations:
        if imitation.how != "near_miss" or _imitation_matters(case, imitation.contact):
            yield _imitation_reason(imitation.seen, imitation.contact)


def resembles_official(case: Case) -> Iterator[Reason]:
    """Row 5, weak: one step away from an official number and nothing else: a reason, no level."""
    for imitation in case.candidates.imitations:
        if imitation.how == "near_miss" and not _imitation_matters(case, imitation.contact):
            yield _imitation_reason(imitation.seen, imitation.contact)


def imitating_link(case: Case) -> Iterator[Reason]:
    """Row 5 for links: a host dressed up as an official one, outside a warning about it."""
    if case.judged_as_text:
        for link in case.observables.links:
            if link.imitates:
                yield Reason(
                    ReasonCode.IMITATING_LINK, About(AboutKind.LINK, link.key), (("official", link.imitates),)
                )


def claim_contradicted(case: Case) -> Iterator[Reason]:
    """Row 6a: the text claims one owner, and an identifier in it is approved for another."""
    claims = [claim for claim in case.observables.claims if claim.kind in _AUTHORITIES]
    if not claims or not case.judged_as_text:
        return
    school_ids = {candidate.school.id for candidate in case.candidates.schools}
    for about, keys in abouts(case.observables):
        owners = [
            contact
            for contact in case.candidates.contacts
            if (contact.kind, contact.key) in keys and not contact.key.startswith("short:")
        ]
        for contact in owners:
            kind = contact.owner.kind
            same_kind = [claim for claim in claims if claim.kind is kind]
            if kind is OwnerKind.SCHOOL:
                agrees = bool(same_kind) and (not school_ids or contact.owner.id in school_ids)
            elif kind in (OwnerKind.BANK, OwnerKind.HOSPITAL):
                named = [claim for claim in same_kind if claim.key or claim.name]
                agrees = bool(same_kind) and (
                    not named or any(names_owner(claim, contact) for claim in named)
                )
            else:
                agrees = bool(same_kind)
            if not agrees:
                yield Reason(ReasonCode.CLAIM_CONTRADICTED, about, (("owner", contact.owner.name),))


def not_its_account(case: Case) -> Iterator[Reason]:
    """Row 6b: to be paid into an account that is none of the accounts the school has approved."""
    if case.school is None or not case.observables.accounts or not case.judged_as_text:
        return
    own = {
        contact.key
        for contact in case.candidates.owner_contacts
        if contact.owner.id == case.school.id and contact.kind is IdentifierKind.BANK_ACCOUNT
    }
    if own:
        for account in case.observables.accounts:
            if not own.intersection(account_keys(account)):
                about = About(AboutKind.BANK_ACCOUNT, account.number, account.bank or "")
                yield Reason(ReasonCode.NOT_ITS_ACCOUNT, about, (("owner", case.school.name),))


def not_on_its_list(case: Case) -> Iterator[Reason]:
    """Row 6c: absent from the school's list. Teachers call from their own phones: a reason, no level.

    When several schools may be meant it is said only of a number that none of them has.
    """
    if not any(claim.kind is OwnerKind.SCHOOL for claim in case.observables.claims):
        return
    named = [candidate.school for candidate in case.candidates.schools]
    meant = {school.id: school.full_name for school in ([case.school] if case.school else named)}
    own = {
        contact.key
        for contact in case.candidates.owner_contacts
        if contact.owner.id in meant and contact.kind is IdentifierKind.NUMBER
    }
    if own:
        listed = own | {contact.key for contact in case.candidates.contacts} | _warned_of(case)
        names = set(meant.values())
        for seen in case.observables.numbers:
            if seen.number.key not in listed and seen.number.kind not in _NO_ONES_OWN:
                maybe_a_teacher = seen.number.kind in _PERSONAL and not case.observables.assessment.alarming
                fact = "owner" if maybe_a_teacher else "place"
                whose = tuple((fact, name) for name in names) if len(names) == 1 else ()
                yield Reason(ReasonCode.NOT_ON_ITS_LIST, about_number(seen), whose)


def _warned_of(case: Case) -> set[str]:
    """Numbers of which something worse is said."""
    forged = {seen.number.key for seen in case.observables.numbers if seen.forged_display}
    return forged | {indicator.key for indicator in case.candidates.indicators}


def foreign_claims_vietnam(case: Case) -> Iterator[Reason]:
    """A foreign number with a Vietnamese school or authority as its claimed owner."""
    claims_authority = any(claim.kind in _AUTHORITIES for claim in case.observables.claims)
    if claims_authority and case.judged_as_text:
        for seen in case.observables.numbers:
            if seen.number.kind in (PhoneKind.FOREIGN, PhoneKind.SATELLITE):
                yield Reason(
                    ReasonCode.FOREIGN_CLAIMS_VIETNAM, about_number(seen), (("country", seen.country or ""),)
                )


def known_script(case: Case) -> Iterator[Reason]:
    """Row 7a: the text is a member of a known family of scripts. A warning quoting one is not."""
    if case.judged_as_text:
        for found in case.candidates.scripts[:1]:
            yield Reason(ReasonCode.KNOWN_SCRIPT, THE_TEXT, (("script", found.script.name),))


def scenario(case: Case) -> Iterator[Reason]:
    """Row 7b: signs that add up to a named scenario; the signs that decided are given as reasons."""
    assessment = case.observables.assessment
    if assessment.suspicious and assessment.scenario and case.judged_as_text:
        # "Other" is what is left: its name would claim an ask that may not be there.
        known = assessment.scenario is not Scenario.OTHER
        facts = (("scenario", assessment.scenario.value),) if known else ()
        yield Reason(ReasonCode.SCENARIO, THE_TEXT, facts)


def early_stage(case: Case) -> Iterator[Reason]:
    """Row 8: an emergency told by an unknown person, nothing asked yet."""
    if case.observables.assessment.early_stage and case.judged_as_text:
        yield Reason(ReasonCode.EARLY_STAGE)


def signs(case: Case) -> Iterator[Reason]:
    """The signs in the text that a person can be told about, heaviest first, once per sentence."""
    assessment = case.observables.assessment
    if assessment.suspicious and case.judged_as_text:
        heaviest_first = sorted(assessment.signs, key=lambda sign: -sign.weight)
        untrue = set(_untrue_signs(case))
        for reason in dict.fromkeys(sign.reason for sign in heaviest_first if sign.reason):
            if reason not in untrue:
                yield Reason(ReasonCode(reason))


def _untrue_signs(case: Case) -> Iterator[ReasonCode]:
    """Sentences that the records contradict: an approved number is no stranger's, an account known."""
    approved = {(contact.kind, contact.key) for contact in case.candidates.contacts}
    by_kind: dict[AboutKind, list[bool]] = {}
    for about, keys in abouts(case.observables):
        by_kind.setdefault(about.kind, []).append(not approved.isdisjoint(keys))
    if all(by_kind.get(AboutKind.NUMBER, [False])):
        yield ReasonCode.SIGN_STRANGER
    if all(by_kind.get(AboutKind.BANK_ACCOUNT, [False])):
        yield ReasonCode.SIGN_PRIVATE_ACCOUNT


def mentions_scam(case: Case) -> Iterator[Reason]:
    """The text warns about a scam; its words are not called one."""
    if case.observables.assessment.warning:
        yield Reason(ReasonCode.MENTIONS_SCAM)


def matches_official(case: Case) -> Iterator[Reason]:
    """An identifier is an approved contact; what is displayed can still be forged."""
    for about, keys in abouts(case.observables):
        for contact in case.candidates.contacts:
            if (contact.kind, contact.key) in keys:
                owner = contact.owner
                facts = (("owner", owner.short_name or owner.name), ("owner_id", owner.id))
                yield Reason(ReasonCode.MATCHES_OFFICIAL, about, facts)
                if about.kind is AboutKind.NUMBER and not contact.key.startswith("short:"):
                    yield Reason(ReasonCode.CALLER_ID_CAN_BE_FORGED, about)
                break


def number_notes(case: Case) -> Iterator[Reason]:
    """What the numbering plan says and a parent should know; never evidence by itself."""
    approved = {contact.key for contact in case.candidates.contacts}
    for seen in case.observables.numbers:
        about = about_number(seen)
        if seen.number.kind in _RANGES and seen.number.key not in approved and not seen.forged_display:
            yield Reason(_RANGES[seen.number.kind], about)
        if seen.other_readings:
            yield Reason(ReasonCode.TWO_READINGS, about, (("other", seen.other_readings[0].key),))
        if seen.converted_from:
            yield Reason(ReasonCode.OLD_NOTATION, about, (("old", seen.converted_from),))
        if seen.unusual_block:
            yield Reason(ReasonCode.UNUSUAL_NUMBER, about)
        if seen.number.kind is PhoneKind.SATELLITE:
            yield Reason(ReasonCode.SATELLITE_NUMBER, about)
        if seen.number.kind is PhoneKind.FOREIGN:
            yield Reason(ReasonCode.FOREIGN_NUMBER, about, (("country", seen.country or ""),))
    for digits in case.observables.malformed:
        if not cannot_call(digits):
            yield Reason(ReasonCode.MALFORMED_NUMBER, THE_TEXT, (("digits", digits),))
            break


def link_notes(case: Case) -> Iterator[Reason]:
    """What a link looks like; never evidence by itself."""
    for link in case.observables.links:
        if link.odd and not link.imitates:
            yield Reason(ReasonCode.DOUBTFUL_LINK, About(AboutKind.LINK, link.key))


def official_owner(case: Case) -> str | None:
    """Row 9: the one owner to whom every identifier belongs, if there is one and nothing alarming is said."""
    observables = case.observables
    if observables.assessment.alarming or not observables.has_identifier:
        return None
    owners: set[str] = set()
    for about, keys in abouts(observables):
        if about.key.startswith("short:"):
            continue
        of_this = {
            contact.owner.id for contact in case.candidates.contacts if (contact.kind, contact.key) in keys
        }
        if not of_this:
            return None
        owners = owners & of_this if owners else of_this
        if not owners:
            return None
    return min(owners, default=None)


def _imitation_matters(case: Case, contact: Contact) -> bool:
    if not case.judged_as_text:
        return False
    claims_something = any(claim.kind in _AUTHORITIES for claim in case.observables.claims)
    return claims_something or case.observables.assessment.alarming or contact.owner.id in case.asker.follows


def _imitation_reason(seen_key: str, contact: Contact) -> Reason:
    owner = contact.owner
    facts = (("owner", owner.short_name or owner.name), ("printed", contact.printed))
    return Reason(ReasonCode.IMITATES_OFFICIAL, About(AboutKind.NUMBER, seen_key), facts)


def _by_key(case: Case, status: IndicatorStatus) -> dict[tuple[IdentifierKind, str], Indicator]:
    return {(found.kind, found.key): found for found in case.candidates.indicators if found.status is status}


def _whose(indicator: Indicator) -> tuple[tuple[str, str], ...]:
    return (("unit", indicator.confirmed_by), ("date", indicator.verified_at.isoformat()))
