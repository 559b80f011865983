"""The registry of schools. Names are never unique: level, name and commune together are."""

from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.models.base import ID, Base, RecordState, Sourced, one_of, unique_while
from db.models.places import Commune


class SchoolAliasKind(StrEnum):
    """Why a school has another name."""

    OLD_NAME = "old_name"
    SHORT_NAME = "short_name"


class School(Sourced, Base):
    """One school. Its hotlines are contacts."""

    __tablename__ = "school"
    __table_args__ = (
        unique_while(
            "uq_school_active_name", "level_key", "name_key", "commune_code", condition="status = 'active'"
        ),
    )

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    status: Mapped[RecordState] = mapped_column(one_of(RecordState, "status"))
    level: Mapped[str]
    """As shown: "Tiểu học", "THCS"."""
    level_key: Mapped[str]
    """The stages as a code ("TH", "TH&THCS"), so that two spellings of one level are one level."""
    name: Mapped[str]
    name_key: Mapped[str]
    """The name folded, so that two spellings of one name are one school."""
    commune_code: Mapped[str] = mapped_column(ForeignKey("commune.code"), index=True)
    old_district: Mapped[str] = mapped_column(default="")
    norm_version: Mapped[int]
    became_id: Mapped[int | None] = mapped_column(ForeignKey("school.id"))
    """The school that it was merged into; its old address leads there."""
    commune: Mapped[Commune] = relationship(lazy="raise")
    aliases: Mapped[list["SchoolAlias"]] = relationship(
        lazy="raise", order_by="SchoolAlias.id", cascade="all, delete-orphan", passive_deletes=True
    )


class SchoolAlias(Base):
    """Another name of a school: an old one, or the one on its signboard."""

    __tablename__ = "school_alias"
    __table_args__ = (UniqueConstraint("school_id", "name"),)

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id", ondelete="CASCADE"))
    kind: Mapped[SchoolAliasKind] = mapped_column(
        one_of(SchoolAliasKind, "kind"), default=SchoolAliasKind.OLD_NAME
    )
    name: Mapped[str]
