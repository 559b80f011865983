"""Turns a verdict into a reply: chooses sentences, contacts and choices. Decides nothing.

The shape of an answer is that of `product.md`: headline, what to do now, whom to call, why, choices. Contacts
come from `verdict.routing` and nowhere else.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Final

from bot import identifiers
from bot.calm_steps import calm_steps, is_awed, speaks_of_authorities
from bot.messages import Call, Channel, Choice, Reply
from bot.texts import Texts
from scamcheck import phone
from scamcheck.knowledge import IdentifierKind, School
from scamcheck.reasons import THE_TEXT, About, AboutKind, Level, Reason, ReasonCode
from scamcheck.red_flags import Scenario, Voice
from scamcheck.routing import Role, ShownContact
from scamcheck.verdict import Intent, Verdict

HEADLINE_LIMIT: Final = 160
MAX_REASONS: Final = 3
MAX_CHOICES: Final = 9
"""One digit each where a channel has no buttons."""
MAX_CALLS: Final = 6
NAME_LIMIT: Final = 70
"""Longest name of an owner, unit or school in a sentence; registries hold some that fill a screen."""
WORDS_WITH_AN_IDENTIFIER: Final = 12
WORDS_ALONE: Final = 6
"""A message with no more words than these gets the question "what did the caller say?"."""
SAID: Final = ("child_emergency", "money", "authority", "link_otp", "missed_call")
"""What a caller may have said, in the order of the choices."""

_ALARM = (Level.CONFIRMED_SCAM, Level.SUSPICIOUS)
_CODE_SCENARIOS = frozenset(
    {Scenario.BANK_IMPOSTOR, Scenario.OTP_THEFT, Scenario.VNEID, Scenario.SOCIAL_INSURANCE}
)
_CHILD_SCENARIOS = frozenset(
    {
        None,
        Scenario.CHILD_EMERGENCY,
        Scenario.KIDNAP_ONLINE,
        Scenario.SCHOOL_IMPOSTOR,
        Scenario.SCHOOL_FEE,
        Scenario.TUITION_REFUND,
        Scenario.OTHER,
    }
)
"""Scenarios in which the school is the one to ask."""


def render(  # noqa: PLR0913 - what an answer depends on is all here, by name
    verdict: Verdict,
    *,
    texts: Texts,
    check_id: str | None,
    now: datetime,
    demo: bool,
    channel: Channel,
    already_said: bool = False,
) -> Reply:
    """The answer to one check.

    Args:
        verdict: what was decided.
        texts: the language to answer in.
        check_id: the recorded check that choices refer to; None when nothing could be recorded.
        now: the time of the answer, for contacts whose confirmation has run out.
        demo: whether invented records are served, which every answer must say.
        channel: where it is shown; the web page itself carries the lines that chats repeat.
        already_said: the person has just told what the caller said, so it is not asked again.
    """
    asks_what_was_said = not already_said and _says_nothing_of_use(verdict)
    schools = () if verdict.routing.school else verdict.routing.offered
    return Reply(
        headline=headline(verdict, texts),
        level=verdict.level,
        early_stage=verdict.early_stage,
        steps=tuple(_steps(verdict, texts)),
        calls=tuple(calls(verdict.routing.contacts, texts=texts, now=now)),
        advice=tuple(_advice(verdict, texts)),
        reasons=reason_texts(verdict, texts),
        question=_question(asks_what_was_said, schools, texts),
        choices=tuple(_choices(verdict, texts, check_id, schools, asks_what_was_said=asks_what_was_said))[
            :MAX_CHOICES
        ],
        notes=(
            *_notes(verdict, texts),
            *standing_notes(texts, demo=demo, channel=channel),
            *_appeal(verdict, texts),
        ),
    )


def headline(verdict: Verdict, texts: Texts) -> str:
    """The first line: the level, and what it is about, in at most `HEADLINE_LIMIT` characters."""
    key, facts = _headline(verdict, texts)
    return texts.first_fitting(f"headline.{key}", facts, HEADLINE_LIMIT)


def _headline(verdict: Verdict, texts: Texts) -> tuple[str, dict[str, str]]:
    deciding = verdict.reasons[0] if verdict.reasons else Reason(ReasonCode.NOTHING_FOUND)
    facts = _facts(deciding, verdict, texts, about=verdict.about)
    if verdict.about.kind is AboutKind.TEXT:
        # "about this text" says nothing; sentences that name an identifier are passed over.
        facts = {name: fact for name, fact in facts.items() if name not in ("thing", "it")}
    if verdict.level is Level.CONFIRMED_SCAM:
        return "confirmed", facts
    if verdict.level is Level.SUSPICIOUS:
        return _suspicious_headline(verdict, deciding), facts
    if verdict.level is Level.OFFICIAL:
        owner = next(
            (reason for reason in verdict.reasons if reason.code is ReasonCode.MATCHES_OFFICIAL), deciding
        )
        kind = "official_number" if owner.about.kind is AboutKind.NUMBER else "official_other"
        return kind, _facts(owner, verdict, texts)
    if verdict.level is Level.UNKNOWN:
        decoy = next((one for one in verdict.reasons if one.code is ReasonCode.NOT_ON_ITS_LIST), None)
        if decoy and (verdict.routing.school or verdict.intent is Intent.LOOK_UP):
            return "unknown_not_listed", _facts(decoy, verdict, texts)
        return "unknown", facts
    return "cannot_check", facts


def _suspicious_headline(verdict: Verdict, deciding: Reason) -> str:
    if verdict.scenario is Scenario.KIDNAP_ONLINE:
        return "kidnap"
    if verdict.early_stage:
        return "early"
    if deciding.code is ReasonCode.TEMPORARY_WARNING:
        return "temporary"
    return f"{'code' if verdict.scenario in _CODE_SCENARIOS else 'suspicious'}.{verdict.voice.value}"


def _steps(verdict: Verdict, texts: Texts) -> Iterator[str]:
    if verdict.scenario is Scenario.KIDNAP_ONLINE and verdict.level is not Level.OFFICIAL:
        yield from texts.lines("steps.kidnap_online")
    elif verdict.level is Level.CANNOT_CHECK:
        yield from texts.lines("steps.cannot_check")
    elif verdict.early_stage:
        if is_awed(verdict):
            yield texts.lines("steps.knows_names")[0]
        yield from texts.lines("steps.early")
    elif verdict.level in _ALARM:
        yield from texts.lines(f"steps.first.{verdict.voice.value}")
        yield from texts.lines(f"steps.scenario.{(verdict.scenario or Scenario.OTHER).value}")
    elif verdict.level is Level.OFFICIAL:
        yield texts.get(f"steps.official.{verdict.voice.value}")
    else:
        yield from texts.lines(f"steps.{calm_steps(verdict)}")


def calls(contacts: Iterable[ShownContact], *, texts: Texts, now: datetime) -> Iterator[Call]:
    """Approved contacts in the order given, ready to dial; at most `MAX_CALLS`."""
    numbers = [shown for shown in contacts if shown.contact.kind is IdentifierKind.NUMBER]
    for shown in numbers[:MAX_CALLS]:
        yield _call(shown, texts, now)


def _call(shown: ShownContact, texts: Texts, now: datetime) -> Call:
    contact = shown.contact
    number = identifiers.number_with_key(contact.key)
    owner = shortened(contact.owner.name or contact.owner.short_name)
    name = texts.first_fitting(f"role.{shown.role.value}", {"owner": owner} if owner else {}, NAME_LIMIT)
    if contact.label and not contact.key.startswith("short:"):
        name = f"{name} – {contact.label}"[:NAME_LIMIT]
    return Call(
        name=name,
        printed=contact.printed or phone.printed(number),
        dial=phone.dialled(number),
        note="; ".join(_call_notes(shown, texts, now)),
    )


def _call_notes(shown: ShownContact, texts: Texts, now: datetime) -> Iterator[str]:
    contact = shown.contact
    if shown.off_duty:
        yield texts.get("contact.off_duty")
    if contact.hours:
        yield texts.get("contact.hours", hours=written_hours(contact.hours, texts))
    if contact.expires_at is not None and contact.expires_at <= now:
        yield texts.get("contact.unconfirmed")
    if f"role_note.{shown.role.value}" in texts:
        yield texts.get(f"role_note.{shown.role.value}")
    if contact.is_example:
        yield texts.get("who.example")


def call_113(texts: Texts) -> Call:
    """113, which needs no record: it is what is left when nothing can be looked up."""
    return Call(texts.get("role.police_113"), "113", "113", texts.get("role_note.police_113"))


def fixed_steps(texts: Texts, first_line: str) -> Reply:
    """The steps that are right whatever it was, and 113."""
    return Reply(
        headline=first_line,
        level=Level.CANNOT_CHECK,
        steps=texts.lines("steps.cannot_check"),
        calls=(call_113(texts),),
        advice=(texts.get("contact.no_police_unknown_place"),),
    )


def written_hours(hours: str, texts: Texts) -> str:
    """Duty hours in words: "T2-T6 07:00-17:00" becomes "thứ 2–thứ 6 07:00–17:00"."""
    names = dict(zip(("T2", "T3", "T4", "T5", "T6", "T7", "CN"), texts.lines("contact.days"), strict=True))
    written = hours.replace("-", "–").replace(";", ",")
    for code, name in names.items():
        written = written.replace(code, name)
    return written


def school_label(school: School, texts: Texts) -> str:
    """Level, name and commune: what tells a school from its namesakes."""
    name = school_name(school, texts)
    return (
        texts.get("school.label", school=name, commune=commune_name(school.commune))
        if school.commune
        else name
    )


def commune_name(name: str) -> str:
    """The commune's name inside a sentence: "xã Đức Lập"."""
    return f"{name[:1].lower()}{name[1:]}"


