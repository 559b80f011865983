"""The machine of the two-person engine, with what administrators decide: areas, and lost second factors."""

from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.stateful import multiple, rule
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db import approvals, factor_renewal, invitations, joining, models, rights, second_factor
from db.approval_rules import ProposalKind
from db.models import OfficeKind, Role
from db.rights import Actor
from db.signing_in import SignInRefused
from tests.db.approval_machine import OTHER_COMMUNE, TWISTS, ApprovalMachine, Decision, seen_of
from tests.db.builders import COMMUNE
from tests.db.desk import ADDRESS, HASHER, PASSWORD, SEALER, make_office

AREAS: Final = (COMMUNE, OTHER_COMMUNE, f"{COMMUNE} {OTHER_COMMUNE}")
KEYS_OF_A_RETURN: Final = ("all", "no link", "wrong spoken code", "wrong password", "old second factor")


class AdministratorsMachine(ApprovalMachine):
    """Also who lost a phone, and what an office works for."""

    def __init__(self) -> None:
        super().__init__()
        self.areas: dict[str, set[str]] = {}
        """What two administrators said that an office works for, by its public id."""
        self.without_factor: set[str] = set()
        """Public ids of those whose second factor two administrators ended, and who have no new one yet."""
        self.returned = 0

    def approved(self, decision: Decision) -> None:
        match decision.kind:
            case ProposalKind.CHANGE_OFFICE:
                self.areas[decision.payload["office"]] = set(decision.payload["communes"].split())
            case ProposalKind.RESET_SECOND_FACTOR:
                assert decision.payload["staff"] not in (decision.proposer, decision.approver)
                self.without_factor.add(decision.payload["staff"])
            case _:
                pass

    async def area_proposal(
        self, session: AsyncSession, actor: Actor, office_id: int, area: str
    ) -> models.Proposal:
        office = await session.get_one(models.Office, office_id)
        return await approvals.propose(
            session,
            actor=actor,
            kind=ProposalKind.CHANGE_OFFICE,
            payload={"office": office.public_id, "version": str(office.version), "communes": area},
            reason="quyết định mới",
            now=self.now,
        )

    async def reset_proposal(self, session: AsyncSession, actor: Actor, person: Actor) -> models.Proposal:
        return await approvals.propose(
            session,
            actor=actor,
            kind=ProposalKind.RESET_SECOND_FACTOR,
            payload={"staff": person.public_id},
            reason="mất điện thoại",
            now=self.now,
        )

    @rule(target=ApprovalMachine.proposals, actor=ApprovalMachine.people, area=st.sampled_from(AREAS))
    def propose_area(self, actor: Actor, area: str) -> Any:
        office_id = self.office[OfficeKind.COMMUNE_POLICE].id
        made = self.run(self.act(actor, lambda session: self.area_proposal(session, actor, office_id, area)))
        return multiple() if made is None else seen_of(made)

    @rule(target=ApprovalMachine.proposals, actor=ApprovalMachine.people, person=ApprovalMachine.people)
    def propose_reset(self, actor: Actor, person: Actor) -> Any:
        made = self.run(self.act(actor, lambda session: self.reset_proposal(session, actor, person)))
        return multiple() if made is None else seen_of(made)

    @rule(
        target=ApprovalMachine.people,
        twist=st.sampled_from((*TWISTS, "helps themselves")),
        approver=ApprovalMachine.people,
        person=ApprovalMachine.people,
        new=st.booleans(),
        has=st.sampled_from(KEYS_OF_A_RETURN),
    )
    def a_phone_is_lost(  # who, and what comes between
        self, twist: str, approver: Actor, person: Actor, new: bool, has: str
    ) -> Any:
        proposer, approver = self.administrators(twist, approver)
        if twist == "helps themselves":
            person = approver
        elif new:  # most of those who were there long have left meanwhile
            person = self.join(role=Role.POLICE_OFFICER, at_province=True)
        self.go_on(proposer, approver, twist, lambda session: self.reset_proposal(session, proposer, person))
        return self.come_back(person=person, has=has)

    @rule(twist=st.sampled_from(TWISTS), approver=ApprovalMachine.people, area=st.sampled_from(AREAS))
    def an_office_works_elsewhere(self, twist: str, approver: Actor, area: str) -> None:
        proposer, approver = self.administrators(twist, approver)

        async def open_office() -> int:
            async with self.database.transaction() as session:
                office = await make_office(session, name=f"Công an {self.steps}")
                self.areas[office.public_id] = {COMMUNE}
                return office.id

        office_id = self.run(open_office())
        self.go_on(
            proposer,
            approver,
            twist,
            lambda session: self.area_proposal(session, proposer, office_id, area),
        )

    def administrators(self, twist: str, approver: Actor) -> tuple[Actor, Actor]:
        """Two new ones; the second is somebody else in one of the twists."""
        proposer = self.join(role=Role.ADMINISTRATOR, at_province=True)
        if twist != "whoever":
            approver = self.join(role=Role.ADMINISTRATOR, at_province=True)
        return proposer, approver

    @rule(
        target=ApprovalMachine.people,
        person=ApprovalMachine.people,
        has=st.sampled_from(KEYS_OF_A_RETURN),
    )
    def come_back(self, person: Actor, has: str) -> Any:
        """Somebody without a second factor sets up a new one, or a thief of their link tries to."""
        back = self.run(self.renewed(person, has))
        if back is None:
            return multiple()
        assert has == "all"
        assert person.public_id in self.without_factor
        self.without_factor.discard(person.public_id)
        self.returned += 1
        return back

    async def renewed(self, person: Actor, has: str) -> Actor | None:
        async with self.database.transaction() as session:
            invitation = await session.scalar(
                select(models.Invitation).where(
                    models.Invitation.staff_id == person.staff_id,
                    models.Invitation.used_at.is_(None),
                    models.Invitation.withdrawn_at.is_(None),
                )
            )
            if invitation is None:
                return None
            link = await invitations.make_link(
                session, actor=self.administrator, invitation_id=invitation.public_id, now=self.now
            )
        token = "a token that was guessed" if has == "no link" else link.token
        wrong = "000000" if link.spoken_code != "000000" else "111111"
        spoken = wrong if has == "wrong spoken code" else link.spoken_code
        code = second_factor.code_at(joining.enrolment_secret(token, spoken, SEALER), self.now)
        try:
            accepted = await factor_renewal.renew_second_factor(
                self.database,
                token,
                spoken,
                password="một mật khẩu đoán mò" if has == "wrong password" else PASSWORD,
                code="000000" if has == "old second factor" and code != "000000" else code,
                address=ADDRESS,
                sealer=SEALER,
                now=self.now,
                hasher=HASHER,
            )
        except (joining.InvitationNotValid, SignInRefused, PermissionError):
            return None
        async with self.database.reading() as session:
            await rights.standing(session, accepted.signed_in.actor.membership_id)
        return accepted.signed_in.actor

    async def check_records(self) -> None:
        await super().check_records()
        async with self.database.reading() as session:
            areas: dict[str, set[str]] = {}
            for office, code in await session.execute(
                select(models.Office.public_id, models.OfficeCommune.commune_code).join(models.OfficeCommune)
            ):
                areas.setdefault(office, set()).add(code)
            first = self.office[OfficeKind.COMMUNE_POLICE].public_id
            assert areas == {first: {COMMUNE}} | self.areas
            without = await session.scalars(
                select(models.StaffMember.public_id).where(models.StaffMember.totp_secret == "")
            )
            assert set(without) == self.without_factor
