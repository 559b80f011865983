"""Attacks on a school's hotline are refused, each for its own reason; and races of those who may approve."""

import asyncio
import os
import random
from datetime import timedelta
from typing import Final

import pytest
from sqlalchemy import func, select, update

from db import (
    audit,
    contacts,
    invitations,
    joining,
    models,
    proposal_clock,
    staff,
)
from db.approvals import (
    AlreadyDecided,
    ProposalNotFound,
    ProposerNotEligible,
)
from db.callbacks import CallbackCodeWrong, TooManyWrongCodes
from db.contact_rules import COOL_OFF
from db.engine import Database
from db.joining import InvitationNotValid
from db.models import Outcome, Role
from db.rights import Actor, NotEligible
from tests.builders import NOW
from tests.db.desk import SEALER, make_actor
from tests.db.hotline_attacks import (
    FULL_WIDTH_ZERO,
    OFFICERS_OWN,
    OTHERS,
    PROPOSED,
    Attack,
    attacks,
    make_scene,
)
from tests.db.hotlines import (
    HOTLINE,
    NEW,
    add,
    approve,
    make_school_with_staff,
    shown,
)

APPROVERS: Final = 8
RACES: Final = int(os.environ.get("HOTLINE_RACES", "40"))
"""Enough for each build; before a release 200, which take 40 seconds on both databases."""


async def as_a_page_does(database: Database, attack: Attack) -> None:
    """Try it in a transaction of its own; what is refused is written down."""
    async with audit.acting(database, actor=None, action="attack", subject=attack.name, now=NOW) as session:
        await attack.attempt(session)


async def test_more_than_sixty_attacks_fail_each_for_its_own_reason(database: Database) -> None:
    async with database.transaction() as session:
        scene = await make_scene(session)
    tried = attacks(scene)
    assert len({attack.name for attack in tried}) == len(tried) >= 60
    for attack in tried:
        with pytest.raises(attack.because):
            await as_a_page_does(database, attack)
        async with database.reading() as session:
            assert await shown(session) == [HOTLINE, OTHERS], attack.name
    async with database.transaction() as session:
        await proposal_clock.activate_due(session, NOW + timedelta(days=2))
        assert await shown(session) == [HOTLINE, OTHERS]
        refused = await session.scalar(
            select(func.count())
            .select_from(models.AuditEntry)
            .where(models.AuditEntry.action == "attack", models.AuditEntry.outcome == Outcome.REFUSED)
        )
        assert refused == len(tried)
        assert isinstance(await audit.verify(session), audit.Verified)


async def test_the_same_proposals_take_effect_when_two_of_the_right_people_agree(database: Database) -> None:
    async with database.transaction() as session:
        scene = await make_scene(session)
        for proposal in (scene.added, scene.changed):
            await approve(session, scene.school.officer, proposal)
        await approve(session, scene.school.second, scene.by_officer)
        assert set(await shown(session)) == {HOTLINE, OTHERS, PROPOSED, OFFICERS_OWN}
        await proposal_clock.activate_due(session, NOW + COOL_OFF - timedelta(seconds=1))
        assert NEW not in await shown(session)
        await proposal_clock.activate_due(session, NOW + COOL_OFF)
        assert set(await shown(session)) == {NEW, OTHERS, PROPOSED, OFFICERS_OWN}


@pytest.mark.parametrize(
    "twist", ["role ended", "disabled", "moved away", "office closed", "signed out", "approved already"]
)
async def test_what_became_of_the_two_people_counts_at_the_decision(database: Database, twist: str) -> None:
    async with database.transaction() as session:
        scene = await make_scene(session)
        administrator = scene.outsiders["an administrator"]
        officer, person = scene.school.officer, scene.school.person
        expected: type[Exception] = ProposerNotEligible
        before = [HOTLINE, OTHERS]
        match twist:
            case "role ended":
                await staff.end_role(
                    session,
                    actor=administrator,
                    membership_id=person.membership_id,
                    reason="nghỉ việc",
                    now=NOW,
                )
            case "disabled":
                expected = NotEligible
                await staff.disable(
                    session, actor=administrator, public_id=officer.public_id, reason="nghỉ", now=NOW
                )
            case "moved away":
                expected = ProposalNotFound
                await session.execute(
                    update(models.OfficeCommune)
                    .where(models.OfficeCommune.office_id == officer.office_id)
                    .values(commune_code="24700")
                )
            case "office closed":
                await staff.close_office(
                    session,
                    actor=administrator,
                    public_id=person.office_public_id,
                    reason="giải thể",
                    now=NOW,
                )
            case "signed out":
                expected = NotEligible
                await session.execute(
                    update(models.StaffSession)
                    .where(models.StaffSession.id == officer.session_id)
                    .values(ended_at=NOW)
                )
            case _:
                expected = AlreadyDecided
                for proposal in (scene.added, scene.changed):
                    await approve(session, scene.school.second, proposal)
                before.append(PROPOSED)
    for proposal in (scene.added, scene.changed):
        attack = Attack(twist, expected, lambda s, p=proposal: approve(s, officer, p))
        with pytest.raises(attack.because):
            await as_a_page_does(database, attack)
    async with database.reading() as session:
        assert await shown(session) == before


