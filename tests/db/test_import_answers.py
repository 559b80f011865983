"""What the record answers to the rows of a file: new, changed, there already, or in conflict."""

from datetime import date

import pytest

from db import contacts, models, protection
from db.engine import Database
from db.importing.drafts import ContactDraft, IndicatorDraft, SchoolDraft, from_json, to_json
from db.importing.reading import Given
from db.models import ImportKind, RowOutcome
from db.rights import Actor
from scamcheck.claims import OwnerKind
from scamcheck.knowledge import IdentifierKind
from tests.builders import NOW
from tests.db.builders import (
    COMMUNE,
    make_commune,
    make_contact,
    make_indicator,
    make_organisation,
    make_school,
)
from tests.db.imports import CONTACTS, POLICE_SAYS, bring, brought, report, xlsx_of


async def test_contacts_are_new_changed_there_or_in_conflict(database: Database, teacher: Actor) -> None:
    async with database.transaction() as session:
        ours = await make_school(session, "Lê Lợi", level="th", aliases=("Tên Cũ",))
        other = await make_school(session, "Trần Phú", level="th")
        await make_school(session, "Hai Nơi", level="th")
        await make_commune(session, "30000", "xã Xa")
        await make_school(session, "Ở Xa", level="th", commune_code="30000")
        await make_school(session, "Cấp Ba", level="thpt")
        await make_contact(session, ours, "+842633822111", hours="T2-T6 07:00-17:00")
        await make_contact(session, ours, "+842633822112")
        frozen = await make_contact(session, ours, "+842633822113")
        await contacts.freeze_contact(session, frozen.id, now=NOW)
        await make_contact(session, other, "+842633822114")
        bank = await make_organisation(session)
        await make_contact(session, bank, "+842633822115")
        await make_indicator(session, "+842633822116")
        await protection.protect(
            session,
            kind=IdentifierKind.NUMBER,
            key="+842633822117",
            owner="Sở",
            source="x",
            approved_by="operator:test",
            now=NOW,
        )
        (await make_contact(session, ours, "+842633822118")).is_example = True
        (await make_school(session, "Mẫu", level="th")).is_example = True
    header = ["Tên trường", "Xã", "Số", "Nhãn", "Giờ trực", "Dự phòng", "Ngày xác minh"]

    def row(number: str, name: str = "TH Lê Lợi", place: str = COMMUNE, *more: str) -> list[str]:
        return [name, place, number, *more]

    found = await brought(
        database,
        teacher,
        ImportKind.CONTACTS,
        header,
        row("0263 3822 120"),
        row("0263 3822 111", "TH Lê Lợi", COMMUNE, "đường dây nóng", "T2-T6 07:00-17:00", "", "01/09/2026"),
        row("0263 3822 112", "TH Lê Lợi", COMMUNE, "văn phòng", "T7 07:00-11:00", "x"),
        row("0263 3822 113"),
        row("0263 3822 114"),
        row("0263 3822 115"),
        row("0263 3822 116"),
        row("0263 3822 117"),
        row("0263 3822 121", "TH Tên Cũ"),
        row("0263 3822 122", "TH Không Có"),
        row("0263 3822 123", "TH Ở Xa", "30000"),
        row("0263 3822 124", "THPT Cấp Ba"),
        row("0263 3822 120", "TH Trần Phú"),
        row("0263 3822 125", "TH Lê Lợi", COMMUNE, "", "", "có lẽ"),
        row("0263 3822 126", "TH Lê Lợi", COMMUNE, "", "", "", "01/12/2026"),
        row("0912 345 678", "TH Hai Nơi", ""),
        row("0263 3822 118"),
        row("0263 3822 119", "TH Mẫu"),
        row(""),
        row("0263 3822 127", "TH Lê Lợi", COMMUNE, "", "ngày nắng"),
    )
    assert found == [
        (RowOutcome.NEW, ""),
        (RowOutcome.DUPLICATE, "there"),
        (RowOutcome.CHANGED, "details"),
        (RowOutcome.CONFLICT, "frozen"),
        (RowOutcome.CONFLICT, "other_owner"),
        (RowOutcome.CONFLICT, "other_owner"),
        (RowOutcome.CONFLICT, "listed"),
        (RowOutcome.CONFLICT, "protected"),
        (RowOutcome.NEW, ""),
        (RowOutcome.INVALID, "no_school"),
        (RowOutcome.INVALID, "outside"),
        (RowOutcome.INVALID, "outside"),
        (RowOutcome.CONFLICT, "twice_other"),
        (RowOutcome.INVALID, "yes_no"),
        (RowOutcome.INVALID, "date_future"),
        (RowOutcome.NEW, ""),
        (RowOutcome.CONFLICT, "demo"),
        (RowOutcome.CONFLICT, "demo"),
        (RowOutcome.INVALID, "missing"),
        (RowOutcome.INVALID, "hours"),
    ]


