"""Files loaded from the command line: understood with patience, refused with row and reason, all or nothing."""

import pytest
from sqlalchemy import func, select

from db import contacts, importing, models, schools
from db.engine import Database
from db.importing import Given, Loaded, RowsRefused, files, read_rows
from db.models import ImportKind
from scamcheck.claims import OwnerKind
from scamcheck.knowledge import IdentifierKind
from tests.builders import NOW
from tests.db.builders import make_commune, make_contact, make_indicator, make_school

SCHOOLS = "level,name,commune,source\n"
CONTACTS = "owner_kind,owner,level,commune,value,kind,bank,hours,backup,source,verified_at,expires_at\n"
NUMBERS = "kind,value,bank,unit,source,document,verified_at,expires_at\n"


async def load(database: Database, kind: ImportKind, content: str, **given: object) -> Loaded:
    table = read_rows(content.encode())
    async with database.transaction() as session:
        return await importing.load(
            session, kind, table, approved_by="operator:An", given=Given(**given), now=NOW
        )


async def refusal(database: Database, kind: ImportKind, content: str) -> str:
    with pytest.raises(RowsRefused) as refused:
        await load(database, kind, content)
    return str(refused.value)


@pytest.fixture
async def registry(database: Database) -> Database:
    async with database.transaction() as session:
        await make_commune(session, "24664", "Xã Đức Lập")
        await make_commune(session, "24611", "Phường Bắc Gia Nghĩa")
        await make_commune(session, "20000", "Xã Thuận An")
        await make_commune(session, "30000", "Phường Thuận An")
        await make_school(session, "Nguyễn Du", commune_code="24664")
    return database


# Reading


@pytest.mark.parametrize(
    "content",
    [
        "level,name\nTHCS,Nguyễn Du\n",
        "\ufefflevel;name\r\nTHCS;Nguyễn Du\r\n",
        "Cấp học\tTên trường\n\n  THCS \t Nguyễn   Du \n\n",
        'LEVEL,Name\n"THCS","Nguyễn Du"',
        "level,name\nTHCS,Nguyễn Du,,\n",
    ],
)
def test_files_are_read_as_spreadsheets_write_them(content: str) -> None:
    (row,) = read_rows(content.encode()).rows
    assert (row.get("level"), row.get("name"), row.get("commune")) == ("THCS", "Nguyễn Du", "")


def test_rows_keep_the_number_they_have_in_the_file() -> None:
    assert [row.number for row in read_rows(b"\nname\na\n\nb\n").rows] == [3, 5]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"\n,,\n", "no row with known columns"),
        (b"\xff\xfe\x00", "the file is broken"),
        (b"\xfe\xfdx\x81\x8d\n", "must be UTF-8"),
        (b"shoe size\nx\n", "no row with known columns"),
        (b"name\n", "no rows below the header"),
        (b'name\n"a', "the file is broken"),
        (b"name\n" + b"x" * files.MOST_BYTES, "too large"),
    ],
)
def test_what_is_no_such_file_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(RowsRefused, match=reason):
        read_rows(content)


def test_a_long_list_of_problems_is_cut_and_says_so() -> None:
    problems = [importing.Problem(row, "x") for row in range(60)]
    assert "10 dòng nữa" in str(RowsRefused(problems))


# Schools


