"""Scam scripts at the desk: what can be one, whose it is, that two decide, and that it runs out."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from db import (
    approvals,
    demo,
    due,
    protection,
    reference,
    script_desk,
    scripts,
)
from db.approval_rules import PayloadUnreadable, ProposalKind, RecordNotFound
from db.engine import Database
from db.knowledge_base import SqlKnowledgeBase
from db.models import Role
from db.rights import Actor
from db.script_rules import ScriptHoldsIdentifier, ScriptTooLong, ScriptTooShort
from db.scripts import ScriptNotActive
from scamcheck.knowledge import NOBODY, IdentifierKind
from scamcheck.observables import extract
from tests.builders import NOW
from tests.db.desk import audit_of, make_actor
from tests.db.test_indicator_desk import decide, two

SCRIPT = {
    "key": "con-cap-cuu-2",
    "name": "Con cấp cứu",
    "text": "Con chị {ten} bị ngã ở trường, đang nằm cấp cứu ở bệnh viện {ten}, bác sĩ bảo phải mổ gấp, chuyển ngay {so_tien}",
    "scenario": "child_emergency",
    "source": "tin báo",
}
MESSAGE = "Con chị Bông bị ngã ở trường, đang nằm cấp cứu ở bệnh viện tỉnh, bác sĩ bảo phải mổ gấp, chuyển ngay 20 triệu"


@pytest.fixture
async def other(database: Database) -> AsyncIterator[Database]:
    """The same database as another process has it open."""
    opened = Database(database.engine.url.render_as_string(hide_password=False), exclusive=False)
    yield opened
    await opened.close()


async def demo_two(session: AsyncSession) -> tuple[Actor, Actor]:
    return (
        await make_actor(session, is_example=True),
        await make_actor(session, Role.POLICE_SUPERVISOR, is_example=True),
    )


async def test_a_script_is_added_changed_and_withdrawn_by_two(database: Database) -> None:
    async with database.transaction() as session:
        people = await two(session)
        with pytest.raises(PayloadUnreadable, match="scenario"):
            await decide(session, people, ProposalKind.ADD_SCRIPT, **{**SCRIPT, "scenario": "x"})
        with pytest.raises(PayloadUnreadable, match="key"):
            await decide(session, people, ProposalKind.ADD_SCRIPT, **{**SCRIPT, "key": "Có dấu"})
        with pytest.raises(ScriptNotActive):
            await decide(session, people, ProposalKind.WITHDRAW_SCRIPT, key=SCRIPT["key"])
        await decide(session, people, ProposalKind.ADD_SCRIPT, **SCRIPT)
        await decide(session, people, ProposalKind.ADD_SCRIPT, **{**SCRIPT, "name": "Con nằm viện"})
        assert [script.name for script in await scripts.all_scripts(session)] == ["Con nằm viện"]
        assert await script_desk.name_of(session, SCRIPT["key"]) == "Con nằm viện"
        await decide(session, people, ProposalKind.WITHDRAW_SCRIPT, key=SCRIPT["key"])
        assert await scripts.all_scripts(session) == ()
        with pytest.raises(ScriptNotActive):
            await scripts.withdraw_script(session, SCRIPT["key"], now=NOW)
        assert await script_desk.name_of(session, "chua-co") == "chua-co"


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("con chị cấp cứu, chuyển tiền", ScriptTooShort),
        ("1234567890 " * 40, ScriptTooShort),
        ("con chị đang cấp cứu " * 400, ScriptTooLong),
        (f"{SCRIPT['text']} gọi số 0912 345 678", ScriptHoldsIdentifier),
        (f"{SCRIPT['text']} vào https://vi-du.top/nop", ScriptHoldsIdentifier),
    ],
)
async def test_what_cannot_stand_for_a_family_of_messages_is_not_proposed(
    database: Database, text: str, refusal: type[Exception]
) -> None:
    async with database.transaction() as session:
        people = await two(session)
        with pytest.raises(refusal):
            await decide(session, people, ProposalKind.ADD_SCRIPT, **{**SCRIPT, "text": text})


async def test_a_confirmed_script_is_known_to_another_process_at_its_next_check(
    database: Database, other: Database
) -> None:
    known = SqlKnowledgeBase(other)
    assert (await known.gather(extract(MESSAGE), NOBODY, NOW)).scripts == ()
    async with database.transaction() as session:
        people = await two(session)
        await decide(session, people, ProposalKind.ADD_SCRIPT, **SCRIPT)
    [found] = (await known.gather(extract(MESSAGE), NOBODY, NOW)).scripts
    assert found.script.id == SCRIPT["key"]
    async with database.transaction() as session:
        await decide(session, people, ProposalKind.WITHDRAW_SCRIPT, key=SCRIPT["key"])
    assert (await known.gather(extract(MESSAGE), NOBODY, NOW)).scripts == ()


async def test_a_script_runs_out_after_a_year_and_that_is_written_down(
    database: Database, other: Database
) -> None:
    known = SqlKnowledgeBase(other)
    async with database.transaction() as session:
        officer, _ = people = await two(session)
        await decide(session, people, ProposalKind.ADD_SCRIPT, **SCRIPT)
        [row] = await script_desk.scripts_like(session, officer)
        assert row.expires_at == NOW + scripts.CONFIRMATION_LASTS
        assert await script_desk.due_for_review(session, officer, NOW) == []
        soon = row.expires_at - timedelta(days=13)
        assert await script_desk.due_for_review(session, officer, soon) == [row]
    assert len((await known.gather(extract(MESSAGE), NOBODY, NOW)).scripts) == 1
    assert await due.run(database, row.expires_at) == 1
    assert await due.run(database, row.expires_at) == 0
    assert (await known.gather(extract(MESSAGE), NOBODY, NOW)).scripts == ()
    async with database.transaction() as session:
        assert await script_desk.scripts_like(session, officer) == ()
        [over] = await script_desk.scripts_like(session, officer, active_only=False)
        assert over.id == row.id
        assert await audit_of(session, f"script:{SCRIPT['key']}") == [("script.expire", "done")]
        await decide(session, people, ProposalKind.ADD_SCRIPT, **SCRIPT)
        [again] = await script_desk.scripts_like(session, officer, query="nằm cấp cứu", active_only=False)
        assert again.id != row.id
        assert await script_desk.scripts_like(session, officer, query="bưu kiện") == ()


async def test_the_demo_changes_its_own_scripts_only_and_leaves_none_behind(database: Database) -> None:
    async with database.transaction() as session:
        officer, _ = people = await two(session)
        in_demo, _ = demo_people = await demo_two(session)
        await reference.load_reference(session, NOW)
        shipped = (await scripts.all_scripts(session))[0]
        with pytest.raises(RecordNotFound):
            await decide(session, demo_people, ProposalKind.WITHDRAW_SCRIPT, key=shipped.id)
        await decide(session, demo_people, ProposalKind.ADD_SCRIPT, **SCRIPT)
        with pytest.raises(RecordNotFound):
            await decide(session, people, ProposalKind.ADD_SCRIPT, **SCRIPT)
        found = await script_desk.scripts_like(session, in_demo, query="Con cấp cứu")
        [mine] = [row for row in found if row.key == SCRIPT["key"]]
        assert script_desk.may_change(mine, in_demo)
        assert not script_desk.may_change(mine, officer)
        with pytest.raises(RecordNotFound):
            await script_desk.script_for(session, officer, mine.id)
        assert (await script_desk.script_for(session, in_demo, mine.id)).id == mine.id
        seen = await script_desk.scripts_like(session, officer)
        assert {row.key for row in seen} == {script.id for script in await scripts.all_scripts(session)} - {
            SCRIPT["key"]
        }
        await protection.protect(
            session,
            kind=IdentifierKind.NUMBER,
            key="+84530000300",
            owner="Ví Dụ",
            source="một phép thử",
            approved_by="z",
            is_example=True,
            now=NOW,
        )
        assert await demo.has_demo(session)
        assert await demo.remove_demo(session, NOW) == 2
        assert not await demo.has_demo(session)
        assert await scripts.active_script(session, SCRIPT["key"]) is None


async def test_a_release_does_not_bring_back_a_script_that_police_withdrew(database: Database) -> None:
    async with database.transaction() as session:
        people = await two(session)
        await reference.load_reference(session, NOW)
        shipped = await scripts.all_scripts(session)
        await decide(session, people, ProposalKind.WITHDRAW_SCRIPT, key=shipped[0].id)
        await reference.load_reference(session, NOW)
        assert await scripts.all_scripts(session) == shipped[1:]
        await scripts.put_script(session, shipped[0], approved_by="staff:a+b", now=NOW)
        assert len(await scripts.all_scripts(session)) == len(shipped)


async def test_proposing_to_withdraw_what_is_gone_by_then_is_refused(database: Database) -> None:
    async with database.transaction() as session:
        officer, supervisor = people = await two(session)
        await decide(session, people, ProposalKind.ADD_SCRIPT, **SCRIPT)
        proposal = await approvals.propose(
            session,
            actor=officer,
            kind=ProposalKind.WITHDRAW_SCRIPT,
            payload={"key": SCRIPT["key"]},
            reason="báo nhầm",
            now=NOW,
        )
        await scripts.withdraw_script(session, SCRIPT["key"], now=NOW)
        with pytest.raises(ScriptNotActive):
            await approvals.approve(
                session,
                actor=supervisor,
                proposal_id=proposal.public_id,
                version_hash=proposal.version_hash,
                reason="đồng ý",
                now=NOW,
            )