def school_name(school: School, texts: Texts) -> str:
    """Level and name, the level not twice: "THCS Nguyễn Du", "Trường Tiểu học Hoa Sen"."""
    begins_with_level = school.name.casefold().startswith((school.level.casefold(), "trường "))
    if not school.level or begins_with_level:
        return shortened(school.name)
    return shortened(texts.get("school.level_name", level=school.level, name=school.name))


def shortened(name: str, limit: int = NAME_LIMIT) -> str:
    """The name, cut at a word when it is longer than `limit`."""
    return name if len(name) <= limit else name[: limit - 1].rsplit(" ", 1)[0] + "…"


def _advice(verdict: Verdict, texts: Texts) -> Iterator[str]:
    routing = verdict.routing
    child_may_be_hurt = verdict.scenario is Scenario.CHILD_EMERGENCY or verdict.early_stage
    quotes_a_scam = verdict.level is Level.UNKNOWN and verdict.observables.assessment.warning
    school_matters = (
        verdict.scenario in _CHILD_SCENARIOS
        and verdict.level is not Level.OFFICIAL
        and not quotes_a_scam
        and not (verdict.level is Level.UNKNOWN and speaks_of_authorities(verdict))
    )
    if routing.school and not routing.school_has_hotline:
        yield texts.get("contact.no_hotline", school=school_label(routing.school, texts))
    elif school_matters and not routing.school:
        if routing.ask_school:
            yield texts.get("contact.school_unknown")
        if verdict.level is not Level.UNKNOWN:
            yield texts.get("contact.call_school")
    if child_may_be_hurt or routing.hospital_named:
        known = any(shown.role is Role.HOSPITAL for shown in routing.contacts)
        yield texts.get("contact.hospital_known" if known else "contact.hospital")
    if child_may_be_hurt:
        yield texts.get("contact.really_hurt")
    if verdict.level is not Level.OFFICIAL and not routing.commune_has_police:
        if routing.commune:
            yield texts.get("contact.no_police", commune=commune_name(routing.commune.name))
        else:
            yield texts.get("contact.no_police_unknown_place")


