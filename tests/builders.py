"""Typed builders of core values for tests: every field has a plausible default."""

from datetime import UTC, date, datetime

from scamcheck.bank_account import BankAccount
from scamcheck.claims import Claim, OwnerKind
from scamcheck.knowledge import (
    Candidates,
    Commune,
    Contact,
    IdentifierKind,
    Indicator,
    IndicatorStatus,
    Owner,
    School,
    SchoolCandidate,
    Script,
)
from scamcheck.link import Link
from scamcheck.observables import Observables
from scamcheck.phone import PhoneKind, PhoneNumber, SeenNumber
from scamcheck.red_flags import Assessment, Scenario
from scamcheck.text import Text

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
"""A Tuesday, ten in the morning in Vietnam."""


def make_seen(
    key: str = "+84530000113",
    kind: PhoneKind = PhoneKind.MOBILE,
    *,
    others: tuple[str, ...] = (),
    converted_from: str | None = None,
    forged: bool = False,
    unusual: bool = False,
    country: str | None = None,
) -> SeenNumber:
    return SeenNumber(
        PhoneNumber(key, kind),
        0,
        10,
        other_readings=tuple(PhoneNumber(other, PhoneKind.LANDLINE) for other in others),
        converted_from=converted_from,
        forged_display=forged,
        unusual_block=unusual,
        country=country,
    )


def make_account(
    number: str = "0530000113", bin_: str | None = "970436", bank: str | None = "Vietcombank"
) -> BankAccount:
    return BankAccount(number, bin_, bank)


def make_link(
    key: str = "vi-du.example",
    *,
    shared: bool = False,
    imitates: str | None = None,
    odd: tuple[str, ...] = (),
) -> Link:
    return Link(key, key.split("/", 1)[0], shared_host=shared, imitates=imitates, odd=odd)


def make_text(folded: str = "co nguoi goi") -> Text:
    return Text(folded, folded)


def make_assessment(
    *,
    suspicious: bool = False,
    early_stage: bool = False,
    warning: bool = False,
    alarming: bool = False,
    scenario: Scenario | None = None,
) -> Assessment:
    if suspicious and scenario is None:
        scenario = Scenario.CHILD_EMERGENCY
    return Assessment(
        suspicious=suspicious,
        early_stage=early_stage,
        warning=warning,
        alarming=alarming or suspicious or early_stage,
        scenario=scenario,
    )


def make_claim(kind: OwnerKind = OwnerKind.SCHOOL, name: str = "", *, key: str | None = None) -> Claim:
    return Claim(kind, name, key=key)


def make_observables(
    text: str = "co nguoi goi",
    *,
    numbers: tuple[SeenNumber, ...] = (),
    accounts: tuple[BankAccount, ...] = (),
    links: tuple[Link, ...] = (),
    claims: tuple[Claim, ...] = (),
    assessment: Assessment | None = None,
    malformed: tuple[str, ...] = (),
) -> Observables:
    return Observables(
        make_text(text),
        numbers=numbers,
        accounts=accounts,
        links=links,
        claims=claims,
        assessment=assessment or make_assessment(),
        malformed=malformed,
    )


def make_commune(code: str = "24000", name: str = "Xã Ví Dụ", province: str = "Lâm Đồng") -> Commune:
    return Commune(code, name, province)


def make_school(
    id_: str = "s1", *, name: str = "Trường Tiểu học Ví Dụ", commune_code: str | None = "24000"
) -> School:
    return School(id_, "TH", name, "Xã Ví Dụ", commune_code=commune_code, province="Lâm Đồng")


def make_owner(
    kind: OwnerKind = OwnerKind.SCHOOL,
    id_: str = "s1",
    *,
    name: str = "Trường Tiểu học Ví Dụ",
    short_name: str = "",
    commune_code: str | None = None,
) -> Owner:
    return Owner(kind, id_, name, short_name or name, commune_code)


def make_contact(
    key: str = "+842610001234",
    *,
    kind: IdentifierKind = IdentifierKind.NUMBER,
    owner: Owner | None = None,
    hours: str = "",
    is_backup: bool = False,
    expires_at: datetime | None = None,
) -> Contact:
    return Contact(
        id=f"contact-{key}",
        kind=kind,
        key=key,
        owner=owner or make_owner(),
        label="Đường dây nóng",
        printed=key,
        hours=hours,
        is_backup=is_backup,
        expires_at=expires_at,
    )


def make_national() -> tuple[Contact, ...]:
    owner = make_owner(OwnerKind.POLICE, "national", name="Tổng đài quốc gia")
    return tuple(make_contact(f"short:{digits}", owner=owner) for digits in ("113", "115", "111"))


def make_indicator(
    key: str = "+84530000113",
    kind: IdentifierKind = IdentifierKind.NUMBER,
    *,
    status: IndicatorStatus = IndicatorStatus.CONFIRMED,
    expires_at: datetime | None = None,
) -> Indicator:
    return Indicator(kind, key, status, "Công an xã Ví Dụ", date(2026, 11, 1), expires_at)


def make_script(scenario: Scenario = Scenario.CHILD_EMERGENCY) -> Script:
    return Script("script-1", "Con đang cấp cứu", "con dang cap cuu", scenario.value)


def make_candidates(
    *,
    schools: tuple[SchoolCandidate, ...] = (),
    contacts: tuple[Contact, ...] = (),
    indicators: tuple[Indicator, ...] = (),
    owner_contacts: tuple[Contact, ...] = (),
    asker_schools: tuple[School, ...] = (),
) -> Candidates:
    return Candidates(
        indicators=indicators,
        contacts=contacts,
        owner_contacts=owner_contacts,
        schools=schools,
        asker_schools=asker_schools,
        commune_of={"24000": make_commune()},
        national=make_national(),
    )
