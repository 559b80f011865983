"""The audit: chained, append-only, and found out exactly where somebody changed it."""

import asyncio
import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from db import audit, models
from db.audit import Anchor, AnchorUnreadable, Tampered, Verified
from db.engine import Database
from db.models import Role
from db.sealing import Sealer
from tests.builders import NOW
from tests.db.desk import SEALER, audit_of, make_actor
from tests.db.desk import tampering as allow_tampering


async def write(session: AsyncSession, count: int = 1) -> None:
    for number in range(count):
        await audit.record(
            session, actor=None, action="test", subject=f"thing:{number}", facts={"số": "một"}, now=NOW
        )


async def written(database: Database, count: int = 12) -> None:
    async with database.transaction() as session:
        await write(session, count)


async def verified(
    database: Database, anchors: list[Anchor] | None = None, sealer: Sealer | None = SEALER
) -> Verified | Tampered:
    async with database.reading() as session:
        return await audit.verify(session, anchors=anchors or [], sealer=sealer)


async def test_an_entry_says_who_did_what_where_and_why(database: Database) -> None:
    async with database.transaction() as session:
        actor = await make_actor(session, Role.POLICE_SUPERVISOR)
        seq = await audit.record(
            session,
            actor=actor,
            action="thing.do",
            subject="thing:1",
            facts={"b": "2", "a": "Đắk"},
            reason="vì cần",
            now=NOW,
        )
        entry = await session.get_one(models.AuditEntry, seq)
        assert (entry.actor, entry.office, entry.role) == (
            actor.public_id,
            actor.office_public_id,
            "police_supervisor",
        )
        assert entry.session == str(actor.session_id)
        assert entry.facts == '{"a":"Đắk","b":"2"}'
        assert (entry.at, entry.reason) == (NOW, "vì cần")
        for secret in (actor.name, actor.person_key):
            assert secret not in entry.facts


async def test_an_empty_audit_verifies(database: Database) -> None:
    assert await verified(database) == Verified(0, audit.GENESIS, 0)


async def test_an_untouched_chain_verifies_over_several_batches(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "_BATCH", 5)
    await written(database, 12)
    found = await verified(database)
    assert isinstance(found, Verified)
    assert found.entries == 12


async def test_entries_are_neither_changed_nor_deleted_by_ordinary_means(database: Database) -> None:
    await written(database, 3)
    statements = ["UPDATE audit_entry SET reason = 'khác'", "DELETE FROM audit_entry WHERE seq = 3"]
    if database.dialect == "postgresql":
        statements.append("TRUNCATE audit_entry")
    for statement in statements:
        with pytest.raises(DBAPIError, match="append-only"):
            async with database.transaction() as session:
                await session.execute(text(statement))
    assert isinstance(await verified(database), Verified)


COLUMNS = (
    "actor",
    "office",
    "role",
    "session",
    "action",
    "subject",
    "facts",
    "reason",
    "hash",
    "previous_hash",
)


@pytest.mark.parametrize("column", [*COLUMNS, "outcome", "at"])
async def test_a_changed_column_is_found_at_its_row(database: Database, column: str) -> None:
    await written(database)
    value = {"outcome": "'refused'", "at": "'2020-01-01 00:00:00'"}.get(column, "'khác'")
    async with allow_tampering(database) as session:
        await session.execute(text(f"UPDATE audit_entry SET {column} = {value} WHERE seq = 7"))  # noqa: S608
    assert await verified(database) == Tampered(7, "the entry was changed")


async def test_whatever_text_a_reason_holds_the_chain_verifies(database: Database) -> None:
    odd = (
        'Nói "chuyển ngay"',
        "C:\\thư mục\\",
        "dòng\n\thai\r",
        "\x1f\x7f\u2028",
        "🚨 Đắk Nông",
        "{}[]:,",
        "",
    )
    async with database.transaction() as session:
        for number, reason in enumerate(odd):
            await audit.record(
                session,
                actor=None,
                action="test",
                subject=f"thing:{reason}",
                facts={reason: reason},
                reason=reason,
                now=NOW + timedelta(microseconds=number * 1001),
            )
    found = await verified(database)
    assert isinstance(found, Verified)
    assert found.entries == len(odd)