async def test_the_digits_of_the_call_are_not_tried_out(database: Database) -> None:
    async with database.transaction() as session:
        scene = await make_scene(session)
    officer, proposal = scene.school.officer, scene.added
    subject = f"proposal:{proposal.public_id}"
    for number in range(5):
        guess = f"{(int(proposal.callback_code) + 1 + number) % 10**6:06}"
        typed = guess.replace("0", FULL_WIDTH_ZERO)
        with pytest.raises(CallbackCodeWrong):
            await as_a_page_does(
                database,
                Attack(subject, (), lambda s, t=typed: approve(s, officer, proposal, callback_code=t)),
            )
    for actor in (officer, scene.school.second):
        with pytest.raises(TooManyWrongCodes):
            await as_a_page_does(database, Attack(subject, (), lambda s, a=actor: approve(s, a, proposal)))
    async with database.reading() as session:
        assert await shown(session) == [HOTLINE, OTHERS]


async def test_whoever_comes_by_an_old_invitation_has_no_hotline_to_change(database: Database) -> None:
    async with database.transaction() as session:
        scene = await make_scene(session)
        invitation = await staff.give_role(
            session,
            office=await session.get_one(models.Office, scene.school.person.office_id),
            role=Role.SCHOOL_STAFF,
            name="Người Mới",
            email="moi@vi-du.example",
            granted_by="operator:test",
            now=NOW,
        )
        assert isinstance(invitation, models.Invitation)
        link = await invitations.make_link(
            session, actor=scene.outsiders["an administrator"], invitation_id=invitation.public_id, now=NOW
        )
    for spoken, after in (
        (link.spoken_code, invitations.INVITATION_LASTS),
        ("000000" if link.spoken_code != "000000" else "111111", timedelta()),
    ):
        with pytest.raises(InvitationNotValid):
            await joining.open_invitation(database, link.token, spoken, sealer=SEALER, now=NOW + after)


async def test_of_eight_who_approve_each_hotline_at_once_exactly_one_decides(database: Database) -> None:
    async with database.transaction() as session:
        school = await make_school_with_staff(session)
        office = await session.get_one(models.Office, school.officer.office_id)
        racing = [await make_actor(session, Role.EDUCATION_OFFICER, office) for _ in range(APPROVERS)]
        proposals = [
            await add(session, school.person, school.owner, f"+842633{222000 + number}")
            for number in range(RACES)
        ]
    decided: dict[str, int] = {proposal.public_id: 0 for proposal in proposals}

    async def decide_all(actor: Actor, order: random.Random) -> None:
        for block in range(0, RACES, 10):
            here = proposals[block : block + 10]
            order.shuffle(here)
            for proposal in here:
                try:
                    async with database.transaction() as session:
                        await approve(session, actor, proposal)
                except AlreadyDecided:
                    continue
                decided[proposal.public_id] += 1

    orders = [random.Random(seed) for seed in range(APPROVERS)]  # noqa: S311 - an order of trying
    await asyncio.gather(*map(decide_all, racing, orders))
    assert set(decided.values()) == {1}
    async with database.reading() as session:
        assert len(await contacts.active_contacts(session, NOW)) == RACES
        assert await session.scalar(select(func.count()).select_from(models.Approval)) == RACES
        assert isinstance(await audit.verify(session), audit.Verified)
