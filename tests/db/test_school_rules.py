"""Schools that get another name, are merged, or close: two persons, and nobody is sent to a dead number."""

import asyncio
from collections.abc import Mapping

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db import approvals, follower_news, models, people, personal_data, schools
from db.approval_rules import ProposalKind, RecordNotFound
from db.approvals import SamePerson
from db.engine import Database
from db.knowledge_base import SqlKnowledgeBase
from db.models import OfficeKind
from db.rights import Actor, NotAllowed
from db.school_rules import SameSchool, SchoolChanged
from db.schools import SchoolAlreadyRecorded
from tests.builders import NOW
from tests.db.builders import make_contact, make_conversation, make_school
from tests.db.desk import make_actor, make_office
from tests.db.hotlines import HOTLINE, School, make_school_with_staff

RENAME, MERGE, CLOSE = ProposalKind.RENAME_SCHOOL, ProposalKind.MERGE_SCHOOL, ProposalKind.CLOSE_SCHOOL


async def propose(
    session: AsyncSession, actor: Actor, kind: ProposalKind, school: models.School, **fields: str
) -> models.Proposal:
    payload: Mapping[str, str] = {"school": str(school.id), "version": str(school.version), **fields}
    return await approvals.propose(
        session, actor=actor, kind=kind, payload=payload, reason="quyết định 12/QĐ", now=NOW
    )


async def approve(session: AsyncSession, actor: Actor, proposal: models.Proposal) -> models.Proposal:
    return await approvals.approve(
        session,
        actor=actor,
        proposal_id=proposal.public_id,
        version_hash=proposal.version_hash,
        reason="đã xem quyết định",
        now=NOW,
    )


async def done(session: AsyncSession, school: School, kind: ProposalKind, **fields: str) -> models.Proposal:
    return await approve(
        session, school.second, await propose(session, school.officer, kind, school.school, **fields)
    )


async def test_a_renamed_school_is_found_by_both_names(database: Database) -> None:
    known = SqlKnowledgeBase(database)
    async with database.transaction() as session:
        school = await make_school_with_staff(session)
        id_ = school.school.id
    await known.warm_up()
    async with database.transaction() as session:
        proposal = await propose(session, school.officer, RENAME, school.school, name="Trần  Ví Dụ")
        with pytest.raises(SamePerson):
            await approve(session, school.officer, proposal)
        await approve(session, school.second, proposal)
        for again in ("Nguyễn Ví Dụ", "Trần Ví Dụ"):  # back, and forth once more: each name is kept once
            row = await session.get_one(models.School, id_)
            await approve(
                session, school.second, await propose(session, school.officer, RENAME, row, name=again)
            )
    found = await known.school(str(id_))
    assert found is not None
    assert (found.name, set(found.aliases)) == ("Trần Ví Dụ", {"Nguyễn Ví Dụ", "Trần Ví Dụ"})
    assert [one.school.id for one in await known.search_schools("Nguyễn Ví Dụ")] == [str(id_)]


async def test_followers_and_names_of_a_merged_school_go_over_and_its_numbers_end(database: Database) -> None:
    async with database.transaction() as session:
        school = await make_school_with_staff(session)
        into = await make_school(session, "Lê Ví Dụ")
        await make_contact(session, school.school, HOTLINE)
        both, one = await make_conversation(session, "1"), await make_conversation(session, "2")
        await people.follow_school(session, both, into.id, NOW)
        for follower in (both, one):
            await people.follow_school(session, follower, school.school.id, NOW)
        proposal = await done(session, school, MERGE, into=str(into.id))
        assert proposal.result == f"school:{into.id}"
        for follower in (both, one):
            assert [at.name for at in await people.followed_schools(session, follower)] == ["Lê Ví Dụ"]
        found = await schools.school_by_id(session, into.id)
        assert found is not None
        assert found.aliases == ("Nguyễn Ví Dụ",)
        assert await schools.school_by_id(session, school.school.id) is None
        contact = await session.scalar(select(models.Contact.status))
        assert contact is models.RecordState.WITHDRAWN


async def test_a_closed_school_is_offered_no_more(database: Database) -> None:
    async with database.transaction() as session:
        school = await make_school_with_staff(session)
        await make_contact(session, school.school, HOTLINE)
        parent = await make_conversation(session)
        await people.follow_school(session, parent, school.school.id, NOW)
        await done(session, school, CLOSE)
        told = await session.scalars(select(models.Notice.topic))
        assert set(told) == {"school.changed"}
        assert await people.followed_schools(session, parent) == ()
        assert await session.scalar(select(models.Contact.status)) is models.RecordState.WITHDRAWN
        assert await schools.school_by_id(session, school.school.id) is None


async def test_what_cannot_be_changed_is_refused_while_proposing(database: Database) -> None:
    async with database.transaction() as session:
        school = await make_school_with_staff(session)
        other = await make_school(session, "Lê Ví Dụ")
        row, officer = school.school, school.officer
        with pytest.raises(SchoolAlreadyRecorded):
            await propose(session, officer, RENAME, row, name=other.name)
        with pytest.raises(SameSchool):
            await propose(session, officer, MERGE, row, into=str(row.id))
        with pytest.raises(RecordNotFound):
            await propose(session, officer, MERGE, row, into="999999")
        with pytest.raises(SchoolChanged):
            await propose(session, officer, CLOSE, row, version="99")
        with pytest.raises(SchoolChanged):
            await propose(session, officer, RENAME, row, name="Trần Ví Dụ", was="Một Tên Khác")
        with pytest.raises(NotAllowed):
            await propose(session, school.person, CLOSE, row)
        far = await make_actor(session, officer.role, await far_office(session))
        with pytest.raises(RecordNotFound):
            await propose(session, far, CLOSE, row)


