"""Reports and disputes: with consent, without words, once per check."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from db import checks, models, reports
from db.checks import CheckNotFound
from db.engine import Database
from db.keys import Keys
from db.reports import ReportedObservables, file_dispute, file_report, report_status
from scamcheck.claims import Claim, OwnerKind
from scamcheck.knowledge import IdentifierKind
from scamcheck.observables import Observables
from scamcheck.text import Text
from scamcheck.verdict import Level, ReasonCode
from tests.builders import NOW, make_seen
from tests.db.builders import make_conversation, make_school
from tests.db.test_checks import make_verdict

KEYS = Keys(b"a secret of this test only")
OBSERVED = ReportedObservables(
    identifiers=((IdentifierKind.NUMBER, "+84530000113"), (IdentifierKind.LINK, "vi-du.example")),
    claims=(OwnerKind.SCHOOL,),
)


async def make_check(database: Database, address: str = "1001") -> str:
    async with database.transaction() as session:
        conversation = await make_conversation(session, address)
        return await checks.record_check(session, conversation, make_verdict(), keys=KEYS, now=NOW)


async def report(
    database: Database,
    check_id: str,
    *,
    address: str = "1001",
    school_id: str | None = None,
    commune: str | None = None,
    code: str = "GL-7K3M-92",
) -> models.Report:
    async with database.transaction() as session:
        return await file_report(
            session,
            await make_conversation(session, address),
            check_id=check_id,
            observables=OBSERVED,
            level=Level.SUSPICIOUS,
            reasons=[ReasonCode.SCENARIO],
            school_id=school_id,
            commune_code=commune,
            consent_version="2026-11",
            now=NOW,
            case_code=lambda: code,
        )


async def test_a_report_keeps_identifiers_kinds_of_claims_and_the_consent(database: Database) -> None:
    async with database.transaction() as session:
        school = await make_school(session)
    filed = await report(
        database, await make_check(database), school_id=str(school.id), commune=school.commune_code
    )
    assert (filed.case_code, filed.status, filed.level) == (
        "GL-7K3M-92",
        models.ReportStatus.RECEIVED,
        Level.SUSPICIOUS,
    )
    assert (filed.school_id, filed.commune_code, filed.reasons) == (
        school.id,
        school.commune_code,
        ["scenario"],
    )
    async with database.reading() as session:
        identifiers = await session.execute(select(models.ReportIdentifier.kind, models.ReportIdentifier.key))
        assert tuple(map(tuple, identifiers)) == OBSERVED.identifiers
        assert (await session.scalars(select(models.ReportClaim.kind))).all() == [OwnerKind.SCHOOL]
        consent = (await session.scalars(select(models.Consent))).one()
        assert (consent.kind, consent.version) == ("report", "2026-11")


async def test_reporting_a_check_twice_gives_the_same_report(database: Database) -> None:
    check_id = await make_check(database)
    first = await report(database, check_id, code="GL-AAAA-AA")
    again = await report(database, check_id, code="GL-BBBB-BB")
    assert (again.id, again.case_code) == (first.id, "GL-AAAA-AA")


async def test_a_case_code_that_is_taken_is_drawn_again(database: Database) -> None:
    await report(database, await make_check(database), code="GL-AAAA-AA")
    codes = iter(["GL-AAAA-AA", "GL-CCCC-CC"])
    check_id = await make_check(database)
    async with database.transaction() as session:
        filed = await file_report(
            session,
            await make_conversation(session),
            check_id=check_id,
            observables=ReportedObservables(),
            level=Level.UNKNOWN,
            reasons=[],
            consent_version="1",
            now=NOW,
            case_code=lambda: next(codes),
        )
    assert filed.case_code == "GL-CCCC-CC"


async def test_only_who_asked_can_report_or_dispute_a_check(database: Database) -> None:
    check_id = await make_check(database)
    with pytest.raises(CheckNotFound):
        await report(database, check_id, address="another")
    async with database.transaction() as session:
        other = await make_conversation(session, "another")
        with pytest.raises(CheckNotFound):
            await file_dispute(session, other, check_id=check_id, now=NOW)


async def test_a_school_or_commune_that_is_not_in_the_registry_is_left_out(database: Database) -> None:
    filed = await report(database, await make_check(database), school_id="999", commune="00000")
    assert (filed.school_id, filed.commune_code) == (None, None)


@pytest.mark.parametrize("typed", ["GL-7K3M-92", "gl-7k3m-92", " 7k3m92 ", "GL 7K3M 92"])
async def test_a_case_code_is_understood_as_people_type_it(database: Database, typed: str) -> None:
    filed = await report(database, await make_check(database))
    async with database.reading() as session:
        found = await report_status(session, typed)
        assert found is not None
        assert found.id == filed.id
        assert await report_status(session, "GL-0000-00") is None


def test_case_codes_are_readable_over_the_phone() -> None:
    codes = {reports.new_case_code() for _ in range(50)}
    assert len(codes) == 50
    assert all(
        len(code) == 10 and code.startswith("GL-") and not set(code[3:]) & set("01IO") for code in codes
    )


async def test_a_dispute_is_noted_once_with_what_was_answered(database: Database) -> None:
    check_id = await make_check(database)
    async with database.transaction() as session:
        conversation = await make_conversation(session)
        assert await file_dispute(session, conversation, check_id=check_id, now=NOW)
        assert not await file_dispute(session, conversation, check_id=check_id, now=NOW)
        dispute = (await session.scalars(select(models.Dispute))).one()
    assert (dispute.level, dispute.reasons, dispute.day) == (Level.UNKNOWN, ["nothing_found"], NOW.date())


def test_names_in_a_message_are_no_part_of_a_report() -> None:
    claim = Claim(OwnerKind.SCHOOL, name="nguyen van a")
    observables = Observables(Text("", ""), numbers=(make_seen(),), claims=(claim, claim))
    assert reports.reportable(observables) == ReportedObservables(
        identifiers=((IdentifierKind.NUMBER, "+84530000113"),), claims=(OwnerKind.SCHOOL,)
    )


async def test_reporters_are_forgotten_after_90_days_and_reports_after_24_months(database: Database) -> None:
    check_id = await make_check(database)
    filed = await report(database, check_id)
    async with database.transaction() as session:
        await file_dispute(session, await make_conversation(session), check_id=check_id, now=NOW)

    async def after(days: int) -> list[tuple[bool, bool]]:
        async with database.transaction() as session:
            await reports.forget_old(session, NOW + timedelta(days=days))
        async with database.reading() as session:
            return [
                (row is not None, row is not None and row.conversation_id is not None)
                for row in (
                    await session.get(models.Report, filed.id),
                    await session.scalar(select(models.Dispute)),
                )
            ]

    assert await after(90) == [(True, True)] * 2
    assert await after(91) == [(True, False)] * 2
    assert await after(730) == [(True, False)] * 2
    assert await after(731) == [(False, False)] * 2
