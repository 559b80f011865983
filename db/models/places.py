"""Communes, wards and special zones, and the names they had before."""

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.models.base import ID, Base, Sourced


class Commune(Sourced, Base):
    """One commune, ward or special zone, by its official five-digit code."""

    __tablename__ = "commune"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    province: Mapped[str]
    old_names: Mapped[list["CommuneAlias"]] = relationship(
        lazy="raise", order_by="CommuneAlias.id", cascade="all, delete-orphan", passive_deletes=True
    )


class CommuneAlias(Base):
    """An old name under which people still know a commune: a former commune or district."""

    __tablename__ = "commune_alias"
    __table_args__ = (UniqueConstraint("commune_code", "name"),)

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    commune_code: Mapped[str] = mapped_column(ForeignKey("commune.code", ondelete="CASCADE"))
    name: Mapped[str]
