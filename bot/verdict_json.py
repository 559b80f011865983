"""A verdict as data for programs: the JSON API and `goilai check --json` give the same shape."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bot import plain_answers
from bot.messages import Channel
from bot.replies import reason_text, render
from bot.texts import Texts
from scamcheck.knowledge import IdentifierKind, School
from scamcheck.reasons import About, Reason
from scamcheck.routing import ShownContact
from scamcheck.verdict import Intent, Verdict


@dataclass(frozen=True, slots=True)
class ReasonShape:
    """Why: a stable code for programs, a sentence for people."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class AboutShape:
    """What a finding is about: "number", "bank_account", "link" or "text", and its canonical form."""

    kind: str
    value: str
    """E.164 or "short:113", an account number, a host; empty for the text as a whole."""


@dataclass(frozen=True, slots=True)
class FindingShape:
    """The level of one identifier, or of the text."""

    about: AboutShape
    level: str
    reasons: tuple[ReasonShape, ...]


@dataclass(frozen=True, slots=True)
class AccountShape:
    """A bank account; `bank` is null when the text names none."""

    number: str
    bank: str | None


@dataclass(frozen=True, slots=True)
class ReadingsShape:
    """A number that can be read in more than one way: the likeliest reading, then the others."""

    phone: str
    or_else: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ObservablesShape:
    """What was read from the text, each once, in order of appearance."""

    phones: tuple[str, ...]
    """The likeliest reading of each number: E.164, or "short:" and the digits."""
    accounts: tuple[AccountShape, ...]
    urls: tuple[str, ...]
    """Hosts."""
    ambiguous_phones: tuple[ReadingsShape, ...] = ()
    unreadable: tuple[str, ...] = ()
    """Digits that look like a telephone number and cannot be one."""


@dataclass(frozen=True, slots=True)
class SchoolShape:
    """A school that the text names, or may name. `chosen`: level, name and place all match this one only."""

    id: str
    level: str
    name: str
    commune: str
    province: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class ContactShape:
    """An approved contact to call, in the order in which to call. Never a number from the checked text."""

    role: str
    name: str
    phone: str
    """E.164, or "short:" and the digits."""
    printed: str
    """As people say it."""
    label: str
    hours: str
    """Duty hours; empty means always."""
    off_duty: bool
    unconfirmed: bool
    """Its confirmation has run out and was not renewed yet."""
    verified_at: str | None
    is_example: bool
    """An invented contact of the trial version."""


@dataclass(frozen=True, slots=True)
class VerdictShape:
    """The answer to one check. No level says that anything is harmless."""

    level: str
    headline: str
    reasons: tuple[ReasonShape, ...]
    observables: ObservablesShape
    schools: tuple[SchoolShape, ...]
    contacts: tuple[ContactShape, ...]
    findings: tuple[FindingShape, ...]
    advice: tuple[str, ...]
    early_stage: bool
    scenario: str | None
    lists_available: bool
    truncated: bool
    """Only the first 8 KiB of the text were read."""
    emergency: str | None = None
    """Who writes needs help now: "medical" (115), "fire" (114), "danger" (113); headline and advice too."""


def shape(verdict: Verdict, *, texts: Texts, now: datetime, demo: bool) -> VerdictShape:
    """The verdict with its sentences in the language of `texts`; `dataclasses.asdict` makes JSON of it."""
    emergency = verdict.observables.emergency if verdict.intent is Intent.EMERGENCY else None
    if emergency:
        reply = plain_answers.emergency(emergency, texts)
    else:
        reply = render(verdict, texts=texts, check_id=None, now=now, demo=demo, channel=Channel.WEB)
    return VerdictShape(
        level=verdict.level.value,
        headline=reply.headline,
        reasons=tuple(_reasons(verdict.reasons, verdict, texts)),
        observables=_observables(verdict),
        schools=tuple(_schools(verdict)),
        contacts=tuple(_contacts(verdict, now)),
        findings=tuple(
            FindingShape(
                _about(finding.about), finding.level.value, tuple(_reasons(finding.reasons, verdict, texts))
            )
            for finding in verdict.findings
        ),
        advice=(*reply.steps, *reply.advice, *reply.notes),
        early_stage=verdict.early_stage,
        scenario=verdict.scenario.value if verdict.scenario else None,
        lists_available=verdict.lists_available,
        truncated=verdict.observables.text.truncated,
        emergency=emergency.value if emergency else None,
    )


def _reasons(reasons: tuple[Reason, ...], verdict: Verdict, texts: Texts) -> Iterator[ReasonShape]:
    for reason in reasons:
        yield ReasonShape(reason.code.value, reason_text(reason, verdict, texts))


def _about(about: About) -> AboutShape:
    return AboutShape(about.kind.value, about.key)


def _observables(verdict: Verdict) -> ObservablesShape:
    seen = verdict.observables
    return ObservablesShape(
        phones=tuple(dict.fromkeys(number.number.key for number in seen.numbers)),
        accounts=tuple(AccountShape(account.number, account.bank) for account in seen.accounts),
        urls=tuple(dict.fromkeys(link.host for link in seen.links)),
        ambiguous_phones=tuple(
            ReadingsShape(number.number.key, tuple(reading.key for reading in number.other_readings))
            for number in seen.numbers
            if number.other_readings
        ),
        unreadable=seen.malformed,
    )


def _schools(verdict: Verdict) -> Iterator[SchoolShape]:
    routing = verdict.routing
    if routing.school:
        yield school_shape(routing.school, chosen=True)
    for school in routing.offered:
        if school != routing.school:
            yield school_shape(school, chosen=False)


def school_shape(school: School, *, chosen: bool) -> SchoolShape:
    """One school of the registry."""
    return SchoolShape(school.id, school.level, school.name, school.commune, school.province, chosen)


def _contacts(verdict: Verdict, now: datetime) -> Iterator[ContactShape]:
    for shown in verdict.routing.contacts:
        if shown.contact.kind is IdentifierKind.NUMBER:
            yield contact_shape(shown, now)


def contact_shape(shown: ShownContact, now: datetime) -> ContactShape:
    """One approved contact."""
    contact = shown.contact
    return ContactShape(
        role=shown.role.value,
        name=contact.owner.short_name or contact.owner.name,
        phone=contact.key,
        printed=contact.printed,
        label=contact.label,
        hours=contact.hours,
        off_duty=shown.off_duty,
        unconfirmed=contact.expires_at is not None and contact.expires_at <= now,
        verified_at=contact.verified_at.isoformat() if contact.verified_at else None,
        is_example=contact.is_example,
    )
