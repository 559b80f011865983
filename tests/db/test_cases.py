"""Appeals, incidents, the queue and corrections: what comes from people, and what it never does by itself."""

import contextlib
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db import (
    appeals,
    approvals,
    checks,
    corrections,
    incidents,
    indicators,
    models,
    protection,
    report_queue,
    reports,
    retention,
)
from db.appeals import AppealNotFound, AppealTooLong, TooManyAppeals
from db.approvals import ReasonMissing
from db.corrections import Correction
from db.engine import Database
from db.incidents import IncidentNotFound, NoteTooLong
from db.models import AppealStatus, IncidentMark, IndicatorState, OfficeKind, ReportStatus, Role
from db.reports import ReportedObservables
from db.rights import Actor, NotAllowed
from scamcheck.claims import OwnerKind
from scamcheck.knowledge import IdentifierKind
from scamcheck.verdict import Level, Verdict
from tests.builders import NOW, make_observables, make_seen
from tests.db.builders import (
    COMMUNE,
    make_contact,
    make_conversation,
    make_indicator,
    make_organisation,
    make_school,
)
from tests.db.desk import audit_of, make_actor, make_confirmation, make_office
from tests.db.test_checks import make_verdict
from tests.db.test_reports import KEYS

NUMBER = IdentifierKind.NUMBER
KEY = "+84912000099"


def verdict_on(*keys: str) -> Verdict:
    observables = make_observables(numbers=tuple(make_seen(key) for key in keys))
    return replace(make_verdict(), observables=observables)


async def file_report(
    session: AsyncSession,
    address: str = "1001",
    *keys: str,
    school_id: int | None = None,
    commune: str | None = None,
    level: Level = Level.SUSPICIOUS,
    now: datetime = NOW,
    want_correction: bool = False,
    scenario: str | None = None,
    script: str | None = None,
) -> models.Report:
    keys = keys or (KEY,)
    conversation = await make_conversation(session, address)
    verdict = verdict_on(*keys)
    check_id = await checks.record_check(session, conversation, verdict, keys=KEYS, now=now)
    if want_correction:
        await checks.want_correction(session, conversation, check_id=check_id, now=now)
    return await reports.file_report(
        session,
        conversation,
        check_id=check_id,
        observables=ReportedObservables(
            identifiers=tuple((NUMBER, key) for key in keys), claims=(OwnerKind.SCHOOL,)
        ),
        level=level,
        reasons=["scenario"],
        school_id=school_id,
        commune_code=commune,
        scenario=scenario,
        script=script,
        consent_version="2026-11",
        now=now,
    )


# Appeals


async def file_appeal(session: AsyncSession, key: str = KEY, words: str = "số của tôi") -> models.Appeal:
    return await appeals.file_appeal(session, kind=NUMBER, key=key, words=words, now=NOW)


async def test_anyone_appeals_and_asks_by_the_case_code(database: Database) -> None:
    async with database.transaction() as session:
        appeal = await file_appeal(session)
        assert appeal.case_code.startswith("KN-")
        for typed in (appeal.case_code, appeal.case_code.lower(), appeal.case_code.replace("-", " ")):
            assert await appeals.appeal_status(session, typed) == appeal
        assert await appeals.appeal_status(session, "KN-XXXX-XX") is None
        assert await appeals.open_appeals(session) == (appeal,)


async def test_a_case_code_that_is_taken_is_not_given_twice(database: Database) -> None:
    codes = iter(["KN-7K3M-92", "KN-7K3M-92", "KN-7K3M-93"])
    async with database.transaction() as session:
        conversation = await make_conversation(session)
        for expected in ("KN-7K3M-92", "KN-7K3M-93"):
            appeal = await appeals.file_appeal(
                session,
                kind=NUMBER,
                key=KEY,
                words="",
                conversation=conversation,
                now=NOW,
                case_code=lambda: next(codes),
            )
            assert (appeal.case_code, appeal.conversation_id) == (expected, conversation.id)


