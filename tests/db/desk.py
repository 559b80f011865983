"""Builders of staff for tests: offices, people with a role, and the sign-in they act in."""

import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Final

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from db import joining, models, rights, second_factor, signing_in, staff
from db.approval_rules import ProposalKind
from db.approvals import propose
from db.engine import Database
from db.models import OfficeKind, Role
from db.rights import Actor
from db.sealing import Sealer
from tests.builders import NOW
from tests.db.builders import COMMUNE, make_commune

SEALER: Final = Sealer(b"a secret of the tests, long enough")
HASHER: Final = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
"""As weak as can be: the tests sign in often."""
PASSWORD: Final = "bánh mì chả lụa buổi sáng"
SECRET: Final = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
ADDRESS: Final = "192.0.2.1"
PROVINCE: Final = "Lâm Đồng"

LEVELS: Final[Mapping[OfficeKind, str]] = {
    OfficeKind.EDUCATION_OFFICE: rights.LEVELS_OF_A_COMMUNE,
    OfficeKind.EDUCATION_DEPARTMENT: rights.LEVELS_OF_A_PROVINCE,
}
OFFICE_OF: Final[Mapping[Role, OfficeKind]] = {
    Role.SCHOOL_STAFF: OfficeKind.SCHOOL,
    Role.EDUCATION_OFFICER: OfficeKind.EDUCATION_OFFICE,
    Role.INFORMATION_OFFICER: OfficeKind.INFORMATION_OFFICE,
    Role.POLICE_OFFICER: OfficeKind.COMMUNE_POLICE,
    Role.POLICE_SUPERVISOR: OfficeKind.PROVINCE_POLICE,
    Role.ADMINISTRATOR: OfficeKind.OPERATOR,
    Role.AUDITOR: OfficeKind.OPERATOR,
}


def code_at(now: datetime, *, secret: str = SECRET) -> str:
    return second_factor.code_at(secret, now)


async def make_office(
    session: AsyncSession,
    kind: OfficeKind = OfficeKind.COMMUNE_POLICE,
    name: str = "",
    *,
    communes: tuple[str, ...] = (COMMUNE,),
    province: str = PROVINCE,
    school_id: int | None = None,
    organisation_id: int | None = None,
    is_example: bool = False,
) -> models.Office:
    of_communes = kind in (OfficeKind.EDUCATION_OFFICE, OfficeKind.COMMUNE_POLICE)
    for code in communes if of_communes else ():
        if await session.get(models.Commune, code) is None:
            await make_commune(session, code)
    return await staff.add_office(
        session,
        actor=None,
        kind=kind,
        name=name or f"Cơ quan Ví Dụ ({kind.value})",
        province=province,
        communes=communes if of_communes else (),
        levels=LEVELS.get(kind, ""),
        school_id=school_id,
        organisation_id=organisation_id,
        is_example=is_example,
        now=NOW,
    )


async def make_actor(
    session: AsyncSession,
    role: Role = Role.POLICE_OFFICER,
    office: models.Office | None = None,
    *,
    email: str = "",
    name: str = "Người Ví Dụ",
    is_example: bool = False,
    now: datetime = NOW,
) -> Actor:
    """Somebody who signed in just now."""
    office = office or await make_office(session, OFFICE_OF[role])
    member, membership = await joining.add_member(
        session,
        name=name,
        email=email or f"{secrets.token_hex(6)}@vi-du.example",
        password_hash=HASHER.hash(PASSWORD),
        totp_secret=SEALER.seal(SECRET),
        totp_last_step=None,
        office_id=office.id,
        role=role,
        granted_by="operator:test",
        is_example=is_example,
        now=now,
    )
    assert member.id == membership.staff_id
    return await signing_in.begin_session(session, membership, secrets.token_urlsafe(32), now)


async def later(session: AsyncSession, actor: Actor, now: datetime) -> Actor:
    """The same person, still at work and with the second factor proven anew."""
    row = await session.get_one(models.StaffSession, actor.session_id)
    row.last_seen_at = row.stepped_up_at = now
    row.created_at = max(row.created_at, now - timedelta(hours=1))
    await session.flush()
    return Actor(**{**{name: getattr(actor, name) for name in actor.__slots__}, "stepped_up_at": now})


async def make_confirmation(
    session: AsyncSession, actor: Actor, key: str = "+84912000099", *, now: datetime = NOW, **fields: str
) -> models.Proposal:
    """A proposal to confirm a number."""
    return await propose(
        session,
        actor=actor,
        kind=ProposalKind.CONFIRM_INDICATOR,
        payload={
            "kind": "number",
            "key": key,
            "source": "đơn trình báo",
            "verified_at": "2026-11-20",
            **fields,
        },
        reason="ba người báo",
        document="12/TB-CA",
        now=now,
    )


def contact_payload(owner: str, key: str = "+842633111222", **fields: str) -> dict[str, str]:
    return {
        "owner": owner,
        "kind": "number",
        "key": key,
        "label": "đường dây nóng",
        "source": "công văn của trường",
        "verified_at": "2026-11-20",
        **fields,
    }


@asynccontextmanager
async def tampering(database: Database) -> AsyncIterator[AsyncSession]:
    """A transaction of somebody who owns the database and goes around the triggers."""
    async with database.transaction() as session:
        if database.dialect == "sqlite":
            for name in ("update", "delete"):
                await session.execute(text(f"DROP TRIGGER audit_entry_no_{name}"))
        else:
            await session.execute(text("SET LOCAL session_replication_role = replica"))
        yield session


async def audit_of(session: AsyncSession, subject: str = "") -> list[tuple[str, str]]:
    """Actions and outcomes of the audit, in order; about a subject, or all."""
    rows = await session.execute(
        select(models.AuditEntry.action, models.AuditEntry.outcome, models.AuditEntry.subject).order_by(
            models.AuditEntry.seq
        )
    )
    return [(row.action, row.outcome.value) for row in rows if not subject or row.subject == subject]
