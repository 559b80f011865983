"""An import from the upload to the record: dry run, two persons, all at once, and after a kill."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from db import (
    approvals,
    changes,
    indicators,
    leases,
    models,
)
from db.engine import Database
from db.importing import files, staging, working
from db.importing.desk import import_for, imports_of, lines, propose
from db.importing.files import FileRefused
from db.importing.rules import ImportStale, NothingToTakeIn
from db.importing.staging import ImportChanged, ImportNotFound, ImportProposed
from db.models import ImportKind, ImportRow, ImportStatus, OfficeKind, ProposalStatus, Role, RowOutcome
from db.rights import Actor, NotAllowed
from tests.builders import NOW
from tests.db.builders import (
    make_indicator,
)
from tests.db.desk import audit_of, make_actor, make_office
from tests.db.imports import (
    NUMBERS,
    POLICE_SAYS,
    SOURCE,
    approve,
    bring,
    csv_of,
    listed,
    proposed,
    report,
    xlsx_of,
)


async def test_two_persons_take_a_file_in_and_readers_see_it_only_then(
    database: Database, officer: Actor, supervisor: Actor
) -> None:
    batch = await bring(database, officer, ImportKind.INDICATORS, NUMBERS, given=POLICE_SAYS)
    assert batch.status is ImportStatus.READY
    assert (batch.total, batch.cursor) == (3, 3)
    assert await report(database, batch) == [
        (2, RowOutcome.NEW, "", ""),
        (3, RowOutcome.NEW, "", ""),
        (4, RowOutcome.DUPLICATE, "twice", "2"),
    ]
    assert await listed(database) == set()
    proposal = await proposed(database, officer, batch.public_id)
    assert await listed(database) == set()
    done = await approve(database, supervisor, proposal)
    assert (done.status, done.result) == (ProposalStatus.ACTIVE, "indicators:2")
    assert await listed(database) == {"+84912000091", "+84912000092"}
    async with database.reading() as session:
        row = await session.scalar(select(models.Indicator).limit(1))
        assert row is not None
        assert (row.confirmed_by, row.document, row.source) == ("Công an tỉnh Ví Dụ", "7/TB", "đơn trình báo")
        assert row.approved_by == f"staff:{officer.public_id}+{supervisor.public_id}"
        assert row.expires_at == NOW + indicators.CONFIRMATION_LASTS
        assert await session.scalar(select(func.count()).select_from(models.ImportFile)) == 0
        assert await changes.version(session) >= 2
        assert await audit_of(session, f"import:{batch.public_id}") == [("import.stage", "done")]
        assert [action for action, _ in await audit_of(session, f"proposal:{proposal.public_id}")] == [
            "proposal.propose",
            "proposal.approve",
            "proposal.activate",
        ]


async def test_the_same_file_again_changes_nothing(
    database: Database, officer: Actor, supervisor: Actor
) -> None:
    first = await bring(database, officer, ImportKind.INDICATORS, NUMBERS, given=POLICE_SAYS)
    again = await bring(database, officer, ImportKind.INDICATORS, NUMBERS, given=POLICE_SAYS)
    assert again.id == first.id
    await approve(database, supervisor, await proposed(database, officer, first.public_id))
    third = await bring(database, officer, ImportKind.INDICATORS, NUMBERS, given=POLICE_SAYS)
    assert third.id != first.id
    assert {outcome for _, outcome, _, _ in await report(database, third)} == {RowOutcome.DUPLICATE}
    with pytest.raises(NothingToTakeIn):
        await proposed(database, officer, third.public_id)


async def test_nobody_takes_in_what_they_brought(database: Database, supervisor: Actor) -> None:
    batch = await bring(database, supervisor, ImportKind.INDICATORS, NUMBERS, given=POLICE_SAYS)
    proposal = await proposed(database, supervisor, batch.public_id)
    with pytest.raises(approvals.SamePerson):
        await approve(database, supervisor, proposal)
    assert await listed(database) == set()


async def test_a_supervisor_of_another_province_or_commune_is_no_second_person(
    database: Database, officer: Actor
) -> None:
    batch = await bring(database, officer, ImportKind.INDICATORS, NUMBERS, given=POLICE_SAYS)
    proposal = await proposed(database, officer, batch.public_id)
    async with database.transaction() as session:
        elsewhere = await make_office(session, OfficeKind.PROVINCE_POLICE, province="Đắk Lắk")
        far = await make_actor(session, Role.POLICE_SUPERVISOR, elsewhere)
        office = await make_office(session, OfficeKind.COMMUNE_POLICE, "Công an xã khác")
        near = await make_actor(session, Role.POLICE_SUPERVISOR, office)
        teacher = await make_actor(session, Role.EDUCATION_OFFICER)
    for other in (far, near):
        with pytest.raises(approvals.ProposalNotFound):
            await approve(database, other, proposal)
        async with database.reading() as session:
            assert await imports_of(session, other) == ()
    with pytest.raises(NotAllowed):
        await approve(database, teacher, proposal)
    assert await listed(database) == set()


async def test_a_change_of_the_record_since_the_check_is_found_and_a_new_check_mends_it(
    database: Database, officer: Actor, supervisor: Actor
) -> None:
    batch = await bring(database, officer, ImportKind.INDICATORS, NUMBERS, given=POLICE_SAYS)
    proposal = await proposed(database, officer, batch.public_id)
    async with database.transaction() as session:
        await make_indicator(session, "+84912000092")
    with pytest.raises(ImportStale):
        await approve(database, supervisor, proposal)
    assert await listed(database) == {"+84912000092"}
    async with database.transaction() as session:
        with pytest.raises(ImportProposed):
            await staging.check_again(session, actor=officer, public_id=batch.public_id, now=NOW)
        await approvals.take_back(
            session, actor=officer, proposal_id=proposal.public_id, reason="kiểm tra lại", now=NOW
        )
        await staging.check_again(session, actor=officer, public_id=batch.public_id, now=NOW)
    assert await working.work(database, holder="test", clock=lambda: NOW)
    assert [why for _, _, why, _ in await report(database, batch)] == ["", "confirmed", "twice"]
    await approve(database, supervisor, await proposed(database, officer, batch.public_id))
    assert await listed(database) == {"+84912000091", "+84912000092"}


async def test_rows_tampered_with_after_the_check_are_not_taken_in(
    database: Database, officer: Actor, supervisor: Actor
) -> None:
    batch = await bring(database, officer, ImportKind.INDICATORS, NUMBERS, given=POLICE_SAYS)
    proposal = await proposed(database, officer, batch.public_id)
    async with database.transaction() as session:
        await session.execute(
            update(ImportRow).values(draft=func.replace(ImportRow.draft, "+84912000091", "+84912000077"))
        )
    with pytest.raises(ImportStale):
        await approve(database, supervisor, proposal)
    assert await listed(database) == set()


async def test_a_second_check_invalidates_what_was_proposed_before(
    database: Database, officer: Actor
) -> None:
    batch = await bring(database, officer, ImportKind.INDICATORS, NUMBERS, given=POLICE_SAYS)
    async with database.transaction() as session:
        await staging.check_again(session, actor=officer, public_id=batch.public_id, now=NOW)
    with pytest.raises(ImportStale):  # it is being checked
        await proposed(database, officer, batch.public_id)


async def test_a_killed_check_goes_on_where_it_was(
    database: Database, officer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "ROWS_AT_A_TIME", 2)
    content = csv_of(["số"], *([f"0912 000 {number:03}"] for number in (1, 2, 3, 4, 1, 5, 2)))
    async with database.transaction() as session:
        batch, new = await staging.stage(
            session,
            actor=officer,
            kind=ImportKind.INDICATORS,
            file_name="../../số\u0000 lạ.csv",
            content=content,
            given=POLICE_SAYS,
            now=NOW,
        )
    assert (new, batch.file_name) == (True, "số lạ.csv")
    steps = iter([False, False, True])
    assert await working.work(database, holder="first", clock=lambda: NOW, stopping=lambda: next(steps))
    async with database.reading() as session:
        half = await session.get_one(models.ImportBatch, batch.id)
    assert (half.status, half.cursor, half.total) == (ImportStatus.CHECKING, 4, 7)
    assert await working.work(database, holder="second", clock=lambda: NOW)
    outcomes = [(row, outcome) for row, outcome, _, _ in await report(database, batch)]
    assert outcomes == [
        *((row, RowOutcome.NEW) for row in (2, 3, 4, 5)),
        (6, RowOutcome.DUPLICATE),
        (7, RowOutcome.NEW),
        (8, RowOutcome.DUPLICATE),
    ]
    assert not await working.work(database, holder="second", clock=lambda: NOW)


async def test_one_process_at_a_time_checks(database: Database, officer: Actor) -> None:
    async with database.transaction() as session:
        await staging.stage(
            session,
            actor=officer,
            kind=ImportKind.INDICATORS,
            file_name="a.csv",
            content=NUMBERS,
            given=POLICE_SAYS,
            now=NOW,
        )
        await leases.take(session, working.LEASE, holder="other", now=NOW, length=timedelta(minutes=1))
    assert not await working.work(database, holder="test", clock=lambda: NOW)


async def test_a_file_at_which_processes_die_is_not_tried_for_ever(
    database: Database, officer: Actor
) -> None:
    async with database.transaction() as session:
        batch, _ = await staging.stage(
            session,
            actor=officer,
            kind=ImportKind.INDICATORS,
            file_name="a.csv",
            content=NUMBERS,
            given=POLICE_SAYS,
            now=NOW,
        )
        batch.attempts = working.MOST_ATTEMPTS
    assert await working.work(database, holder="test", clock=lambda: NOW)
    async with database.reading() as session:
        refused = await session.get_one(models.ImportBatch, batch.id)
    assert (refused.status, refused.why) == (ImportStatus.REFUSED, "fault")


async def test_a_number_without_its_zero_waits_for_an_answer(database: Database, officer: Actor) -> None:
    content = xlsx_of([["Số", "Ghi chú"], [912345678, "gọi ngày 1"]])
    batch = await bring(database, officer, ImportKind.INDICATORS, content, given=POLICE_SAYS)
    assert await report(database, batch) == [(2, RowOutcome.QUESTION, "zero", "912345678 → 0912 345 678")]
    for restore, expected in ((True, RowOutcome.NEW), (False, RowOutcome.QUESTION)):
        async with database.transaction() as session:
            await staging.check_again(
                session, actor=officer, public_id=batch.public_id, restores_zeros=restore, now=NOW
            )
        assert await working.work(database, holder="test", clock=lambda: NOW)
        assert [outcome for _, outcome, _, _ in await report(database, batch)] == [expected]


async def test_a_file_that_cannot_be_read_is_refused_and_can_be_given_up(
    database: Database, officer: Actor
) -> None:
    for content, why in ((b"PK nothing", "corrupt"), (b"shoe size\n41", "header")):
        batch = await bring(database, officer, ImportKind.INDICATORS, content, given=POLICE_SAYS)
        assert (batch.status, batch.why) == (ImportStatus.REFUSED, why)
        with pytest.raises(ImportStale):
            await proposed(database, officer, batch.public_id)
        async with database.transaction() as session:
            await staging.discard(session, actor=officer, public_id=batch.public_id, now=NOW)
        async with database.transaction() as session:
            with pytest.raises(ImportChanged):
                await staging.discard(session, actor=officer, public_id=batch.public_id, now=NOW)
    async with database.reading() as session:
        assert await imports_of(session, officer) == ()
        assert await session.scalar(select(func.count()).select_from(models.ImportFile)) == 0


async def test_a_check_that_was_given_up_meanwhile_leaves_nothing(
    database: Database, officer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database.transaction() as session:
        batch, _ = await staging.stage(
            session,
            actor=officer,
            kind=ImportKind.INDICATORS,
            file_name="a.csv",
            content=NUMBERS,
            given=POLICE_SAYS,
            now=NOW,
        )
        id_, public_id = batch.id, batch.public_id

    async def give_up() -> None:
        async with database.transaction() as session:
            await staging.discard(session, actor=officer, public_id=public_id, now=NOW)

    original = working._one_batch

    async def late(session: object, *rest: object, **more: object) -> bool:
        return await original(session, *rest, **{**more, "start": 99})  # type: ignore[arg-type]

    monkeypatch.setattr(working, "_one_batch", late)
    assert await working.work(database, holder="test", clock=lambda: NOW)
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(ImportRow)) == 0
    await give_up()
    await working._refuse(database, id_, "fault", NOW)
    async with database.reading() as session:
        assert (await session.get_one(models.ImportBatch, id_)).status is ImportStatus.DISCARDED


async def test_only_what_a_role_may_bring_is_kept(database: Database, officer: Actor, teacher: Actor) -> None:
    for actor, kind, content, expected in (
        (teacher, ImportKind.INDICATORS, NUMBERS, NotAllowed),
        (officer, ImportKind.SCHOOLS, NUMBERS, NotAllowed),
        (officer, ImportKind.INDICATORS, b"", FileRefused),
        (officer, ImportKind.INDICATORS, b"x" * (files.MOST_BYTES + 1), FileRefused),
    ):
        async with database.transaction() as session:
            with pytest.raises(expected):
                await staging.stage(
                    session, actor=actor, kind=kind, file_name="", content=content, given=SOURCE, now=NOW
                )


async def test_an_import_is_its_offices_and_the_provinces_supervisors(
    database: Database, officer: Actor, supervisor: Actor
) -> None:
    batch = await bring(database, officer, ImportKind.INDICATORS, NUMBERS, given=POLICE_SAYS)
    async with database.transaction() as session:
        stranger = await make_actor(session, Role.POLICE_OFFICER, await make_office(session, name="khác"))
        with pytest.raises(ImportNotFound):
            await import_for(session, stranger, batch.public_id)
        with pytest.raises(ImportNotFound):
            await staging.discard(session, actor=stranger, public_id=batch.public_id, now=NOW)
        with pytest.raises(ImportNotFound):
            await propose(session, actor=stranger, public_id=batch.public_id, reason="x", now=NOW)
        with pytest.raises(LookupError):
            await propose(session, actor=supervisor, public_id=batch.public_id, reason="x", now=NOW)
    async with database.reading() as session:
        assert [one.id for one, _ in await imports_of(session, supervisor)] == [batch.id]
        page = await lines(session, batch.id, most=2)
        assert ([line.row for line in page.rows], page.more) == ([2, 3], True)
        rest = await lines(session, batch.id, after=page.rows[-1].id, outcomes=(RowOutcome.DUPLICATE,))
        assert ([line.row for line in rest.rows], rest.more) == ([4], False)


async def test_a_proposer_who_lost_the_right_is_not_followed(
    database: Database, officer: Actor, supervisor: Actor
) -> None:
    batch = await bring(database, officer, ImportKind.INDICATORS, NUMBERS, given=POLICE_SAYS)
    proposal = await proposed(database, officer, batch.public_id)
    async with database.transaction() as session:
        (await session.get_one(models.Membership, officer.membership_id)).role = Role.EDUCATION_OFFICER
    with pytest.raises(approvals.ProposerNotEligible):
        await approve(database, supervisor, proposal)


async def test_what_nobody_decides_on_is_forgotten_and_reports_are_kept_a_while(
    database: Database, officer: Actor, supervisor: Actor
) -> None:
    done = await bring(database, officer, ImportKind.INDICATORS, NUMBERS, given=POLICE_SAYS)
    await approve(database, supervisor, await proposed(database, officer, done.public_id))
    left = await bring(
        database, officer, ImportKind.INDICATORS, csv_of(["số"], ["0912 000 055"]), given=POLICE_SAYS
    )
    for days, expected in (
        (29, (3, ImportStatus.READY)),
        (31, (3, ImportStatus.DISCARDED)),
        (91, (0, ImportStatus.DISCARDED)),
    ):
        async with database.transaction() as session:
            await staging.forget_old(session, NOW + timedelta(days=days))
        async with database.reading() as session:
            kept = await session.scalar(select(func.count()).where(ImportRow.batch_id == done.id))
            status = (await session.get_one(models.ImportBatch, left.id)).status
        assert (kept, status) == expected