async def test_appeals_cannot_bury_the_queue(database: Database) -> None:
    async with database.transaction() as session:
        with pytest.raises(AppealTooLong):
            await file_appeal(session, words="a" * 1001)
        for _ in range(20):
            await file_appeal(session)
        with pytest.raises(TooManyAppeals):
            await file_appeal(session)
        assert await file_appeal(session, "+84912000098")


async def test_an_upheld_appeal_proposes_and_only_a_second_person_withdraws(database: Database) -> None:
    async with database.transaction() as session:
        first, second = [await make_actor(session, Role.POLICE_SUPERVISOR) for _ in range(2)]
        row = await make_indicator(session)
        appeal, twin = await file_appeal(session), await file_appeal(session)
        proposal = await appeals.uphold(
            session, actor=first, case_code=appeal.case_code, reason="đúng chủ số", now=NOW
        )
        assert proposal is not None
        assert (appeal.status, appeal.proposal_id, appeal.decision) == (
            AppealStatus.UPHELD,
            proposal.id,
            "đúng chủ số",
        )
        same = await appeals.uphold(
            session, actor=second, case_code=twin.case_code, reason="đúng chủ số", now=NOW
        )
        assert same is not None
        assert same.id == proposal.id
        assert await indicators.listed_indicator(session, NUMBER, KEY) == row
        await approvals.approve(
            session,
            actor=second,
            proposal_id=proposal.public_id,
            version_hash=proposal.version_hash,
            reason="đồng ý",
            now=NOW,
        )
        assert await indicators.listed_indicator(session, NUMBER, KEY) is None
        assert await audit_of(session, f"appeal:{appeal.case_code}") == [("appeal.upheld", "done")]


async def test_an_appeal_of_what_is_not_listed_needs_no_withdrawal(database: Database) -> None:
    async with database.transaction() as session:
        supervisor = await make_actor(session, Role.POLICE_SUPERVISOR)
        appeal = await file_appeal(session)
        assert (
            await appeals.uphold(
                session,
                actor=supervisor,
                case_code=appeal.case_code,
                reason="không có trong danh sách",
                now=NOW,
            )
            is None
        )


async def test_an_appeal_is_decided_once_with_a_reason_by_a_supervisor(database: Database) -> None:
    async with database.transaction() as session:
        supervisor = await make_actor(session, Role.POLICE_SUPERVISOR)
        officer = await make_actor(session)
        appeal = await file_appeal(session)
        for actor, reason, error in (
            (officer, "không", NotAllowed),
            (supervisor, " ", ReasonMissing),
        ):
            with pytest.raises(error):
                await appeals.dismiss(
                    session, actor=actor, case_code=appeal.case_code, reason=reason, now=NOW
                )
        dismissed = await appeals.dismiss(
            session, actor=supervisor, case_code=appeal.case_code, reason="không phải chủ số", now=NOW
        )
        assert dismissed.status is AppealStatus.DISMISSED
        with pytest.raises(AppealNotFound):
            await appeals.uphold(
                session, actor=supervisor, case_code=appeal.case_code, reason="đổi ý", now=NOW
            )


@pytest.mark.parametrize("about_the_demo", [True, False])
async def test_the_demos_supervisor_decides_only_what_is_about_the_demo(
    database: Database, about_the_demo: bool
) -> None:
    async with database.transaction() as session:
        police = await make_office(session, OfficeKind.PROVINCE_POLICE, is_example=True)
        demo = await make_actor(session, Role.POLICE_SUPERVISOR, police, is_example=True)
        key = "+84530000113" if about_the_demo else KEY
        await make_indicator(session, key, is_example=about_the_demo)
        case_code = (await file_appeal(session, key)).case_code

    with contextlib.nullcontext() if about_the_demo else pytest.raises(AppealNotFound):
        async with database.transaction() as session:
            await appeals.dismiss(session, actor=demo, case_code=case_code, reason="thử", now=NOW)

    async with database.reading() as session:
        seen = await appeals.appeal_status(session, case_code)
        assert seen is not None
        assert seen.status is (AppealStatus.DISMISSED if about_the_demo else AppealStatus.RECEIVED)


