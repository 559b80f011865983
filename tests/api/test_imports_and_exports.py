"""Files in and out of the console: brought, read for trial, taken in by two persons; lists to take away."""

import asyncio
import csv
import io
import re

import httpx
import pytest
from python_calamine import CalamineWorkbook

from api import downloads
from api.security import MAX_UPLOAD_BYTES
from db.importing.files import MOST_BYTES
from tests.api.console import Person, Site, field_of, problem_of
from tests.db.imports import xlsx_of

FORM = {"kind": "contacts", "source": "công văn của phòng", "verified_at": "2026-11-01"}
SCHOOL = "Trường Tiểu học Ví Dụ Hoa Sen"


async def bring(
    person: Person, content: bytes, name: str = "danh-sach.xlsx", **fields: str
) -> httpx.Response:
    form = {"token": await person.token(), **FORM, **fields}
    return await person.client.post("/console/imports", data=form, files={"file": (name, content)})


async def read_for_trial(person: Person, response: httpx.Response) -> tuple[str, str]:
    """The address of the report, and the page once the file is read."""
    assert response.status_code == 303, problem_of(response.text)
    path = response.headers["location"].partition("?")[0]
    async with asyncio.timeout(60):
        while (await person.client.get(f"{path}/progress")).status_code == 200:  # noqa: ASYNC110 - as the page does
            await asyncio.sleep(0.05)
    return path, await person.see(path)


def messy(*numbers: object) -> bytes:
    rows = [["PHÒNG VÍ DỤ", None, None], ["TT", "Tên trường", "Điện thoại"]]
    return xlsx_of(
        [
            *rows,
            *([number, SCHOOL, value] for number, value in enumerate(numbers, 1)),
            ["Tổng cộng", None, None],
        ]
    )


async def test_a_file_is_read_looked_at_and_taken_in_by_a_second_person(desk_site: Site) -> None:
    office = await desk_site.person("education")
    content = messy("0263 0111 210; 0263 0111 211", "0263 xxx", "0263 0111 212")
    path, page = await read_for_trial(office, await bring(office, content))
    assert "3 mục mới" in page
    assert "1 mục không nhận" in page
    assert "số điện thoại không đọc được: 0263 xxx" in page
    assert "Cột không dùng" in page
    only = await office.see(f"{path}?show=ignored")
    assert "hàng tổng cộng" in only
    assert "0263 0111 210" not in only
    taken_away = await office.client.get(f"{path}/left-out.csv")
    assert "0263 xxx" in taken_away.content.decode("utf-8-sig")
    assert (await office.client.get(f"{path}/left-out.pdf")).status_code == 404
    refused = await office.post(f"{path}/propose", reason=" ")
    assert (refused.status_code, problem_of(refused.text)) == (422, "Hãy ghi lý do.")
    await office.done(f"{path}/propose", reason="Đã đối chiếu với từng trường.")
    supervisor = await desk_site.person("supervisor")
    assert "Đang chờ người thứ hai" in await supervisor.see("/console/imports")
    waiting = await supervisor.see("/console/proposals")
    proposal = re.findall(r'href="(/console/proposals/[^"]+)">[^<]*danh-sach\.xlsx: 3 mới', waiting)[0]
    decision = await supervisor.see(proposal)
    assert f'href="{path}"' in decision
    assert "0263 0111 211" in await supervisor.see(path)
    await supervisor.done(
        f"{proposal}/approve", version_hash=field_of(decision, "version_hash"), reason="Đã xem báo cáo."
    )
    assert "Đã đưa vào dùng 3 mục" in await office.see(path)
    directory = await (await desk_site.visitor()).get("/danh-ba", params={"q": "tiểu học ví dụ hoa sen"})
    assert "0263 0111 212" in directory.text
    again, page = await read_for_trial(office, await bring(office, content))
    assert again != path
    assert "Không có gì mới" in page


async def test_the_same_file_is_the_import_that_is_open_and_can_be_given_up(desk_site: Site) -> None:
    office = await desk_site.person("education")
    content = messy("0263 0111 213")
    path, _ = await read_for_trial(office, await bring(office, content))
    same = await bring(office, content)
    assert same.headers["location"].startswith(path)
    await office.done(f"{path}/again")
    await read_for_trial(office, same)
    await office.done(f"{path}/discard")
    assert "Tệp và các hàng đã được xóa" in await office.see(path)
    assert (await office.post(f"{path}/discard")).status_code == 409


async def test_zeros_that_a_spreadsheet_took_are_asked_for(desk_site: Site) -> None:
    officer = await desk_site.person("police")
    content = xlsx_of([["Số", "Ghi chú"], [530000281, "x"]])
    response = await bring(officer, content, kind="indicators", document="1/TB")
    path, page = await read_for_trial(officer, response)
    assert "Thêm số 0 cho 1 số" in page
    answered = await officer.post(f"{path}/zeros", restore="yes")
    _, page = await read_for_trial(officer, answered)
    assert "1 mục mới" in page
    assert "đã thêm số 0 ở đầu" in page
    _, page = await read_for_trial(officer, await officer.post(f"{path}/zeros", restore="no"))
    assert "Thêm số 0 cho 1 số" in page


