"""Verdict, and `decide`: the policy table, a row per case with its why.

The first row that holds gives the level; all rows that hold give reasons. Nothing else produces a level.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from scamcheck import rules
from scamcheck.intent import Intent, intent_of
from scamcheck.knowledge import Asker, Candidates
from scamcheck.observables import Observables
from scamcheck.phone import PhoneKind, SeenNumber
from scamcheck.reasons import THE_TEXT, About, AboutKind, Finding, Level, Reason, ReasonCode
from scamcheck.red_flags import Scenario, Voice
from scamcheck.routing import Role, Routing, ShownContact, choose_school, route
from scamcheck.thresholds import SHORT_TEXT_WORDS

__all__ = [
    "THE_TEXT",
    "About",
    "AboutKind",
    "Finding",
    "Intent",
    "Level",
    "Reason",
    "ReasonCode",
    "Role",
    "Routing",
    "ShownContact",
    "Verdict",
    "decide",
]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision and everything an answer needs. Same message, records, asker and time: same verdict."""

    level: Level
    about: About
    findings: tuple[Finding, ...]
    reasons: tuple[Reason, ...]
    """All reasons, most important first; an answer shows at most three."""
    observables: Observables
    routing: Routing
    intent: Intent = Intent.CHECK
    early_stage: bool = False
    scenario: Scenario | None = None
    voice: Voice = Voice.UNKNOWN
    lists_available: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """One case of the policy: when `rule` yields, the level is at least `level` (None: reasons only)."""

    rule: Callable[[rules.Case], Iterator[Reason]]
    level: Level | None
    why: str


POLICY = (
    Row(rules.confirmed_indicator, Level.CONFIRMED_SCAM, "police confirmed exactly this identifier"),
    Row(rules.possible_match, Level.SUSPICIOUS, "equal to a confirmed one in all that was given"),
    Row(rules.temporary_warning, Level.SUSPICIOUS, "an officer warned of it within the last day"),
    Row(rules.forged_display, Level.SUSPICIOUS, "no telephone can be calling from such a number"),
    Row(rules.imitates_official, Level.SUSPICIOUS, "made to be mistaken for an official number"),
    Row(rules.imitating_link, Level.SUSPICIOUS, "made to be mistaken for an official site"),
    Row(
        rules.claim_contradicted, Level.SUSPICIOUS, "the identifier belongs to somebody else than is claimed"
    ),
    Row(rules.not_its_account, Level.SUSPICIOUS, "money is asked for outside the owner's own accounts"),
    Row(rules.foreign_claims_vietnam, Level.SUSPICIOUS, "schools and authorities do not call from abroad"),
    Row(rules.known_script, Level.SUSPICIOUS, "the words are those of a known script"),
    Row(rules.scenario, Level.SUSPICIOUS, "the signs add up to a known scenario"),
    Row(rules.early_stage, Level.SUSPICIOUS, "how such calls begin, before money is asked for"),
    Row(rules.signs, None, "the signs that decided, for the reader"),
    Row(rules.mentions_scam, None, "a warning quotes what it warns of"),
    Row(rules.resembles_official, None, "one digit away from an official number and nothing else"),
    Row(rules.matches_official, None, "whose number it is, and that a display can be forged"),
    Row(rules.not_on_its_list, None, "teachers do call from their own phones"),
    Row(rules.number_notes, None, "what the numbering plan says"),
    Row(rules.link_notes, None, "what a link looks like"),
)

_SEVERITY = (Level.CONFIRMED_SCAM, Level.SUSPICIOUS, Level.CANNOT_CHECK, Level.UNKNOWN, Level.OFFICIAL)