@pytest.mark.parametrize("column", ["reason", "at"])
async def test_bytes_where_text_belongs_are_found_as_a_change(sqlite_url: str, column: str) -> None:
    database = Database(sqlite_url)
    await written(database)
    async with allow_tampering(database) as session:
        await session.execute(text(f"UPDATE audit_entry SET {column} = x'00' WHERE seq = 7"))  # noqa: S608
    assert await verified(database) == Tampered(7, "the entry was changed")
    await database.close()


async def test_a_deleted_row_is_missed_at_its_place(database: Database) -> None:
    await written(database)
    async with allow_tampering(database) as session:
        await session.execute(text("DELETE FROM audit_entry WHERE seq = 7"))
    assert await verified(database) == Tampered(7, "the entry is missing")


async def test_two_swapped_rows_are_found_at_the_first(database: Database) -> None:
    await written(database)
    async with allow_tampering(database) as session:
        for statement in ("seq = 99 WHERE seq = 4", "seq = 4 WHERE seq = 5", "seq = 5 WHERE seq = 99"):
            await session.execute(text(f"UPDATE audit_entry SET {statement}"))  # noqa: S608
    assert await verified(database) == Tampered(4, "the entry was changed")


async def test_entries_cut_off_at_the_end_are_missed_by_the_checkpoint(
    database: Database, tmp_path: Path
) -> None:
    path = tmp_path / "anchors.jsonl"
    await written(database)
    async with database.reading() as session:
        assert await audit.checkpoint(session, path, sealer=SEALER, now=NOW) is not None
        assert await audit.checkpoint(session, path, sealer=SEALER, now=NOW) is None
    async with allow_tampering(database) as session:
        await session.execute(text("DELETE FROM audit_entry WHERE seq > 9"))
    assert isinstance(await verified(database), Verified)  # the chain alone cannot know
    assert await verified(database, audit.read_anchors(path)) == Tampered(
        10, "the newest entries are missing"
    )


async def test_a_chain_rewritten_from_a_row_on_is_found_by_the_checkpoint(
    database: Database, tmp_path: Path
) -> None:
    path = tmp_path / "anchors.jsonl"
    await written(database, 6)
    async with database.reading() as session:
        await audit.checkpoint(session, path, sealer=SEALER, now=NOW)
    async with allow_tampering(database) as session:
        await session.execute(text("DELETE FROM audit_entry WHERE seq > 4"))
    async with database.transaction() as session:
        await audit.record(session, actor=None, action="forged", subject="thing:0", now=NOW)
        await write(session, 3)
    anchors = audit.read_anchors(path)
    assert await verified(database, anchors) == Tampered(6, "the entry is not the one of the checkpoint")