async def test_schools_are_loaded_with_commune_by_code_or_name(registry: Database) -> None:
    content = (
        "cấp,tên trường,xã,huyện cũ,tên khác,nguồn,ngày xác minh,hết hạn\n"
        "tiểu học,Lê Lợi,Đức Lập,Huyện Đắk Mil,Đức Lập 1 | Đức Lập A,Sở GD,1/9/2026,2027-08-31\n"
        "THPT,Trần Phú,phuong bac gia nghia,,,Sở GD,,\n"
        "mầm non,Hoa Hồng,30000,,,Sở GD,,\n"
    )
    assert await load(registry, ImportKind.SCHOOLS, content) == Loaded(3, 0, 0)
    async with registry.reading() as session:
        found = {school.name: school for school in await schools.all_schools(session)}
        row = await session.get_one(models.School, int(found["Lê Lợi"].id))
    assert found["Lê Lợi"].aliases == ("Đức Lập 1", "Đức Lập A")
    assert found["Trần Phú"].commune == "Phường Bắc Gia Nghĩa"
    assert found["Hoa Hồng"].commune_code == "30000"
    assert (row.approved_by, row.source, str(row.verified_at)) == ("operator:An", "Sở GD", "2026-09-01")
    assert row.expires_at is not None
    assert row.expires_at.isoformat() == "2027-08-31T17:00:00+00:00"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("THPT,TH Lê Lợi,Đức Lập,Sở", "level and name of the school differ"),
        ("abc,Lê Lợi,Đức Lập,Sở", "unknown level: abc"),
        (",Lê Lợi,Đức Lập,Sở", "the cell is empty: level"),
        ("TH,Lê Lợi,Đức Lập,", "the cell is empty: source"),
        ("TH,Lê Lợi,Không Có,Sở", "no such commune: Không Có"),
        ("TH,Lê Lợi,Thuận An,Sở", "several communes of that name: Thuận An"),
    ],
)
async def test_a_school_that_cannot_be_taken_in_is_named_with_its_row(
    registry: Database, row: str, reason: str
) -> None:
    said = await refusal(registry, ImportKind.SCHOOLS, f"{SCHOOLS}TH,Đầu Tiên,Đức Lập,Sở\n{row}\n")
    assert said.startswith("dòng 3 (row 3): ")
    assert reason in said


async def test_one_bad_row_keeps_all_rows_out(registry: Database) -> None:
    said = await refusal(
        registry,
        ImportKind.SCHOOLS,
        f"{SCHOOLS}TH,Lê Lợi,Đức Lập,Sở\nTH,A,Không Có,Sở\nTH,B,Không Có,Sở\n",
    )
    assert [line.split(":")[0] for line in said.splitlines()] == ["dòng 3 (row 3)", "dòng 4 (row 4)"]
    async with registry.reading() as session:
        assert [school.name for school in await schools.all_schools(session)] == ["Nguyễn Du"]


# Contacts


async def test_contacts_of_schools_police_and_banks_are_loaded(registry: Database) -> None:
    content = (
        f"{CONTACTS}"
        "trường,Nguyễn Du,thcs,Đức Lập,0261 3546 278,,,T2-T6 07:00-17:00,,website của trường,2026-09-01,\n"
        "school,nguyen du,cấp 2,24664,0912 000 001,số điện thoại,,,x,website của trường,2026-09-01,2027-09-01\n"
        "school,Nguyễn Du,THCS,Đức Lập,0011223344,số tài khoản,Vietcombank,,,thông báo thu,2026-09-01,\n"
        "công an,Công an xã Đức Lập,,Đức Lập,0261 3546 113,,,,,công bố,2026-09-01,\n"
        "công an,Công an xã Đức Lập,,Đức Lập,0261 3546 114,,,,,công bố,2026-09-01,\n"
        "ngân hàng,Vietcombank,,,1900 54 54 13,,,,,website,2026-09-01,\n"
        "bank,Ngân hàng Lạ,,,1900 1234,,,,,website,2026-09-01,\n"
    )
    assert await load(registry, ImportKind.CONTACTS, content) == Loaded(7, 0, 0)
    async with registry.reading() as session:
        found = await contacts.active_contacts(session, NOW)
    first, backup, account, police, _, bank, unknown_bank = found
    assert (first.key, first.printed, first.hours, first.is_backup) == (
        "+842613546278",
        "0261 3546 278",
        "T2-T6 07:00-17:00",
        False,
    )
    assert backup.is_backup
    assert backup.expires_at is not None
    assert (account.kind, account.key) == (IdentifierKind.BANK_ACCOUNT, "970436:0011223344")
    assert (police.owner.kind, police.owner.commune_code) == (OwnerKind.POLICE, "24664")
    assert (bank.owner.id, bank.owner.short_name) == ("970436", "Vietcombank")
    assert unknown_bank.owner.id == "bank:ngan-hang-la"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("trường,Nguyễn Du,THCS,Đức Lập,0530 000 001,,,,,web,2026-09-01,", "an example number"),
        ("trường,Nguyễn Du,THCS,Đức Lập,1900 54 54 13,,,,,web,2026-09-01,", "paid or short"),
        (
            "trường,Nguyễn Du,THCS,Đức Lập,0912 000 001,,,giờ hành chính,,web,2026-09-01,",
            "duty hours unreadable",
        ),
        ("trường,Nguyễn Du,THCS,Đức Lập,0912 000 099,,,,,web,2026-09-01,", "listed as a scam"),
        ("trường,Nguyễn Du,THCS,Đức Lập,0912 000 055,,,,,web,2026-09-01,", "contact already"),
        ("trường,Nguyễn Du,THCS,Đức Lập,09120,,,,,web,2026-09-01,", "phone number unreadable: 09120"),
        ("trường,Nguyễn Du,THPT,Đức Lập,0912 000 001,,,,,web,2026-09-01,", "no such school there"),
        ("họ hàng,Nguyễn Du,,,0912 000 001,,,,,web,2026-09-01,", "unknown kind of owner"),
        ("công an,Công an,,Không Có,0912 000 001,,,,,web,2026-09-01,", "no such commune: Không Có"),
        ("công an,Công an,,,0912 000 001,con bò,,,,web,2026-09-01,", "unknown kind: con bò"),
        ("công an,Công an,,,0912 000 001,,,,,web,,", "the cell is empty: verified_at"),
        ("công an,Công an,,,0912 000 001,,,,,web,hôm qua,", "date unreadable: hôm qua"),
    ],
)
async def test_a_contact_that_cannot_be_taken_in_is_refused(
    registry: Database, row: str, reason: str
) -> None:
    async with registry.transaction() as session:
        await make_indicator(session)
        await make_contact(session, await make_school(session, "Khác"), "+84912000055")
    assert reason in await refusal(registry, ImportKind.CONTACTS, f"{CONTACTS}{row}\n")