async def test_a_school_of_which_there_are_several_is_asked_for_with_its_place(
    database: Database, teacher: Actor
) -> None:
    async with database.transaction() as session:
        office = await session.get_one(models.Office, teacher.office_id)
        await make_commune(session, "30000", "xã Khác")
        session.add(models.OfficeCommune(office_id=office.id, commune_code="30000"))
        await make_school(session, "Lê Lợi", level="th")
        await make_school(session, "Lê Lợi", level="th", commune_code="30000")
    found = await brought(
        database, teacher, ImportKind.CONTACTS, ["Tên trường", "Số"], ["TH Lê Lợi", "0263 3822 120"]
    )
    assert found == [(RowOutcome.INVALID, "several_schools")]


async def test_a_mobile_number_of_a_school_needs_its_owners_consent(
    database: Database, teacher: Actor
) -> None:
    async with database.transaction() as session:
        await make_school(session, "Lê Lợi", level="th")
    without = Given(source="công văn", verified_at=date(2026, 11, 1), owner_kind=OwnerKind.SCHOOL)
    found = await brought(
        database,
        teacher,
        ImportKind.CONTACTS,
        ["Tên trường", "Số", "Chủ số đồng ý"],
        ["TH Lê Lợi", "0912 345 678", ""],
        ["TH Lê Lợi", "0912 345 678", "không"],
        ["TH Lê Lợi", "0912 345 678", "có"],
        ["TH Lê Lợi", "0263 3822 120, 02633822120", ""],
        given=without,
    )
    assert found == [
        (RowOutcome.INVALID, "consent"),
        (RowOutcome.INVALID, "consent"),
        (RowOutcome.NEW, ""),
        (RowOutcome.NEW, ""),
    ]


async def test_schools_are_new_changed_there_or_elsewhere(database: Database, teacher: Actor) -> None:
    async with database.transaction() as session:
        await make_commune(session, "30000", "xã Xa")
        await make_school(session, "Lê Lợi", level="th", aliases=("Tên Cũ",))
        await make_school(session, "Trần Phú", level="th")
        demo = await make_school(session, "Ví Dụ", level="th")
        demo.is_example = True
    found = await brought(
        database,
        teacher,
        ImportKind.SCHOOLS,
        ["Tên trường", "Xã", "Huyện cũ", "Tên khác"],
        ["TH Lê Lợi", "Ví Dụ", "", "Tên Cũ"],
        ["TH Trần Phú", "Ví Dụ", "Huyện Đắk Mil", "Phú Một; Phú Hai"],
        ["TH Ví Dụ", "Ví Dụ", "", ""],
        ["TH Lê Lợi", "xã Xa", "", ""],
        ["THPT Lê Lợi", "Ví Dụ", "", ""],
        ["MN Hoa Hồng", "Ví Dụ", "", ""],
        ["mầm non hoa hồng", "Ví Dụ", "", ""],
    )
    assert found == [
        (RowOutcome.DUPLICATE, "there"),
        (RowOutcome.CHANGED, "details"),
        (RowOutcome.CONFLICT, "demo"),
        (RowOutcome.INVALID, "outside"),
        (RowOutcome.INVALID, "outside"),
        (RowOutcome.NEW, ""),
        (RowOutcome.DUPLICATE, "twice"),
    ]