def decide(
    observables: Observables, candidates: Candidates | None, *, asker: Asker, now: datetime
) -> Verdict:
    """Apply the policy to what was seen and what is known. `candidates` is None when gathering failed.

    Pure: the same arguments give the same verdict. Never raises for any text.
    """
    known = candidates if candidates is not None else Candidates()
    school, _ = choose_school(known, asker)
    case = rules.Case(observables, known, asker, now, school)
    held = [(row.level, reason) for row in POLICY for reason in row.rule(case)]
    levels = [level for level, _ in held if level is not None]
    reasons = [reason for _, reason in held]
    about = next((reason.about for level, reason in held if level is not None), _first_about(observables))
    official = rules.official_owner(case)
    if candidates is None:
        level = Level.SUSPICIOUS if levels else Level.CANNOT_CHECK
        reasons.append(Reason(ReasonCode.LISTS_UNAVAILABLE))
    elif levels:
        level = levels[0]
    elif official is not None:
        level = Level.OFFICIAL
    elif _unreadable(observables):
        level = Level.CANNOT_CHECK
        about = THE_TEXT
        if not observables.malformed:
            reasons.append(Reason(ReasonCode.NOTHING_READABLE))
    else:
        level = Level.UNKNOWN
        reasons += list(_unlisted(observables, reasons))
    scenario = _scenario(case)
    intent = Intent.CHECK if levels or candidates is None else intent_of(observables)
    return Verdict(
        level=level,
        about=about,
        findings=_findings(case, held, official, level),
        reasons=tuple(dict.fromkeys(reasons)),
        observables=observables,
        routing=route(
            observables,
            known,
            asker,
            scenario,
            now,
            official=official if level is Level.OFFICIAL else None,
        ),
        intent=intent,
        early_stage=level is Level.SUSPICIOUS and reasons[0].code is ReasonCode.EARLY_STAGE,
        scenario=scenario,
        voice=observables.assessment.voice,
        lists_available=candidates is not None,
    )


def _findings(
    case: rules.Case, held: list[tuple[Level | None, Reason]], official: str | None, overall: Level
) -> tuple[Finding, ...]:
    """One finding per identifier and one for the text, each with the level its own reasons give."""
    found: list[Finding] = []
    for about in (*(about for about, _ in rules.abouts(case.observables)), THE_TEXT):
        own = [(level, reason) for level, reason in held if reason.about == about]
        levels = [level for level, _ in own if level is not None]
        if levels:
            level = min(levels, key=_SEVERITY.index)
        elif overall is Level.CANNOT_CHECK:
            level = Level.CANNOT_CHECK
        elif official is not None and any(reason.code is ReasonCode.MATCHES_OFFICIAL for _, reason in own):
            level = Level.OFFICIAL
        else:
            level = Level.UNKNOWN
        found.append(Finding(about, level, tuple(reason for _, reason in own)))
    return tuple(found)


def _scenario(case: rules.Case) -> Scenario | None:
    """The scenario whose advice fits: the one the signs make, else that of the matching script."""
    assessment = case.observables.assessment
    if assessment.warning:
        return None
    if assessment.suspicious or assessment.early_stage:
        return assessment.scenario
    return Scenario(case.candidates.scripts[0].script.scenario) if case.candidates.scripts else None


def _unreadable(observables: Observables) -> bool:
    """Row 10: nothing readable, or the only thing that looks like an identifier cannot be read."""
    words = observables.text.folded.split()
    if not any(character.isalnum() for character in observables.text.folded):
        return True
    return bool(observables.malformed) and not observables.has_identifier and len(words) <= SHORT_TEXT_WORDS


def _unlisted(observables: Observables, reasons: Sequence[Reason]) -> Iterator[Reason]:
    """What to say when no level was given: about each kind of identifier of which nothing else is said."""
    others = observables.accounts or observables.links
    if observables.numbers and not others and all(map(_is_short, observables.numbers)):
        yield Reason(ReasonCode.ONLY_SHORT_CODES)
        return
    explained = {reason.about for reason in reasons}
    unlisted: dict[AboutKind, About] = {}
    for about, _ in rules.abouts(observables):
        if about not in explained and not about.key.startswith("short:"):
            unlisted.setdefault(about.kind, about)
    if not unlisted and not reasons:
        yield Reason(ReasonCode.NOTHING_FOUND)
    for about in unlisted.values():
        yield Reason(ReasonCode.NOTHING_FOUND, about)


def _is_short(seen: SeenNumber) -> bool:
    return seen.number.kind is PhoneKind.SHORT


def _first_about(observables: Observables) -> About:
    return next((about for about, _ in rules.abouts(observables)), THE_TEXT)