# Confirmed numbers, accounts, links


async def test_confirmed_numbers_accounts_and_links_are_loaded(database: Database) -> None:
    content = (
        f"{NUMBERS}"
        "số,0912.000.099,,Công an tỉnh,công văn,12/CV,01/11/2026,\n"
        "số tài khoản,0011 2233 44,VCB,Công an tỉnh,công văn,12/CV,01-11-2026,31/12/2026\n"
        "account,0011-2233-55,970422,Công an tỉnh,công văn,12/CV,2026-11-01,\n"
        "đường dẫn,hxxps://lua-dao[.]com/hoan-tien,,Công an tỉnh,công văn,12/CV,2026-11-01,\n"
    )
    assert await load(database, ImportKind.INDICATORS, content) == Loaded(4, 0, 0)
    async with database.reading() as session:
        rows = (await session.scalars(select(models.Indicator).order_by(models.Indicator.id))).all()
    assert [row.key for row in rows] == [
        "+84912000099",
        "970436:0011223344",
        "970422:0011223355",
        "lua-dao.com",
    ]
    assert {(row.approved_by, row.document, row.confirmed_by) for row in rows} == {
        ("operator:An", "12/CV", "Công an tỉnh")
    }


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("số,0912 000 055,,Công an,công văn,1,2026-11-01,", "an official contact"),
        ("số,0912 000 001,,Công an,công văn,,2026-11-01,", "the cell is empty: document"),
        ("số,0912 000 001,,,công văn,1,2026-11-01,", "the cell is empty: unit"),
        ("account,0011223344,Ngân hàng Sao Hỏa,Công an,công văn,1,2026-11-01,", "unknown bank"),
        ("account,0011223344,,Công an,công văn,1,2026-11-01,", "the cell is empty: bank"),
        ("account,0011*2233,VCB,Công an,công văn,1,2026-11-01,", "cannot be read"),
        ("link,bit.ly,,Công an,công văn,1,2026-11-01,", "cannot be read"),
        ("link,hai từ,,Công an,công văn,1,2026-11-01,", "link unreadable"),
    ],
)
async def test_what_cannot_be_confirmed_is_refused(database: Database, row: str, reason: str) -> None:
    async with database.transaction() as session:
        await make_indicator(session)
        await make_contact(session, await make_school(session), "+84912000055")
    assert reason in await refusal(database, ImportKind.INDICATORS, f"{NUMBERS}{row}\n")
    assert await indicators_in(database) == 1


async def indicators_in(database: Database) -> int:
    async with database.reading() as session:
        return await session.scalar(select(func.count()).select_from(models.Indicator)) or 0