async def test_numbers_that_people_decided_about_are_left_to_people(
    database: Database, officer: Actor
) -> None:
    async with database.transaction() as session:
        await make_contact(session, await make_school(session), "+842633822111")
        await protection.protect(
            session,
            kind=IdentifierKind.NUMBER,
            key="+842633822117",
            owner="Sở",
            source="x",
            approved_by="operator:test",
            now=NOW,
        )
        for key, status in (
            ("+84912000001", models.IndicatorState.CONFIRMED),
            ("+84912000002", models.IndicatorState.TEMPORARY_WARNING),
            ("+84912000003", models.IndicatorState.SUSPENDED),
            ("+84912000004", models.IndicatorState.WITHDRAWN),
            ("+84912000005", models.IndicatorState.EXPIRED),
        ):
            (await make_indicator(session, key)).status = status
        (await make_indicator(session, "+84912000006", expires_at=NOW)).version = 3
        (await make_indicator(session, "+84912000007")).is_example = True
    found = await brought(
        database,
        officer,
        ImportKind.INDICATORS,
        ["Số", "Loại", "Ngân hàng"],
        *([number, "", ""] for number in ("0263 3822 111", "0263 3822 117", "113")),
        *([f"0912 000 00{number}", "", ""] for number in range(1, 8)),
        ["0011 2233 44", "tài khoản", "Vietcombank"],
        ["hxxps://lua-dao[.]com/x", "đường dẫn", ""],
        ["bit.ly", "đường dẫn", ""],
        ["hai từ", "đường dẫn", ""],
        ["0530 000 001", "", ""],
        ["0912 000 001", "con bò", ""],
        given=POLICE_SAYS,
    )
    assert found == [
        (RowOutcome.CONFLICT, "official"),
        (RowOutcome.CONFLICT, "protected"),
        (RowOutcome.CONFLICT, "protected"),
        (RowOutcome.DUPLICATE, "confirmed"),
        (RowOutcome.CHANGED, "renewed"),
        (RowOutcome.CONFLICT, "suspended"),
        (RowOutcome.CONFLICT, "withdrawn"),
        (RowOutcome.NEW, ""),
        (RowOutcome.CHANGED, "renewed"),
        (RowOutcome.CONFLICT, "demo"),
        (RowOutcome.NEW, ""),
        (RowOutcome.NEW, ""),
        (RowOutcome.INVALID, "unreadable"),
        (RowOutcome.INVALID, "link"),
        (RowOutcome.INVALID, "example"),
        (RowOutcome.INVALID, "kind"),
    ]


async def test_an_account_that_a_spreadsheet_holds_as_a_number_is_not_trusted(
    database: Database, officer: Actor
) -> None:
    given = Given(source="đơn", document="1/TB", unit="Công an")
    content = xlsx_of(
        [
            ["Số tài khoản", "Loại", "Ngân hàng", "Ngày xác nhận"],
            [11223344, "tài khoản", "Vietcombank", date(2026, 11, 1)],
            ["0011223344", "tài khoản", "Vietcombank", None],
            ["0011223344", "tài khoản", "Sao Hỏa", date(2026, 11, 1)],
        ]
    )
    batch = await bring(database, officer, ImportKind.INDICATORS, content, given=given)
    assert [why for _, _, why, _ in await report(database, batch)] == ["account_cut", "missing", "bank"]


async def test_a_number_that_a_row_names_twice_is_one_entry(database: Database, officer: Actor) -> None:
    found = await brought(
        database,
        officer,
        ImportKind.INDICATORS,
        ["Số", "Số di động"],
        ["0912 000 001; +84 912 000 001 / 0912000002", "0912 000 002"],
        given=POLICE_SAYS,
    )
    assert found == [(RowOutcome.NEW, ""), (RowOutcome.NEW, "")]


@pytest.mark.parametrize(
    "draft",
    [
        SchoolDraft("THCS", "THCS", "Nguyễn Du", "nguyen du", COMMUNE, "", ("A", "B"), "x", "", None, None),
        SchoolDraft("THCS", "THCS", "Nguyễn Du", "nguyen du", COMMUNE, "", (), "x", "", date(2026, 9, 1), NOW),
        IndicatorDraft(IdentifierKind.NUMBER, "+84912000001", "0912 000 001", "CA", "x", "1", date(2026, 9, 1), None),
        ContactDraft(
            OwnerKind.SCHOOL, "THCS|nguyen du", "THCS Nguyễn Du", "", "", IdentifierKind.NUMBER, "+84912000001",
            "0912 000 001", "", "", is_backup=True, consent="", source="x", document="",
            verified_at=date(2026, 9, 1), expires_at=NOW,
        ),
    ],
)  # fmt: skip
def test_a_draft_comes_back_from_the_database_as_it_was(
    draft: SchoolDraft | ContactDraft | IndicatorDraft,
) -> None:
    kind = {SchoolDraft: ImportKind.SCHOOLS, ContactDraft: ImportKind.CONTACTS}.get(
        type(draft), ImportKind.INDICATORS
    )
    assert from_json(kind, to_json(draft)) == draft
    assert to_json(None) == ""


async def test_one_cell_that_is_merged_over_two_schools_is_a_conflict(
    database: Database, teacher: Actor
) -> None:
    async with database.transaction() as session:
        await make_school(session, "Lê Lợi", level="th")
        await make_school(session, "Trần Phú", level="th")
    content = xlsx_of(
        [["Tên trường", "Số"], ["TH Lê Lợi", None], ["TH Trần Phú", None]],
        merges=[("B2:B3", "0263 3822 111")],
    )
    batch = await bring(database, teacher, ImportKind.CONTACTS, content, given=CONTACTS)
    assert [(row, why, detail) for row, _, why, detail in await report(database, batch)] == [
        (2, "", ""),
        (3, "twice_other", "2"),
    ]