async def test_a_form_without_a_file_or_with_one_that_cannot_be_read_says_why(desk_site: Site) -> None:
    office = await desk_site.person("education")
    token = await office.token()
    missing = await office.client.post("/console/imports", data={"token": token, **FORM})
    assert (missing.status_code, problem_of(missing.text)) == (422, "Hãy chọn một tệp.")
    for content, words in ((b"", "Tệp trống."), (b"x" * (MOST_BYTES + 1), "Tệp lớn hơn 10 MB")):
        refused = await bring(office, content)
        assert refused.status_code == 422
        assert words in problem_of(refused.text)
    bad_day = await bring(office, messy(), verified_at="hôm qua")
    assert problem_of(bad_day.text) == "Ngày kiểm tra chưa đúng."
    _, page = await read_for_trial(office, await bring(office, b"<html></html>"))
    assert "trang web mang đuôi .xls" in page
    assert (await bring(office, messy(), kind="indicators")).status_code == 403


async def test_only_the_upload_takes_more_than_a_mebibyte_and_not_without_limit(desk_site: Site) -> None:
    office = await desk_site.person("education")
    much = {"token": await office.token(), "reason": "x" * (2 * 1024 * 1024)}
    assert (await office.client.post("/console/imports/x/propose", data=much)).status_code == 413
    too_much = b"x" * (MAX_UPLOAD_BYTES + 1)
    assert (await office.client.post("/console/imports", content=too_much)).status_code == 413


# Lists to take away


@pytest.mark.parametrize(
    ("who", "what", "expected"),
    [
        ("education", "schools", "Ví Dụ Hoa Sen"),
        ("education", "contacts", "đường dây nóng"),
        ("police", "indicators", "0530 000 113"),
        ("police", "queue", "Tin báo"),
        ("auditor", "audit", "Đăng nhập"),
    ],
)
async def test_a_list_is_taken_away_by_those_who_may_read_it_and_that_is_noted(
    desk_site: Site, who: str, what: str, expected: str
) -> None:
    person = await desk_site.person(who)
    taken = await person.client.get(f"/console/export/{what}.csv")
    assert taken.status_code == 200
    assert taken.headers["content-disposition"].startswith("attachment; ")
    assert taken.content.startswith(b"\xef\xbb\xbf")
    assert expected in taken.text
    rows = list(csv.reader(io.StringIO(taken.content.decode("utf-8-sig"))))
    workbook = await person.client.get(f"/console/export/{what}.xlsx")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(workbook.content)).get_sheet_by_index(0)
    assert sheet.to_python()[0] == rows[0]
    auditor = person if who == "auditor" else await desk_site.person("auditor")
    assert f"subject=export%3A{what}" in await auditor.see("/console/audit?action=export.")
    for form in ("csv", "xlsx"):
        assert (
            await (await desk_site.person("information")).client.get(f"/console/export/{what}.{form}")
        ).status_code == 403
    assert (await person.client.get("/console/export/staff.csv")).status_code == 404
    assert (await person.client.get(f"/console/export/{what}.pdf")).status_code == 404


async def test_a_role_takes_away_only_lists_that_it_may_read(desk_site: Site) -> None:
    education = await desk_site.person("education")
    for what in ("indicators", "queue", "audit"):
        assert (await education.client.get(f"/console/export/{what}.csv")).status_code == 404
    auditor = await desk_site.person("auditor")
    for what in ("schools", "contacts", "indicators", "queue"):
        assert (await auditor.client.get(f"/console/export/{what}.csv")).status_code == 404


HOSTILE = [
    '=HYPERLINK("http://127.0.0.1","x")',
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\0=1+1",
    " =1+1",
    "\u00a0=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(1)",
    '"=1+1',
    "'=1+1",
    "|calc",
]


@pytest.mark.parametrize("cell", HOSTILE)
def test_no_cell_begins_a_formula(cell: str) -> None:
    assert downloads.neutral(cell).startswith("'")
    rows = list(csv.reader(io.StringIO(downloads.as_csv(["x"], [[cell]]).decode("utf-8-sig"), newline="")))
    assert rows[1][0].startswith("'")
    workbook = downloads.as_xlsx(["x"], [[cell]])
    assert b"<f>" not in _sheet(workbook)
    assert b"hyperlink" not in _sheet(workbook)


def _sheet(workbook: bytes) -> bytes:
    import zipfile  # noqa: PLC0415

    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return archive.read("xl/worksheets/sheet1.xml")


def test_ordinary_cells_and_numbers_stay_as_they_are() -> None:
    for cell in ("", "Trường Tiểu học Lê Lợi", "0263 3822 111", "24/11/2026", "a=b", "T2-T6 07:00-17:00"):
        assert downloads.neutral(cell) == cell
    assert downloads.grouped("0011223344") == "0011 2233 44"
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(downloads.as_xlsx(["Số"], [["0263 3822 111"]])))
    assert sheet.get_sheet_by_index(0).to_python() == [["Số"], ["0263 3822 111"]]
