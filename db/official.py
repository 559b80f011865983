"""Official records as the core holds them in memory: all of them at the start, then what changed.

Plain columns are read and no rows of the ORM are made: a country has a hundred thousand of them, and a
process that starts owes an answer within seconds.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from db import changes, models, places, schools, scripts
from scamcheck import knowledge
from scamcheck.claims import OwnerKind
from scamcheck.memory import MemoryKnowledgeBase

MOST_CHANGES: Final = 500
"""More changes than these are read as a whole: that many look-ups would not be quicker."""


@dataclass(frozen=True, slots=True)
class Delta:
    """What is different since a version: ids that were touched, and those of them that count now."""

    version: int
    school_ids: frozenset[str] = frozenset()
    contact_ids: frozenset[str] = frozenset()
    script_ids: frozenset[str] = frozenset()
    schools: tuple[knowledge.School, ...] = ()
    contacts: tuple[knowledge.Contact, ...] = ()
    scripts: tuple[knowledge.Script, ...] = ()


@dataclass(frozen=True, slots=True)
class Everything:
    """All official records as of a version."""

    version: int
    schools: tuple[knowledge.School, ...]
    communes: tuple[knowledge.Commune, ...]
    contacts: tuple[knowledge.Contact, ...]
    scripts: tuple[knowledge.Script, ...]

    def indexed(self) -> MemoryKnowledgeBase:
        """The records ready to be asked."""
        return MemoryKnowledgeBase(
            schools=self.schools, communes=self.communes, contacts=self.contacts, scripts=self.scripts
        )


@dataclass(slots=True)
class _Touched:
    schools: set[int] = field(default_factory=set[int])
    organisations: set[int] = field(default_factory=set[int])
    contacts: set[int] = field(default_factory=set[int])
    scripts: set[str] = field(default_factory=set[str])


async def everything(session: AsyncSession) -> Everything:
    """Read all official records; `session` sees one state throughout."""
    return Everything(
        version=await changes.version(session),
        schools=await _schools(session, true()),
        communes=await places.all_communes(session),
        contacts=await _contacts(session, true()),
        scripts=await scripts.all_scripts(session),
    )


async def since(session: AsyncSession, version: int) -> Delta | None:
    """What changed after `version`; None when it is too much, or of a kind, to be told record by record."""
    newest = await changes.version(session)
    if newest < version:  # another database was put in this one's place
        return None
    found = await session.execute(
        select(models.Change.kind, models.Change.key)
        .where(models.Change.version > version, models.Change.kind != models.RecordKind.INDICATOR)
        .limit(MOST_CHANGES + 1)
    )
    rows = found.all()
    if len(rows) > MOST_CHANGES:
        return None
    touched = _Touched()
    for kind, key in rows:
        if not _note(touched, kind, key):
            return None
    if not rows:
        return Delta(newest)
    # A contact bears its owner's name: it is read again with its owner.
    of_them = or_(
        models.Contact.id.in_(touched.contacts),
        models.Contact.school_id.in_(touched.schools),
        models.Contact.organisation_id.in_(touched.organisations),
    )
    owned = await session.scalars(select(models.Contact.id).where(of_them))
    return Delta(
        version=newest,
        school_ids=frozenset(map(str, touched.schools)),
        contact_ids=frozenset(map(str, (*touched.contacts, *owned))),
        script_ids=frozenset(touched.scripts),
        schools=await _schools(session, models.School.id.in_(touched.schools)) if touched.schools else (),
        contacts=await _contacts(session, of_them),
        scripts=await _scripts(session, touched.scripts),
    )


def _note(touched: _Touched, kind: models.RecordKind, key: str) -> bool:
    """Note which record changed; False for one that others are built upon."""
    if kind is models.RecordKind.SCRIPT:
        touched.scripts.add(key)
        return True
    if kind is models.RecordKind.COMMUNE or not key.isdecimal():
        return False
    ids = {
        models.RecordKind.SCHOOL: touched.schools,
        models.RecordKind.ORGANISATION: touched.organisations,
        models.RecordKind.CONTACT: touched.contacts,
    }
    ids[kind].add(int(key))
    return True


async def _schools(session: AsyncSession, which: ColumnElement[bool]) -> tuple[knowledge.School, ...]:
    aliases: defaultdict[int, list[str]] = defaultdict(list)
    named = select(models.SchoolAlias.school_id, models.SchoolAlias.name).order_by(models.SchoolAlias.id)
    for school_id, name in await session.execute(named.join(models.School).where(which)):
        aliases[school_id].append(name)
    school, commune = models.School, models.Commune
    rows = await session.execute(
        select(
            school.id,
            school.level,
            school.name,
            school.commune_code,
            school.old_district,
            school.is_example,
            commune.name,
            commune.province,
        )
        .join(school.commune)
        .where(which, school.status == models.RecordState.ACTIVE)
        .order_by(school.id)
    )
    return tuple(
        knowledge.School(
            id=str(id_),
            level=level,
            name=name,
            commune=commune_name,
            commune_code=code,
            old_district=district,
            province=province,
            aliases=tuple(aliases.get(id_, ())),
            is_example=is_example,
        )
        for id_, level, name, code, district, is_example, commune_name, province in rows
    )


async def _contacts(session: AsyncSession, which: ColumnElement[bool]) -> tuple[knowledge.Contact, ...]:
    owners = await _owners(session, which)
    contact = models.Contact
    rows = await session.execute(
        select(
            contact.id,
            contact.kind,
            contact.key,
            contact.school_id,
            contact.organisation_id,
            contact.label,
            contact.printed,
            contact.hours,
            contact.is_backup,
            contact.verified_at,
            contact.expires_at,
            contact.source,
            contact.is_example,
        )
        .where(which, contact.status == models.RecordState.ACTIVE)
        .order_by(contact.id)
    )
    return tuple(
        knowledge.Contact(
            id=str(row.id),
            kind=row.kind,
            key=row.key,
            owner=owner,
            label=row.label,
            printed=row.printed,
            hours=row.hours,
            is_backup=row.is_backup,
            verified_at=row.verified_at,
            expires_at=row.expires_at,
            source=row.source,
            is_example=row.is_example,
        )
        for row in rows
        if (owner := owners.get((row.school_id, row.organisation_id))) is not None
    )


async def _owners(
    session: AsyncSession, which: ColumnElement[bool]
) -> dict[tuple[int | None, int | None], knowledge.Owner]:
    """The owners that are in the registry, by the columns that name them in a contact."""
    school, organisation = models.School, models.Organisation
    owners: dict[tuple[int | None, int | None], knowledge.Owner] = {}
    owned = (
        select(school.id, school.level, school.level_key, school.name, school.commune_code)
        .join(models.Contact, models.Contact.school_id == school.id)
        .where(which, school.status == models.RecordState.ACTIVE)
        .distinct()
    )
    for id_, level, level_key, name, commune_code in await session.execute(owned):
        full = schools.named_in_full(level, level_key, name)
        owners[id_, None] = knowledge.Owner(OwnerKind.SCHOOL, str(id_), f"Trường {full}", full, commune_code)
    units = (
        select(
            organisation.id,
            organisation.kind,
            organisation.key,
            organisation.name,
            organisation.short_name,
            organisation.commune_code,
        )
        .join(models.Contact, models.Contact.organisation_id == organisation.id)
        .where(which, organisation.status == models.RecordState.ACTIVE)
        .distinct()
    )
    for id_, kind, key, name, short_name, commune_code in await session.execute(units):
        owners[None, id_] = knowledge.Owner(kind, key, name, short_name, commune_code)
    return owners


async def _scripts(session: AsyncSession, keys: set[str]) -> tuple[knowledge.Script, ...]:
    return tuple(script for script in await scripts.all_scripts(session) if script.id in keys) if keys else ()
