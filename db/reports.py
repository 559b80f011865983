"""What parents tell: reports, with consent, and disputes. A report never changes a public verdict."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db import checks, models, people, schools
from db.keys import NORM_VERSION
from db.upsert import insert_or_ignore
from scamcheck.claims import OwnerKind
from scamcheck.knowledge import IdentifierKind
from scamcheck.observables import Observables
from scamcheck.verdict import Level, ReasonCode

CONSENT_KIND: Final = "report"
REPORTS_KEPT: Final = timedelta(days=730)
"""24 months."""
REPORTER_KNOWN: Final = timedelta(days=90)
"""For so long a correction can reach the reporter; then nobody can tell who it was."""

_CODE_LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 that are not mistaken for each other when read out: no 0 and O, no 1 and I."""


@dataclass(frozen=True, slots=True)
class ReportedObservables:
    """What of a message may be kept with consent: identifiers and kinds of claims, no words and no names."""

    identifiers: tuple[tuple[IdentifierKind, str], ...] = ()
    claims: tuple[OwnerKind, ...] = ()


def reportable(observables: Observables) -> ReportedObservables:
    """What of these observables a report keeps."""
    return ReportedObservables(
        identifiers=checks.identifiers_of(observables),
        claims=tuple(dict.fromkeys(claim.kind for claim in observables.claims)),
    )


def new_case_code() -> str:
    """A random case code such as "GL-7K3M-92": 30 bits, readable over the phone."""
    letters = "".join(secrets.choice(_CODE_LETTERS) for _ in range(6))
    return f"GL-{letters[:4]}-{letters[4:]}"


def code_letters(case_code: str) -> str:
    """The letters and digits of a case code as somebody typed it, in capitals."""
    return "".join(letter for letter in case_code.upper() if letter in _CODE_LETTERS)


async def file_report(
    session: AsyncSession,
    conversation: models.Conversation,
    *,
    check_id: str,
    observables: ReportedObservables,
    level: Level,
    reasons: Iterable[ReasonCode | str],
    school_id: str | int | None = None,
    commune_code: str | None = None,
    scenario: str | None = None,
    script: str | None = None,
    consent_version: str,
    now: datetime,
    case_code: Callable[[], str] = new_case_code,
) -> models.Report:
    """Keep a report of a check, and the consent to it. Reporting the same check again gives the same report.

    A school or commune that is not in the registry is left out.

    Raises:
        CheckNotFound: this conversation has no such check.
    """
    await checks.check_of(session, conversation, check_id)
    await people.give_consent(session, conversation, kind=CONSENT_KIND, version=consent_version, now=now)
    school = None if school_id is None else await schools.school_by_id(session, school_id)
    report_id = None
    while report_id is None:
        earlier = await session.scalar(select(models.Report).where(models.Report.check_public_id == check_id))
        if earlier is not None:
            return earlier
        # None: the case code is taken already, one time in a billion; or another tap was faster.
        report_id = await insert_or_ignore(
            session,
            models.Report,
            case_code=case_code(),
            status=models.ReportStatus.RECEIVED,
            version=1,
            check_public_id=check_id,
            conversation_id=conversation.id,
            level=level,
            reasons=[str(reason) for reason in reasons],
            school_id=None if school is None else int(school.id),
            commune_code=await checks.recorded_commune(session, commune_code),
            scenario=scenario,
            script=script,
            consent_version=consent_version,
            filed_at=now,
        )
    session.add_all(
        models.ReportIdentifier(report_id=report_id, kind=kind, key=key, norm_version=NORM_VERSION)
        for kind, key in dict.fromkeys(observables.identifiers)
    )
    session.add_all(
        models.ReportClaim(report_id=report_id, kind=kind) for kind in dict.fromkeys(observables.claims)
    )
    await session.flush()
    return await session.get_one(models.Report, report_id)


async def report_status(session: AsyncSession, case_code: str) -> models.Report | None:
    """The report with this case code, typed in capitals or not, with or without its dashes."""
    letters = code_letters(case_code).removeprefix("GL")
    return await session.scalar(
        select(models.Report).where(models.Report.case_code == f"GL-{letters[:4]}-{letters[4:]}")
    )


async def file_dispute(
    session: AsyncSession, conversation: models.Conversation, *, check_id: str, now: datetime
) -> bool:
    """Note that a parent finds the answer to a check wrong; False when they said so before.

    Raises:
        CheckNotFound: this conversation has no such check.
    """
    check = await checks.check_of(session, conversation, check_id)
    filed = await insert_or_ignore(
        session,
        models.Dispute,
        check_public_id=check_id,
        conversation_id=conversation.id,
        level=check.level,
        reasons=list(check.reasons),
        day=now.astimezone(UTC).date(),
    )
    return filed is not None


async def forget_old(session: AsyncSession, now: datetime) -> None:
    """Forget who reported after 90 days, and reports and disputes after 24 months."""
    known_since = now - REPORTER_KNOWN
    kept_since = now - REPORTS_KEPT
    await session.execute(
        update(models.Report).where(models.Report.filed_at < known_since).values(conversation_id=None)
    )
    await session.execute(
        update(models.Dispute)
        .where(models.Dispute.day < known_since.astimezone(UTC).date())
        .values(conversation_id=None)
    )
    await session.execute(delete(models.Report).where(models.Report.filed_at < kept_since))
    await session.execute(
        delete(models.Dispute).where(models.Dispute.day < kept_since.astimezone(UTC).date())
    )