async def test_who_appealed_and_the_appeal_are_forgotten_in_time(database: Database) -> None:
    async with database.transaction() as session:
        conversation = await make_conversation(session)
        appeal = await appeals.file_appeal(
            session, kind=NUMBER, key=KEY, words="", conversation=conversation, now=NOW
        )
    await retention.forget_old(database, NOW + timedelta(days=91))
    async with database.reading() as session:
        row = await session.get_one(models.Appeal, appeal.id)
        assert row.conversation_id is None
    await retention.forget_old(database, NOW + timedelta(days=731))
    async with database.reading() as session:
        assert await session.scalar(select(models.Appeal)) is None


# Incidents


async def test_a_school_sees_and_marks_the_reports_that_name_it_and_police_see_the_marks(
    database: Database,
) -> None:
    async with database.transaction() as session:
        own, other = await make_school(session), await make_school(session, "Trần Ví Dụ")
        office = await make_office(session, OfficeKind.SCHOOL, "Trường Ví Dụ", school_id=own.id)
        teacher = await make_actor(session, Role.SCHOOL_STAFF, office)
        police = await make_actor(session)
        report = await file_report(session, school_id=own.id)
        foreign = await file_report(session, "1002", school_id=other.id)
        await file_report(session, "1003")
        (incident,) = await incidents.incidents_of(session, actor=teacher)
        assert (incident.case_code, incident.school) == (report.case_code, "THCS Nguyễn Ví Dụ")
        assert (incident.identifiers, incident.claims) == (((NUMBER, KEY),), (OwnerKind.SCHOOL,))
        assert not hasattr(incident, "conversation_id")
        await incidents.mark(
            session,
            actor=teacher,
            case_code=report.case_code,
            mark=IncidentMark.NOT_OURS,
            words="  không phải\nsố của trường ",
            now=NOW,
        )
        await incidents.mark(
            session,
            actor=teacher,
            case_code=report.case_code,
            mark=IncidentMark.PARENTS_CALLED,
            now=NOW,
        )
        seen = await incidents.incidents_of(session, actor=police)
        assert [found.case_code for found in seen] == [foreign.case_code, report.case_code]
        assert [(note.mark, note.words, note.office) for note in seen[1].notes] == [
            (IncidentMark.NOT_OURS, "không phải số của trường", "Trường Ví Dụ"),
            (IncidentMark.PARENTS_CALLED, "", "Trường Ví Dụ"),
        ]
        assert await audit_of(session, f"report:{report.case_code}") == [("incident.mark", "done")] * 2


async def test_nobody_marks_or_sees_what_is_not_their_schools(database: Database) -> None:
    async with database.transaction() as session:
        own, other = await make_school(session), await make_school(session, "Trần Ví Dụ")
        office = await make_office(session, OfficeKind.SCHOOL, school_id=own.id)
        teacher = await make_actor(session, Role.SCHOOL_STAFF, office)
        police = await make_actor(session)
        administrator = await make_actor(session, Role.ADMINISTRATOR)
        elsewhere = await make_actor(
            session,
            Role.POLICE_OFFICER,
            await make_office(session, OfficeKind.COMMUNE_POLICE, communes=("24700",)),
        )
        report = await file_report(session, school_id=other.id)

        async def mark(actor: Actor, words: str = "") -> None:
            await incidents.mark(
                session,
                actor=actor,
                case_code=report.case_code,
                mark=IncidentMark.OURS,
                words=words,
                now=NOW,
            )

        with pytest.raises(IncidentNotFound):
            await mark(teacher)
        with pytest.raises(NoteTooLong):
            await mark(teacher, "a" * 501)
        with pytest.raises(NotAllowed):
            await mark(police)
        with pytest.raises(NotAllowed):
            await incidents.incidents_of(session, actor=administrator)
        assert await incidents.incidents_of(session, actor=teacher) == ()
        assert await incidents.incidents_of(session, actor=elsewhere) == ()


