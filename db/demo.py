"""Demo records: invented owners called "Ví Dụ", numbers that nobody can have. Never served to the public."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from db import changes, contacts, indicators, models, organisations, schools
from scamcheck.claims import OwnerKind
from scamcheck.knowledge import IdentifierKind, active

APPROVED_BY: Final = "release:demo"
SOURCE: Final = "bản dùng thử, không có thật"
UNIT: Final = "Công an Ví Dụ"


@dataclass(frozen=True, slots=True)
class DemoContact:
    """A number of a demo owner."""

    key: str
    label: str = "đường dây nóng"
    hours: str = ""
    is_backup: bool = False
    kind: IdentifierKind = IdentifierKind.NUMBER


@dataclass(frozen=True, slots=True)
class DemoSchool:
    """A demo school in a real commune."""

    level: str
    name: str
    commune_code: str
    old_district: str
    contacts: tuple[DemoContact, ...] = ()
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DemoOrganisation:
    """A demo organisation; a police unit in a real commune."""

    kind: OwnerKind
    key: str
    name: str
    short_name: str
    contacts: tuple[DemoContact, ...]
    commune_code: str | None = None


XUAN_HUONG: Final = "24781"
DUC_LAP: Final = "24664"
BAC_GIA_NGHIA: Final = "24611"
PHAN_THIET: Final = "22945"

SCHOOLS: Final = (
    DemoSchool(
        level="TH",
        name="Ví Dụ Hoa Sen",
        commune_code=XUAN_HUONG,
        old_district="Thành phố Đà Lạt",
        contacts=(
            DemoContact("+842630111001", hours="T2-T6 06:45-17:30"),
            DemoContact("+84530111001", label="trực ngoài giờ", is_backup=True),
        ),
        aliases=("Hoa Sen Ví Dụ",),
    ),
    DemoSchool(
        level="THCS",
        name="Ví Dụ Bằng Lăng",
        commune_code=XUAN_HUONG,
        old_district="Thành phố Đà Lạt",
        contacts=(
            DemoContact("+842630111002", hours="T2-T6 06:30-17:00; T7 06:30-11:30"),
            DemoContact("+84530111002", label="trực ngoài giờ", is_backup=True),
        ),
    ),
    DemoSchool(
        level="THCS",
        name="Ví Dụ Bằng Lăng",
        commune_code=DUC_LAP,
        old_district="Huyện Đắk Mil",
        contacts=(DemoContact("+842610111003", hours="T2-T6 06:30-17:00"),),
    ),
    DemoSchool(
        level="MN",
        name="Ví Dụ Họa Mi",
        commune_code=BAC_GIA_NGHIA,
        old_district="Thành phố Gia Nghĩa",
        contacts=(DemoContact("+842610111004"),),
    ),
    DemoSchool(
        level="THPT",
        name="Ví Dụ Thông Xanh",
        commune_code=BAC_GIA_NGHIA,
        old_district="Thành phố Gia Nghĩa",
    ),
    DemoSchool(
        level="TH&THCS",
        name="Ví Dụ Sóng Biển",
        commune_code=PHAN_THIET,
        old_district="Thành phố Phan Thiết",
        contacts=(
            DemoContact("+842520111006", hours="T2-T6 06:45-17:00"),
            DemoContact(
                "970436:0000000111", label="tài khoản thu của trường", kind=IdentifierKind.BANK_ACCOUNT
            ),
        ),
    ),
)
"""One has no hotline; two have the same name in different communes."""

ORGANISATIONS: Final = (
    DemoOrganisation(
        kind=OwnerKind.POLICE,
        key="police:vi-du-xuan-huong",
        name="Công an phường Xuân Hương - Đà Lạt (Ví Dụ)",
        short_name="Công an phường (Ví Dụ)",
        contacts=(DemoContact("+842630111113", label="trực ban"),),
        commune_code=XUAN_HUONG,
    ),
    DemoOrganisation(
        kind=OwnerKind.POLICE,
        key="police:vi-du-bac-gia-nghia",
        name="Công an phường Bắc Gia Nghĩa (Ví Dụ)",
        short_name="Công an phường (Ví Dụ)",
        contacts=(DemoContact("+842610111113", label="trực ban"),),
        commune_code=BAC_GIA_NGHIA,
    ),
    DemoOrganisation(
        kind=OwnerKind.HOSPITAL,
        key="hospital:vi-du",
        name="Bệnh viện Ví Dụ",
        short_name="Ví Dụ",
        contacts=(DemoContact("+842630111115", label="tổng đài bệnh viện"),),
    ),
    DemoOrganisation(
        kind=OwnerKind.BANK,
        key="bank:vi-du",
        name="Ngân hàng Ví Dụ",
        short_name="Ví Dụ",
        contacts=(DemoContact("+841900000001", label="tổng đài ngân hàng"),),
    ),
)

CONFIRMED: Final = (
    (IdentifierKind.NUMBER, "+84530000113"),
    (IdentifierKind.NUMBER, "+84531000156"),
    (IdentifierKind.BANK_ACCOUNT, "970436:0000000113"),
    (IdentifierKind.LINK, "hoan-hoc-phi.vi-du.example"),
)
WARNED: Final = ((IdentifierKind.NUMBER, "+84530000114"),)


async def load_demo(session: AsyncSession, now: datetime) -> None:
    """Add what is missing of the demo records; the communes are those of `db.reference`.

    Confirmations and the temporary warning count again from now once they have expired.
    """
    for school in SCHOOLS:
        await _load_school(session, school, now)
    for organisation in ORGANISATIONS:
        await _load_organisation(session, organisation, now)
    for kind, key in CONFIRMED:
        if not await _counts(session, kind, key, now):
            await indicators.confirm_indicator(
                session,
                kind=kind,
                key=key,
                confirmed_by=UNIT,
                source=SOURCE,
                verified_at=now.date() - timedelta(days=3),
                approved_by=APPROVED_BY,
                is_example=True,
                now=now,
            )
    for kind, key in WARNED:
        if not await _counts(session, kind, key, now):
            await indicators.warn_temporarily(
                session,
                kind=kind,
                key=key,
                confirmed_by=UNIT,
                source=SOURCE,
                verified_at=now.date(),
                approved_by=APPROVED_BY,
                is_example=True,
                now=now,
            )


async def remove_demo(session: AsyncSession, now: datetime) -> int:
    """Remove every demo record, and say how many there were. Follows of demo schools go with them."""
    await changes.one_at_a_time(session)
    removed = 0
    for table, kind in (
        (models.Contact, models.RecordKind.CONTACT),
        (models.Indicator, models.RecordKind.INDICATOR),
        (models.School, models.RecordKind.SCHOOL),
        (models.Organisation, models.RecordKind.ORGANISATION),
    ):
        ids = (await session.scalars(delete(table).where(table.is_example).returning(table.id))).all()
        for id_ in ids:
            changes.record_change(session, kind, str(id_), models.Operation.REMOVED, now=now)
        removed += len(ids)
    scripts = delete(models.Script).where(models.Script.is_example).returning(models.Script.key)
    for key in (keys := (await session.scalars(scripts)).all()):
        changes.record_change(session, models.RecordKind.SCRIPT, key, models.Operation.REMOVED, now=now)
    protected = delete(models.ProtectedIdentifier).where(models.ProtectedIdentifier.is_example)
    unprotected = (await session.scalars(protected.returning(models.ProtectedIdentifier.id))).all()
    return removed + len(keys) + len(unprotected)


async def has_demo(session: AsyncSession) -> bool:
    """Whether any demo record is there, so that it can be refused in public."""
    for table in (
        models.Contact,
        models.Indicator,
        models.School,
        models.Organisation,
        models.Script,
        models.ProtectedIdentifier,
    ):
        if await session.scalar(select(table.id).where(table.is_example).limit(1)) is not None:
            return True
    return False


async def _load_school(session: AsyncSession, demo: DemoSchool, now: datetime) -> None:
    try:
        school = await schools.add_school(
            session,
            level=demo.level,
            name=demo.name,
            commune_code=demo.commune_code,
            old_district=demo.old_district,
            aliases=demo.aliases,
            source=SOURCE,
            verified_at=now.date(),
            approved_by=APPROVED_BY,
            is_example=True,
            now=now,
        )
    except schools.SchoolAlreadyRecorded:
        return
    await _load_contacts(session, school, demo.contacts, now)


async def _load_organisation(session: AsyncSession, demo: DemoOrganisation, now: datetime) -> None:
    try:
        organisation = await organisations.add_organisation(
            session,
            kind=demo.kind,
            key=demo.key,
            name=demo.name,
            short_name=demo.short_name,
            commune_code=demo.commune_code,
            source=SOURCE,
            verified_at=now.date(),
            approved_by=APPROVED_BY,
            is_example=True,
            now=now,
        )
    except organisations.OrganisationAlreadyRecorded:
        return
    await _load_contacts(session, organisation, demo.contacts, now)


async def _load_contacts(
    session: AsyncSession,
    owner: models.School | models.Organisation,
    demo: tuple[DemoContact, ...],
    now: datetime,
) -> None:
    for contact in demo:
        await contacts.add_contact(
            session,
            owner=owner,
            kind=contact.kind,
            key=contact.key,
            label=contact.label,
            hours=contact.hours,
            is_backup=contact.is_backup,
            source=SOURCE,
            verified_at=now.date(),
            approved_by=APPROVED_BY,
            is_example=True,
            now=now,
        )


async def _counts(session: AsyncSession, kind: IdentifierKind, key: str, now: datetime) -> bool:
    listed = await indicators.listed_indicator(session, kind, key)
    return listed is not None and active(listed.expires_at, now)