async def test_a_merged_school_leads_to_the_one_it_is_part_of_now_and_a_closed_one_nowhere(
    database: Database,
) -> None:
    async with database.transaction() as session:
        school = await make_school_with_staff(session)
        middle, last = await make_school(session, "Lê Ví Dụ"), await make_school(session, "Lý Ví Dụ")
        first = str(school.school.id)
        assert await schools.past_school(session, first) is None
        await done(session, school, MERGE, into=str(middle.id))
        for row, kind, more in ((middle, MERGE, {"into": str(last.id)}), (last, CLOSE, {})):
            past = await schools.past_school(session, first)
            assert past is not None
            assert (past.name, past.commune, past.became) == ("THCS Nguyễn Ví Dụ", "xã Ví Dụ", row.id)
            await session.refresh(row)
            await approve(session, school.second, await propose(session, school.officer, kind, row, **more))
        past = await schools.past_school(session, first)
        assert past is not None
        assert past.became is None
        for nobody in ("999999", "x", "-1", "9" * 30):
            assert await schools.past_school(session, nobody) is None


async def test_a_ring_that_no_rule_makes_ends_all_the_same(database: Database) -> None:
    async with database.transaction() as session:
        one, other = await make_school(session), await make_school(session, "Lê Ví Dụ")
        for row, became in ((one, other), (other, one)):
            row.status, row.became_id = models.RecordState.WITHDRAWN, became.id
        await session.flush()
        past = await schools.past_school(session, str(one.id))
        assert past is not None
        assert past.became is None


async def test_every_follower_is_told_once_what_became_of_the_school(database: Database) -> None:
    def said(news: models.FollowerNews) -> str:
        return f"{news.kind.value}: {news.school} > {news.became}"

    async with database.transaction() as session:
        school = await make_school_with_staff(session)
        into = await make_school(session, "Lê Ví Dụ")
        parent, dead = await make_conversation(session, "1"), await make_conversation(session, "2")
        web = await make_conversation(session, "3", channel="web")
        stranger = await make_conversation(session, "4")
        for follower in (parent, dead, web):
            await people.follow_school(session, follower, school.school.id, NOW)
        await people.follow_school(session, parent, into.id, NOW)
        await people.follow_school(session, stranger, into.id, NOW)
        dead.dead_since = NOW
        await done(session, school, RENAME, name="Trần Ví Dụ")
        await session.refresh(school.school)
        await done(session, school, MERGE, into=str(into.id))
        await session.refresh(into)
        await approve(session, school.second, await propose(session, school.officer, CLOSE, into))
    for expected in (2 * 2 + 3, 0):
        async with database.transaction() as session:
            assert await follower_news.queue_news(session, payload=said, now=NOW) == expected
    async with database.reading() as session:
        rows = (await session.scalars(select(models.Outbox).order_by(models.Outbox.id))).all()
        assert {row.lane for row in rows} == {models.Lane.BULK}
        told = {address: [row.payload for row in rows if row.address == address] for address in "1234"}
    renamed = "renamed: THCS Nguyễn Ví Dụ, xã Ví Dụ > THCS Trần Ví Dụ, xã Ví Dụ"
    merged = "merged: THCS Trần Ví Dụ, xã Ví Dụ > THCS Lê Ví Dụ, xã Ví Dụ"
    closed = "closed: THCS Lê Ví Dụ, xã Ví Dụ > "
    assert told == {"1": [renamed, merged, closed], "2": [], "3": [renamed, merged, closed], "4": [closed]}


async def test_two_processes_that_tell_at_once_tell_each_follower_once(database: Database) -> None:
    async with database.transaction() as session:
        school = await make_school_with_staff(session)
        for number in range(20):
            follower = await make_conversation(session, str(number))
            await people.follow_school(session, follower, school.school.id, NOW)
        await done(session, school, CLOSE)

    async def tell() -> int:
        async with database.transaction() as session:
            return await follower_news.queue_news(session, payload=lambda news: news.school, now=NOW)

    assert sum(await asyncio.gather(*(tell() for _ in range(4)))) == 20
    async with database.reading() as session:
        assert len(set(await session.scalars(select(models.Outbox.address)))) == 20


async def test_whoever_deletes_their_data_is_not_told_any_more(database: Database) -> None:
    async with database.transaction() as session:
        school = await make_school_with_staff(session)
        parent = await make_conversation(session)
        await people.follow_school(session, parent, school.school.id, NOW)
        await done(session, school, CLOSE)
        await personal_data.erase(session, parent)
    async with database.transaction() as session:
        assert await follower_news.queue_news(session, payload=lambda news: news.school, now=NOW) == 0


async def far_office(session: AsyncSession) -> models.Office:
    return await make_office(session, OfficeKind.EDUCATION_OFFICE, "Phòng xa", communes=("24999",))