# The queue


async def test_reports_are_clustered_by_identifier_and_the_most_urgent_comes_first(
    database: Database,
) -> None:
    old = NOW - timedelta(days=3)
    async with database.transaction() as session:
        school = await make_school(session)
        for number in range(3):
            await file_report(session, f"old-{number}", "+84912000001", now=old, level=Level.UNKNOWN)
        await file_report(session, "1", KEY, "+84912000002", school_id=school.id, commune=COMMUNE)
        await file_report(session, "2", KEY, now=old)
        found = await report_queue.clusters(session, NOW)
        assert [(cluster.key, cluster.reports, cluster.fresh, cluster.urgency) for cluster in found] == [
            (KEY, 2, 1, 14),
            ("+84912000002", 1, 1, 11),
            ("+84912000001", 3, 0, 3),
        ]
        first = found[0]
        assert (first.communes, first.schools, first.first_at, first.last_at) == (1, 1, old, NOW)
        assert (first.listed, first.protected, first.proposed) == (None, False, False)
        assert [found.key for found in await report_queue.clusters(session, NOW, limit=1, offset=1)] == [
            "+84912000002"
        ]
        assert len(await report_queue.clusters(session, NOW, only=IdentifierKind.NUMBER)) == 3
        assert await report_queue.clusters(session, NOW, only=IdentifierKind.LINK) == ()
        rows = await report_queue.reports_of(session, NUMBER, KEY)
        assert [len(row.identifiers) for row in rows] == [1, 2]


async def test_reports_are_clustered_by_what_they_tell_whatever_number_they_name(database: Database) -> None:
    old = NOW - timedelta(days=3)
    child, fee = "child_emergency", "school_fee"
    async with database.transaction() as session:
        school = await make_school(session)
        await file_report(session, "1", KEY, scenario=child, now=old)
        await file_report(session, "2", "+84912000002", scenario=child, school_id=school.id)
        await file_report(session, "3", KEY, scenario=child, script="Giả bác sĩ Ví Dụ")
        await file_report(session, "4", KEY, scenario=fee, now=old, level=Level.UNKNOWN)
        await file_report(session, "5", KEY)  # of before stories were kept, or telling none
        closed = await file_report(session, "6", KEY, scenario=fee)
        closed.status = ReportStatus.CLOSED
        await session.flush()
        found = await report_queue.stories(session, NOW)
        assert [(one.scenario, one.script, one.reports, one.fresh, one.identifiers) for one in found] == [
            (child, "", 2, 1, 2),
            (child, "Giả bác sĩ Ví Dụ", 1, 1, 1),
            (fee, "", 1, 0, 1),
        ]
        assert [one.urgency for one in found] == [14, 8, 1]
        first = found[0]
        assert (first.schools, first.communes, first.first_at, first.last_at) == (1, 0, old, NOW)
        here = await make_office(session, OfficeKind.COMMUNE_POLICE)
        assert [one.reports for one in await report_queue.stories(session, NOW, office=here)] == [1]
        rows = await report_queue.reports_telling(session, child)
        assert [row.identifiers[0].key for row in rows] == ["+84912000002", KEY]
        assert len(await report_queue.reports_telling(session, child, "Giả bác sĩ Ví Dụ")) == 1
        assert await report_queue.reports_telling(session, "tax") == ()
        # Old rows count where they always did.
        assert sum(one.reports for one in await report_queue.clusters(session, NOW)) == 5


