"""Builders of rows for tests: every field has a plausible default."""

from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from db import contacts, indicators, models, organisations, people, places, schools
from scamcheck.claims import OwnerKind
from scamcheck.knowledge import IdentifierKind
from tests.builders import NOW

COMMUNE = "24736"


async def make_commune(
    session: AsyncSession, code: str = COMMUNE, name: str = "xã Ví Dụ", *, old_names: tuple[str, ...] = ()
) -> str:
    await places.put_commune(
        session,
        code=code,
        name=name,
        province="Lâm Đồng",
        old_names=old_names,
        source="a test",
        approved_by="operator:test",
        now=NOW,
    )
    return code


async def make_school(
    session: AsyncSession,
    name: str = "Nguyễn Ví Dụ",
    *,
    level: str = "thcs",
    commune_code: str = COMMUNE,
    aliases: tuple[str, ...] = (),
    now: datetime = NOW,
) -> models.School:
    if await session.get(models.Commune, commune_code) is None:
        await make_commune(session, commune_code)
    return await schools.add_school(
        session,
        level=level,
        name=name,
        commune_code=commune_code,
        aliases=aliases,
        source="a test",
        approved_by="operator:test",
        now=now,
    )


async def make_organisation(
    session: AsyncSession,
    kind: OwnerKind = OwnerKind.BANK,
    key: str = "970436",
    *,
    commune_code: str | None = None,
) -> models.Organisation:
    return await organisations.add_organisation(
        session,
        kind=kind,
        key=key,
        name="Ngân hàng Ví Dụ",
        short_name="Ví Dụ",
        commune_code=commune_code,
        source="a test",
        approved_by="operator:test",
        now=NOW,
    )


async def make_contact(
    session: AsyncSession,
    owner: models.School | models.Organisation,
    key: str = "+84912000001",
    *,
    kind: IdentifierKind = IdentifierKind.NUMBER,
    hours: str = "",
    expires_at: datetime | None = None,
    is_example: bool = False,
) -> models.Contact:
    return await contacts.add_contact(
        session,
        owner=owner,
        kind=kind,
        key=key,
        label="đường dây nóng",
        hours=hours,
        source="a test",
        verified_at=date(2026, 9, 1),
        expires_at=expires_at,
        approved_by="operator:test",
        is_example=is_example,
        now=NOW,
    )


async def make_indicator(
    session: AsyncSession,
    key: str = "+84912000099",
    *,
    kind: IdentifierKind = IdentifierKind.NUMBER,
    expires_at: datetime | None = None,
    is_example: bool = False,
    now: datetime = NOW,
) -> models.Indicator:
    return await indicators.confirm_indicator(
        session,
        kind=kind,
        key=key,
        confirmed_by="Công an Ví Dụ",
        source="a test",
        verified_at=date(2026, 11, 1),
        expires_at=expires_at,
        approved_by="operator:test",
        is_example=is_example,
        now=now,
    )


async def make_conversation(
    session: AsyncSession, address: str = "1001", *, channel: str = "telegram", now: datetime = NOW
) -> models.Conversation:
    return await people.conversation_for(
        session, channel=channel, bot_account="bot", address=address, now=now
    )