def reason_texts(verdict: Verdict, texts: Texts) -> tuple[str, ...]:
    """At most three sentences of why, the most important first."""
    chosen = list(verdict.reasons)
    unavailable = [reason for reason in chosen if reason.code is ReasonCode.LISTS_UNAVAILABLE]
    if unavailable:
        # That the lists could not be seen changes how the whole answer is to be read.
        others = [reason for reason in chosen if reason.code is not ReasonCode.LISTS_UNAVAILABLE]
        chosen = [*others[: MAX_REASONS - 1], *unavailable]
    sentences = dict.fromkeys(reason_text(reason, verdict, texts) for reason in chosen)
    return tuple(sentences)[:MAX_REASONS]


def reason_text(reason: Reason, verdict: Verdict, texts: Texts) -> str:
    """The sentence for one reason."""
    key = f"reason.{reason.code.value}"
    if key not in texts:
        key = f"{key}.{reason.about.kind.value}"
    return texts.first_fitting(key, _facts(reason, verdict, texts))


def _facts(reason: Reason, verdict: Verdict, texts: Texts, about: About | None = None) -> dict[str, str]:
    """The facts of a reason in words; a fact that is not known is left out, never left blank."""
    about = reason.about if about is None else about
    facts = {name: shortened(value) for name, value in reason.facts if value}
    if "date" in facts:
        facts["date"] = written_date(date.fromisoformat(facts["date"]))
    if "scenario" in facts:
        facts["scenario"] = texts.get(f"scenario.{facts['scenario']}")
    if "country" in facts:
        key = f"country.{facts.pop('country')}"
        if key in texts:
            facts["country"] = texts.get(key)
    for digits in ("digits", "old"):
        if digits in facts:
            facts[digits] = identifiers.masked_digits(facts[digits])
    if "official" in facts:
        facts["official"] = facts["official"].replace(".", "[.]")
    shown = {"shown": identifiers.shown(about, verdict.observables)} if about != THE_TEXT else {}
    if about.bank:
        shown["bank"] = shortened(about.bank, 30)
    facts |= shown
    facts["thing"] = texts.first_fitting(f"thing.{about.kind.value}", shown)
    facts["it"] = texts.first_fitting(f"it.{about.kind.value}", shown)
    return facts