async def test_the_queue_says_what_is_known_and_proposed_already(database: Database) -> None:
    keys = [f"+8491200000{number}" for number in range(5)]
    async with database.transaction() as session:
        await file_report(session, "1", *keys)
        await make_indicator(session, keys[0])
        await make_contact(session, await make_organisation(session), keys[1])
        await protection.protect(
            session, kind=NUMBER, key=keys[2], owner="x", source="y", approved_by="z", now=NOW
        )
        await make_confirmation(session, await make_actor(session), keys[3])
        found = {cluster.key: cluster for cluster in await report_queue.clusters(session, NOW)}
        assert [found[key].listed for key in keys] == [IndicatorState.CONFIRMED, None, None, None, None]
        assert [found[key].protected for key in keys] == [False, True, True, False, False]
        assert [found[key].proposed for key in keys] == [False, False, False, True, False]


async def test_an_office_sees_the_queue_of_its_area(database: Database) -> None:
    async with database.transaction() as session:
        school = await make_school(session)
        local = await make_office(session, OfficeKind.COMMUNE_POLICE)
        elsewhere = await make_office(session, OfficeKind.COMMUNE_POLICE, communes=("24700",))
        await file_report(session, "1", "+84912000001", school_id=school.id)
        await file_report(session, "2", "+84912000002", commune=COMMUNE)
        await file_report(session, "3", "+84912000003", commune="24700")
        await file_report(session, "4", "+84912000004")

        async def keys(office: models.Office | None) -> list[str]:
            return sorted(cluster.key for cluster in await report_queue.clusters(session, NOW, office=office))

        assert await keys(local) == ["+84912000001", "+84912000002"]
        assert await keys(elsewhere) == ["+84912000003"]
        assert len(await keys(None)) == 4
        await session.execute(
            update(models.Report)
            .where(models.Report.commune_code == COMMUNE)
            .values(status=ReportStatus.CONFIRMED)
        )
        assert await keys(local) == ["+84912000001"]
        counted = await report_queue.counts(session)
        assert (counted[ReportStatus.RECEIVED], counted[ReportStatus.CONFIRMED]) == (3, 1)
        assert (await report_queue.counts(session, office=elsewhere))[ReportStatus.CONFIRMED] == 0


# Corrections


def said(correction: Correction) -> str:
    return f"{correction.kind.value}:{correction.key}:{correction.listed}"


async def told(database: Database) -> list[tuple[str | None, str | None]]:
    async with database.transaction() as session:
        await corrections.queue_corrections(session, keys=KEYS, payload=said, now=NOW)
        rows = await session.execute(
            select(models.Outbox.address, models.Outbox.payload).order_by(models.Outbox.id)
        )
        return [(row.address, row.payload) for row in rows]


async def test_who_reported_or_asked_is_told_once_when_the_verdict_changes(database: Database) -> None:
    async with database.transaction() as session:
        await file_report(session, "reported")
        await file_report(session, "both", want_correction=True)
        await file_report(session, "another", "+84912000001")
        asked = await make_conversation(session, "asked")
        check_id = await checks.record_check(session, asked, verdict_on(KEY), keys=KEYS, now=NOW)
        await checks.want_correction(session, asked, check_id=check_id, now=NOW)
        gone = await file_report(session, "gone")
        await session.execute(
            update(models.Conversation)
            .where(models.Conversation.id == gone.conversation_id)
            .values(dead_since=NOW)
        )
    assert await told(database) == []
    async with database.transaction() as session:
        supervisor = await make_actor(session, Role.POLICE_SUPERVISOR)
        proposal = await make_confirmation(session, await make_actor(session))
        await approvals.approve(
            session,
            actor=supervisor,
            proposal_id=proposal.public_id,
            version_hash=proposal.version_hash,
            reason="đúng",
            now=NOW,
        )
    confirmed = [(address, f"number:{KEY}:True") for address in ("reported", "both", "asked")]
    assert await told(database) == confirmed
    assert await told(database) == confirmed


async def test_of_several_changes_only_the_latest_is_told(database: Database) -> None:
    async with database.transaction() as session:
        await file_report(session)
        for listed in (True, False):
            await corrections.note_change(session, kind=NUMBER, key=KEY, listed=listed, now=NOW)
    assert await told(database) == [("1001", f"number:{KEY}:False")]