async def test_a_forged_checkpoint_is_found(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "anchors.jsonl"
    await written(database, 2)
    async with database.reading() as session:
        anchor = await audit.checkpoint(session, path, sealer=Sealer(b"not ours"), now=NOW)
        assert anchor is not None
    anchors = audit.read_anchors(path)
    assert await verified(database, anchors) == Tampered(2, "the checkpoint was not written by this service")
    found = await verified(database, anchors, sealer=None)
    assert isinstance(found, Verified)
    assert found.anchors == 1


async def test_nothing_is_anchored_before_the_first_entry(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "anchors.jsonl"
    async with database.reading() as session:
        assert await audit.checkpoint(session, path, sealer=SEALER, now=NOW) is None
    assert audit.read_anchors(path) == []


async def test_of_a_long_file_only_the_newest_checkpoint_is_read_before_another_is_written(
    database: Database, tmp_path: Path
) -> None:
    path = tmp_path / "anchors.jsonl"
    for count in range(1, 9):
        await written(database, 1)
        async with database.reading() as session:
            assert await audit.checkpoint(session, path, sealer=SEALER, now=NOW) is not None
            assert await audit.checkpoint(session, path, sealer=SEALER, now=NOW) is None
        assert [anchor.seq for anchor in audit.read_anchors(path)] == list(range(1, count + 1))
        assert [anchor.seq for anchor in audit.read_anchors(path, tail=400)] == [count]
    found = await verified(database, audit.read_anchors(path))
    assert isinstance(found, Verified)
    assert found.anchors == 8


@pytest.mark.parametrize("line", ["{}", "no json", "[1]", '{"seq": "x", "hash": "", "at": "", "mac": ""}'])
def test_a_damaged_checkpoint_file_is_said_to_be_so(tmp_path: Path, line: str) -> None:
    path = tmp_path / "anchors.jsonl"
    path.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(AnchorUnreadable):
        audit.read_anchors(path)


async def test_what_is_rolled_back_leaves_no_entry(database: Database) -> None:
    async def fail() -> None:
        async with database.transaction() as session:
            await write(session)
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError, match="killed"):
        await fail()
    assert await verified(database) == Verified(0, audit.GENESIS, 0)


async def test_when_the_entry_cannot_be_written_there_is_no_effect(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    from db import staff  # noqa: PLC0415
    from db.models import OfficeKind  # noqa: PLC0415

    async def fails(*_: object, **__: object) -> int:
        raise ConnectionError

    monkeypatch.setattr(audit, "record", fails)
    with pytest.raises(ConnectionError):
        async with database.transaction() as session:
            await staff.add_office(session, actor=None, kind=OfficeKind.OPERATOR, name="x", now=NOW)
    async with database.reading() as session:
        assert await session.scalar(text("SELECT count(*) FROM office")) == 0


@pytest.mark.parametrize("refusal", [ValueError, LookupError, PermissionError])
async def test_a_refusal_is_all_that_stays_of_what_was_refused(
    database: Database, refusal: type[Exception]
) -> None:
    async def refuse() -> None:
        async with audit.acting(database, actor=None, action="try", subject="thing:1", now=NOW) as session:
            await write(session)
            raise refusal

    with pytest.raises(refusal):
        await refuse()
    async with database.reading() as session:
        assert await audit_of(session) == [("try", "refused")]
        entry = await session.get_one(models.AuditEntry, 1)
        assert entry.facts == f'{{"because":"{refusal.__name__}"}}'


async def test_a_fault_is_no_refusal(database: Database) -> None:
    with pytest.raises(RuntimeError):
        async with audit.acting(database, actor=None, action="try", subject="thing:1", now=NOW):
            raise RuntimeError
    async with database.reading() as session:
        assert await audit_of(session) == []


async def test_writers_at_once_make_one_chain_without_gaps(database: Database) -> None:
    async def work(number: int) -> None:
        for step in range(5):
            async with database.transaction() as session:
                await audit.record(session, actor=None, action="work", subject=f"{number}:{step}", now=NOW)

    await asyncio.gather(*(work(number) for number in range(8)))
    found = await verified(database)
    assert isinstance(found, Verified)
    assert found.entries == 40


def edits(rng: random.Random) -> list[Callable[[int], str]]:
    return [
        lambda seq: f"UPDATE audit_entry SET {rng.choice(COLUMNS)} = 'x{rng.random()}' WHERE seq = {seq}",  # noqa: S608
        lambda seq: f"DELETE FROM audit_entry WHERE seq = {seq}",  # noqa: S608
    ]


async def test_random_tampering_is_found_at_its_row(sqlite_url: str) -> None:
    rng = random.Random(1384)  # noqa: S311
    database = Database(sqlite_url)
    await written(database, 60)
    for _ in range(40):
        seq = rng.randrange(1, 60)
        statement = rng.choice(edits(rng))(seq)
        async with database.engine.connect() as connection, connection.begin() as transaction:
            for name in ("update", "delete"):
                await connection.exec_driver_sql(f"DROP TRIGGER audit_entry_no_{name}")
            await connection.exec_driver_sql(statement)
            async with AsyncSession(bind=connection, join_transaction_mode="control_fully") as session:
                found = await audit.verify(session)
                assert isinstance(found, Tampered)
                assert found.seq == seq
            if transaction.is_active:
                await transaction.rollback()
        assert isinstance(await verified(database), Verified)
    await database.close()