def written_date(day: date) -> str:
    """24/11/2026."""
    return f"{day.day:02}/{day.month:02}/{day.year}"


def _says_nothing_of_use(verdict: Verdict) -> bool:
    """Only identifiers were given, or a few words that could be anything: ask what the caller said."""
    seen = verdict.observables
    if verdict.level is not Level.UNKNOWN or seen.claims or seen.assessment.warning:
        return False
    return identifiers.words_beside(seen) <= (
        WORDS_WITH_AN_IDENTIFIER if seen.has_identifier else WORDS_ALONE
    )


def _question(asks_what_was_said: bool, schools: tuple[School, ...], texts: Texts) -> str:  # noqa: FBT001
    if asks_what_was_said:
        return texts.get("question.said")
    if len(schools) == 1:
        return texts.get("school.is_it", school=school_label(schools[0], texts))
    return texts.get("school.which") if schools else ""


def _choices(
    verdict: Verdict,
    texts: Texts,
    check_id: str | None,
    schools: tuple[School, ...],
    *,
    asks_what_was_said: bool,
) -> Iterator[Choice]:
    if asks_what_was_said:
        for said in SAID:
            yield Choice(f"said:{said}", texts.get(f"choice.said_{said}"))
    yield from school_choices(schools[:2] if asks_what_was_said else schools, texts)
    for verb in ("sent_money", "on_phone") if verdict.voice is not Voice.MESSAGE else ("sent_money",):
        if verdict.level is not Level.OFFICIAL or verb == "on_phone":
            yield Choice(verb, texts.get(f"choice.{verb}"))
    if check_id is None:
        return
    if verdict.level is not Level.CANNOT_CHECK:
        yield Choice(f"report:{check_id}", texts.get("choice.report"))
    if verdict.level in (*_ALARM, Level.OFFICIAL):
        yield Choice(f"dispute:{check_id}", texts.get("choice.dispute"))
    if verdict.level in (Level.UNKNOWN, Level.SUSPICIOUS) and verdict.observables.has_identifier:
        yield Choice(f"notify:{check_id}", texts.get("choice.notify"))


def school_choices(schools: Iterable[School], texts: Texts) -> Iterator[Choice]:
    """Each school to ask about, and a way out when it is none of them."""
    offered = [Choice(f"school:{school.id}", school_label(school, texts)) for school in schools]
    yield from offered
    if offered:
        yield Choice("school:none", texts.get("choice.school_none"))


def _notes(verdict: Verdict, texts: Texts) -> Iterator[str]:
    if verdict.observables.text.truncated:
        yield texts.get("note.truncated")


def standing_notes(texts: Texts, *, demo: bool, channel: Channel) -> Iterator[str]:
    """Who speaks, and that this is a trial. The web page shows both around every answer."""
    if channel is not Channel.WEB:
        yield texts.get("who.machine")
        if demo:
            yield texts.get("who.demo")


def _appeal(verdict: Verdict, texts: Texts) -> Iterator[str]:
    warned = any(reason.code is ReasonCode.TEMPORARY_WARNING for reason in verdict.reasons)
    if (verdict.level is Level.CONFIRMED_SCAM or warned) and verdict.about.kind is not AboutKind.TEXT:
        yield texts.get(f"note.appeal_{verdict.about.kind.value}")
