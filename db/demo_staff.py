"""Demo staff: invented people with a password and a second factor that everybody may know.

They are there only while the demo is served; `db.signing_in` lets nobody of them in otherwise.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pwdlib import PasswordHash
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db import audit, identity, joining, models, passwords, rights, second_factor, staff
from db.demo import XUAN_HUONG
from db.models import OfficeKind, Role
from db.sealing import Sealer

PASSWORD: Final = "thu-nghiem-vi-du-1384"  # noqa: S105  # a demo's password is no secret
TOTP_SECRET: Final = "GOILAIVIDUGOILAIVIDUGOILAIVIDU23"  # noqa: S105  # nor is its second factor
GRANTED_BY: Final = "release:demo"
PROVINCE: Final = "Lâm Đồng"


@dataclass(frozen=True, slots=True)
class DemoOffice:
    """An invented office."""

    kind: OfficeKind
    name: str
    communes: tuple[str, ...] = ()
    levels: str = ""
    school: str = ""
    """Name of its demo school."""
    organisation: str = ""
    """Key of the demo organisation whose contacts it keeps."""


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """An invented person."""

    email: str
    name: str
    office: OfficeKind
    role: Role


OFFICES: Final = (
    DemoOffice(OfficeKind.SCHOOL, "Trường Tiểu học Ví Dụ Hoa Sen", school="Ví Dụ Hoa Sen"),
    DemoOffice(
        OfficeKind.EDUCATION_OFFICE,
        "Phòng Văn hóa – Xã hội phường Ví Dụ",
        communes=(XUAN_HUONG,),
        levels=rights.LEVELS_OF_A_COMMUNE,
    ),
    DemoOffice(
        OfficeKind.EDUCATION_DEPARTMENT,
        "Sở Giáo dục và Đào tạo Ví Dụ",
        levels=rights.LEVELS_OF_A_PROVINCE,
    ),
    DemoOffice(
        OfficeKind.COMMUNE_POLICE,
        "Công an phường Ví Dụ",
        communes=(XUAN_HUONG,),
        organisation="police:vi-du-xuan-huong",
    ),
    DemoOffice(OfficeKind.PROVINCE_POLICE, "Công an tỉnh Ví Dụ"),
    DemoOffice(OfficeKind.INFORMATION_OFFICE, "Phòng Thông tin Ví Dụ"),
    DemoOffice(OfficeKind.OPERATOR, "Nhóm vận hành Ví Dụ"),
)

PEOPLE: Final = (
    DemoPerson("truong@vi-du.example", "Cô Sen Ví Dụ", OfficeKind.SCHOOL, Role.SCHOOL_STAFF),
    DemoPerson("phong@vi-du.example", "Chị Mai Ví Dụ", OfficeKind.EDUCATION_OFFICE, Role.EDUCATION_OFFICER),
    DemoPerson(
        "so@vi-du.example", "Anh Thông Ví Dụ", OfficeKind.EDUCATION_DEPARTMENT, Role.EDUCATION_OFFICER
    ),
    DemoPerson("congan@vi-du.example", "Anh Lâm Ví Dụ", OfficeKind.COMMUNE_POLICE, Role.POLICE_OFFICER),
    DemoPerson("chihuy@vi-du.example", "Chị Đào Ví Dụ", OfficeKind.PROVINCE_POLICE, Role.POLICE_SUPERVISOR),
    DemoPerson("chihuy2@vi-du.example", "Anh Bằng Ví Dụ", OfficeKind.PROVINCE_POLICE, Role.POLICE_SUPERVISOR),
    DemoPerson(
        "thongtin@vi-du.example", "Chị Cúc Ví Dụ", OfficeKind.INFORMATION_OFFICE, Role.INFORMATION_OFFICER
    ),
    DemoPerson("quantri@vi-du.example", "Anh Tùng Ví Dụ", OfficeKind.OPERATOR, Role.ADMINISTRATOR),
    DemoPerson("quantri2@vi-du.example", "Chị Lan Ví Dụ", OfficeKind.OPERATOR, Role.ADMINISTRATOR),
    DemoPerson("kiemtra@vi-du.example", "Anh Bách Ví Dụ", OfficeKind.OPERATOR, Role.AUDITOR),
)


def code_now(now: datetime) -> str:
    """The code of the demo's second factor at this moment."""
    return second_factor.code_at(TOTP_SECRET, now)


async def load_demo_staff(
    session: AsyncSession, *, sealer: Sealer, now: datetime, hasher: PasswordHash = passwords.HASHER
) -> None:
    """Add what is missing of the demo's offices and people; the demo's records are there already.

    The second factor is sealed anew: a demo may have another secret each time it starts.
    """
    offices = {demo.kind: await _office(session, demo, now) for demo in OFFICES}
    sealed = sealer.seal(TOTP_SECRET)
    hash_ = ""
    for person in PEOPLE:
        member = await session.scalar(
            select(models.StaffMember).where(
                models.StaffMember.email_key == identity.person_key(person.email)
            )
        )
        if member is None:
            hash_ = hash_ or await passwords.hashed(PASSWORD, hasher)
            await joining.add_member(
                session,
                name=person.name,
                email=person.email,
                password_hash=hash_,
                totp_secret=sealed,
                totp_last_step=None,
                office_id=offices[person.office].id,
                role=person.role,
                granted_by=GRANTED_BY,
                is_example=True,
                now=now,
            )
        else:
            member.totp_secret = sealed
    await session.flush()


async def remove_demo_staff(session: AsyncSession, *, now: datetime) -> int:
    """Put the demo's people out and close its offices; how many people there were. Their history stays."""
    people = (
        await session.scalars(
            update(models.StaffMember)
            .where(models.StaffMember.is_example, models.StaffMember.status == models.StaffStatus.ACTIVE)
            .values(status=models.StaffStatus.DISABLED, disabled_at=now)
            .returning(models.StaffMember.id)
        )
    ).all()
    await session.execute(
        update(models.Membership)
        .where(models.Membership.staff_id.in_(people), models.Membership.until.is_(None))
        .values(until=now)
    )
    await session.execute(
        update(models.StaffSession)
        .where(models.StaffSession.staff_id.in_(people), models.StaffSession.ended_at.is_(None))
        .values(ended_at=now)
    )
    await session.execute(
        update(models.Office)
        .where(models.Office.is_example, models.Office.active)
        .values(active=False, school_id=None, organisation_id=None)
    )
    if people:
        await audit.record(
            session,
            actor=None,
            action="staff.remove_demo",
            subject="staff:demo",
            facts={"people": str(len(people))},
            now=now,
        )
    return len(people)


async def _office(session: AsyncSession, demo: DemoOffice, now: datetime) -> models.Office:
    office = await session.scalar(
        select(models.Office).where(
            models.Office.is_example, models.Office.active, models.Office.name == demo.name
        )
    )
    if office is not None:
        return office
    return await staff.add_office(
        session,
        actor=None,
        kind=demo.kind,
        name=demo.name,
        province=PROVINCE,
        communes=demo.communes,
        levels=demo.levels,
        school_id=await session.scalar(
            select(models.School.id)
            .where(models.School.is_example, models.School.name == demo.school)
            .limit(1)
        ),
        organisation_id=await session.scalar(
            select(models.Organisation.id)
            .where(models.Organisation.is_example, models.Organisation.key == demo.organisation)
            .limit(1)
        ),
        is_example=True,
        now=now,
    )
