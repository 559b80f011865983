"""Staff: offices, the people who work there, their roles, invitations and sign-ins."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.models.base import ID, Base, one_of, unique_while


class OfficeKind(StrEnum):
    """Kinds of office that have staff."""

    SCHOOL = "school"
    COMMUNE_POLICE = "commune_police"
    PROVINCE_POLICE = "province_police"
    EDUCATION_OFFICE = "education_office"
    """Of a commune: kindergarten to lower secondary."""
    EDUCATION_DEPARTMENT = "education_department"
    """Of the province (Sở): upper secondary, and the second person where a commune's office has one."""
    INFORMATION_OFFICE = "information_office"
    OPERATOR = "operator"


class Role(StrEnum):
    """What a staff member is at an office. `db.rights` says what each may do."""

    SCHOOL_STAFF = "school_staff"
    EDUCATION_OFFICER = "education_officer"
    INFORMATION_OFFICER = "information_officer"
    POLICE_OFFICER = "police_officer"
    POLICE_SUPERVISOR = "police_supervisor"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class StaffStatus(StrEnum):
    """States of a staff member. Whoever is invited is only an invitation until they accept it."""

    ACTIVE = "active"
    DISABLED = "disabled"


class Renewal(StrEnum):
    """What one of the staff sets up anew by a link, proving the other."""

    SECOND_FACTOR = "second_factor"
    PASSWORD = "password"  # noqa: S105  # the name of a factor


class LoginFactor(StrEnum):
    """What was tried."""

    PASSWORD = "password"  # noqa: S105  # the name of a factor
    CODE = "code"


class Office(Base):
    """Who has staff: a school, a police unit, an education office. Its area bounds what its staff may do."""

    __tablename__ = "office"

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[OfficeKind] = mapped_column(one_of(OfficeKind, "kind"))
    name: Mapped[str]
    province: Mapped[str] = mapped_column(default="")
    """Name of the province, as communes have it; an office of the province covers all of it."""
    levels: Mapped[str] = mapped_column(default="")
    """Codes of school levels, separated by commas; empty where levels mean nothing."""
    school_id: Mapped[int | None] = mapped_column(ForeignKey("school.id", ondelete="SET NULL"), unique=True)
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id", ondelete="SET NULL"), unique=True
    )
    """The owner of the contacts that a police unit's staff keep."""
    active: Mapped[bool] = mapped_column(default=True)
    is_example: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    communes: Mapped[list["OfficeCommune"]] = relationship(
        lazy="raise",
        order_by="OfficeCommune.commune_code",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )


class OfficeCommune(Base):
    """A commune within an office's area."""

    __tablename__ = "office_commune"

    office_id: Mapped[int] = mapped_column(ForeignKey("office.id", ondelete="CASCADE"), primary_key=True)
    commune_code: Mapped[str] = mapped_column(ForeignKey("commune.code"), primary_key=True, index=True)


class StaffMember(Base):
    """One person who signs in. The second factor's secret is sealed with a key outside the database."""

    __tablename__ = "staff_member"

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    email: Mapped[str]
    email_key: Mapped[str] = mapped_column(unique=True)
    """The mailbox, however the address is spelt: one mailbox is one person."""
    status: Mapped[StaffStatus] = mapped_column(one_of(StaffStatus, "status"))
    password_hash: Mapped[str]
    """Empty after it was forgotten, until the new one is set; no password fits that."""
    totp_secret: Mapped[str]
    """Sealed; empty after it was lost, until the new one is set up."""
    totp_last_step: Mapped[int | None] = mapped_column(ID)
    """The latest time step whose code was accepted; no code of it or of an earlier one is accepted again."""
    is_example: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class Membership(Base):
    """A role of a staff member at an office, from one moment until another."""

    __tablename__ = "membership"
    __table_args__ = (
        unique_while("uq_membership_current", "staff_id", "office_id", "role", condition="until IS NULL"),
    )

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    role: Mapped[Role] = mapped_column(one_of(Role, "role"))
    granted_by: Mapped[str]
    """Both persons, as `approved_by` of a record says it."""
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    staff: Mapped[StaffMember] = relationship(lazy="raise")
    office: Mapped[Office] = relationship(lazy="raise")


class Invitation(Base):
    """A role that waits for a new person, or a second factor or password that waits for one of the staff.

    The link alone opens nothing: a code is told them by voice.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        unique_while(
            "uq_invitation_open",
            "email_key",
            "office_id",
            "role",
            condition="used_at IS NULL AND withdrawn_at IS NULL",
        ),
    )

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    token_hash: Mapped[str | None] = mapped_column(unique=True)
    """None until an administrator makes the link."""
    code_hash: Mapped[str | None]
    wrong_codes: Mapped[int] = mapped_column(default=0)
    name: Mapped[str]
    email: Mapped[str]
    email_key: Mapped[str]
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    role: Mapped[Role] = mapped_column(one_of(Role, "role"))
    granted_by: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_member.id"), index=True)
    """Who lost a factor; None for somebody new."""
    renews: Mapped[str | None]
    """Which one, a `Renewal`; None for somebody new."""


class StaffSession(Base):
    """A sign-in that lasts. Only a hash of its token is kept."""

    __tablename__ = "staff_session"

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id", ondelete="CASCADE"), index=True)
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"))
    """The role it acts in; somebody with several chooses."""
    created_at: Mapped[datetime] = mapped_column(index=True)
    last_seen_at: Mapped[datetime]
    stepped_up_at: Mapped[datetime]
    """When the second factor was last proven."""
    ended_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """A code that stands in for a lost second factor, once."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("staff_id", "code_hash"),)

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_member.id", ondelete="CASCADE"))
    code_hash: Mapped[str]
    used_at: Mapped[datetime | None]


class LoginAttempt(Base):
    """One try to sign in, for the limits. Name and address only as keyed hashes; forgotten after a day."""

    __tablename__ = "login_attempt"
    __table_args__ = (
        Index("ix_login_attempt_name_hmac", "name_hmac", "at"),
        Index("ix_login_attempt_address_hmac", "address_hmac", "at"),
    )

    id: Mapped[int] = mapped_column(ID, primary_key=True)
    factor: Mapped[LoginFactor] = mapped_column(one_of(LoginFactor, "factor"))
    name_hmac: Mapped[str]
    address_hmac: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)
    succeeded: Mapped[bool] = mapped_column(default=False)
    """Written before anything is compared, as failed; a race cannot try more often than the limit."""
