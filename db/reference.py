"""What a release ships: communes, national short numbers, scripts. Loading them again changes nothing."""

import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from importlib.metadata import version
from importlib.resources import files
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from db import contacts, organisations, places, scripts
from scamcheck import places as shipped_places
from scamcheck import scripts as shipped_scripts
from scamcheck.claims import OwnerKind
from scamcheck.knowledge import IdentifierKind


@dataclass(frozen=True, slots=True)
class NationalNumber:
    """A short number that can be dialled from anywhere in Vietnam, free of charge."""

    digits: str
    owner: OwnerKind
    name: str
    label: str
    source: str


NATIONAL_NUMBERS_AS_OF: Final = date(2026, 11, 24)
NATIONAL_NUMBERS: Final = (
    NationalNumber(
        digits="113",
        owner=OwnerKind.POLICE,
        name="Công an 113",
        label="khi đang bị đe dọa hoặc vừa mất tiền",
        source="national numbering plan",
    ),
    NationalNumber(
        digits="114",
        owner=OwnerKind.POLICE,
        name="Cảnh sát phòng cháy, chữa cháy 114",
        label="cháy, mắc kẹt, cứu nạn",
        source="national numbering plan",
    ),
    NationalNumber(
        digits="115",
        owner=OwnerKind.AGENCY,
        name="Cấp cứu 115",
        label="khi có người bị thương hoặc đau nặng",
        source="national numbering plan",
    ),
    NationalNumber(
        digits="111",
        owner=OwnerKind.AGENCY,
        name="Tổng đài quốc gia bảo vệ trẻ em 111",
        label="khi trẻ em gặp nguy hiểm",
        source="national numbering plan",
    ),
    NationalNumber(
        digits="112",
        owner=OwnerKind.AGENCY,
        name="Tổng đài 112",
        label="thiên tai, sự cố, cứu nạn",
        source="Prime Minister's decision 2024/QĐ-TTg of 15 September 2025",
    ),
    NationalNumber(
        digits="156",
        owner=OwnerKind.AGENCY,
        name="Đầu số 156",
        label="báo cuộc gọi rác, cuộc gọi lừa đảo",
        source="telecom authority's notice, in use since 1 November 2022",
    ),
    NationalNumber(
        digits="5656",
        owner=OwnerKind.AGENCY,
        name="Đầu số 5656",
        label="báo tin nhắn rác, tin nhắn lừa đảo",
        source="telecom authority's notice, Decree 91/2020/NĐ-CP",
    ),
)


async def load_reference(session: AsyncSession, now: datetime) -> None:
    """Bring what this release ships into the record. Loading the same release again changes nothing."""
    if session.get_bind().dialect.name == "postgresql":
        # Processes that start together all do this: whoever comes second waits until the first has filled it.
        for setting in ("lock_timeout", "statement_timeout"):
            await session.execute(text(f"SET LOCAL {setting} = '10min'"))
    approved_by = f"release:{version('goilai')}"
    table = tomllib.loads((files("scamcheck") / "data" / "communes.toml").read_text(encoding="utf-8"))
    _recorded = await places.recorded_communes(session)  # in one go; each is looked at below
    for commune in shipped_places.shipped():
        await places.put_commune(
            session,
            code=commune.code,
            name=commune.name,
            province=commune.province,
            old_names=commune.old_names,
            source=table["source"],
            verified_at=table["as_of"],
            approved_by=approved_by,
            now=now,
        )
    for number in NATIONAL_NUMBERS:
        await _put_national_number(session, number, approved_by=approved_by, now=now)
    as_of = tomllib.loads((files("scamcheck") / "data" / "scripts.toml").read_text(encoding="utf-8"))["as_of"]
    await scripts.put_shipped_scripts(
        session, shipped_scripts.shipped(), verified_at=as_of, approved_by=approved_by, now=now
    )


async def _put_national_number(
    session: AsyncSession, number: NationalNumber, *, approved_by: str, now: datetime
) -> None:
    key = f"short:{number.digits}"
    if await contacts.is_active_contact(session, IdentifierKind.NUMBER, key):
        return
    owner = await organisations.organisation_with_key(session, number.owner, number.digits)
    if owner is None:
        owner = await organisations.add_organisation(
            session,
            kind=number.owner,
            key=number.digits,
            name=number.name,
            source=number.source,
            verified_at=NATIONAL_NUMBERS_AS_OF,
            approved_by=approved_by,
            now=now,
        )
    await contacts.add_contact(
        session,
        owner=owner,
        kind=IdentifierKind.NUMBER,
        key=key,
        printed_as=number.digits,
        label=number.label,
        source=number.source,
        verified_at=NATIONAL_NUMBERS_AS_OF,
        approved_by=approved_by,
        now=now,
    )
