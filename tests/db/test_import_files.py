"""Real files, made here: what offices really send is read, and what would harm is refused before it is parsed."""

import io
import json
import resource
import struct
import unicodedata
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Self

import pytest
import xlsxwriter

from db import spreadsheet_child
from db.importing import files
from db.importing.files import FileRefused, read_file
from db.importing.letters import Letters, from_tcvn3
from db.importing.tables import Left, Table, TableUnreadable, read_table
from db.spreadsheet_child import Refused, limit_this_process, main, read
from tests.db.imports import csv_of, xls_of, xlsx_of

TITLES = [["PHÒNG VĂN HÓA – XÃ HỘI"], ["DANH SÁCH TRƯỜNG"], [None]]
HEADER = ["TT", "Tên trường", "Cấp học", "Xã, phường", "Số điện thoại", "Ngày xác minh"]


def table_of(content: bytes) -> Table:
    return read_table(read_file(content))


def to_tcvn3(text: str) -> str:
    back = {from_tcvn3(chr(code)): chr(code) for code in range(0xA1, 0x100)}
    return "".join(back.get(letter, letter) for letter in text)


# Tables


def test_titles_stand_above_the_header_and_totals_below() -> None:
    content = xlsx_of(
        [
            *TITLES,
            HEADER,
            [1, "Trường Tiểu học Lê Lợi", "TH", "Đức Lập", "0263 3822 111", date(2026, 9, 1)],
            [2, "Trường THCS Nguyễn Du", "THCS", "Đức Lập", 912345678, None],
            HEADER,
            [3, "Trường Mầm non Hoa Hồng", "MN", "Đức Lập", "0912 345 679", "1/9/2026"],
            ["Tổng cộng: 3 trường"],
            [None, "Người lập biểu"],
        ],
        merges=[("A1:F1", "PHÒNG VĂN HÓA – XÃ HỘI")],
    )
    table = table_of(content)
    assert [row.number for row in table.rows if row.left is None] == [5, 6, 8]
    assert [(row.number, row.left) for row in table.rows if row.left] == [
        (7, Left.HEADER_AGAIN),
        (9, Left.TOTAL),
        (10, Left.HEADING),
    ]
    first, second, *_ = table.rows
    assert (first.sheet, first.get("name"), first.get("verified_at")) == (
        "Danh sách",
        "Trường Tiểu học Lê Lợi",
        "2026-09-01",
    )
    assert [(cell.text, cell.number) for cell in second.values] == [("912345678", True)]
    assert table.unknown == ("TT",)


@pytest.mark.parametrize("make", ["xlsx", "xls"])
def test_the_value_of_a_merge_belongs_to_all_of_its_rows(make: str) -> None:
    rows = [["Xã, phường", "Tên trường"], [None, "Lê Lợi"], [None, "Trần Phú"], ["Đức Lập", "Hoa Hồng"]]
    if make == "xlsx":
        content = xlsx_of(rows, merges=[("A2:A3", "Quảng Phú")])
    else:
        content = xls_of(rows, merges=[(1, 2, 0, 0, "Quảng Phú")])
    assert [(row.get("commune"), row.get("name")) for row in table_of(content).rows] == [
        ("Quảng Phú", "Lê Lợi"),
        ("Quảng Phú", "Trần Phú"),
        ("Đức Lập", "Hoa Hồng"),
    ]


def test_a_header_of_two_rows_gives_each_of_its_columns_the_common_name() -> None:
    content = xlsx_of(
        [
            ["Tên trường", "Số điện thoại", None],
            [None, "Cố định", "Di động"],
            ["Lê Lợi", "0263 3822 111", "0912 345 678"],
            ["KHỐI MẦM NON", None, None],
        ],
        merges=[("A1:A2", "Tên trường"), ("B1:C1", "Số điện thoại")],
    )
    again, row, heading = table_of(content).rows
    assert (again.left, heading.left) == (Left.HEADER_AGAIN, Left.HEADING)
    assert [cell.text for cell in row.values] == ["0263 3822 111", "0912 345 678"]


def test_several_sheets_are_read_and_those_without_a_header_or_hidden_are_named() -> None:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    for name, rows in {
        "Mầm non": [["Tên trường"], ["Hoa Hồng"]],
        "Tiểu học": [["Tên trường"], ["Lê Lợi"]],
        "Hướng dẫn": [["Điền vào các trang sau."]],
        "Trống": [],
    }.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 2, row)
    book.add_worksheet("Nháp").hide()
    book.close()
    table = table_of(target.getvalue())
    assert [(row.sheet, row.number, row.get("name")) for row in table.rows] == [
        ("Mầm non", 2, "Hoa Hồng"),
        ("Tiểu học", 2, "Lê Lợi"),
    ]
    assert table.passed_over == ("Nháp", "Hướng dẫn")


def test_formulas_are_not_evaluated_and_links_not_followed() -> None:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["Tên trường", "Ghi chú"])
    sheet.write_formula(1, 0, '=CONCATENATE("Lê ","Lợi")', value="Trần Phú")
    sheet.write_formula(1, 1, '=WEBSERVICE("http://127.0.0.1/x")', value="")
    sheet.write_boolean(2, 0, True)  # noqa: FBT003
    sheet.write_boolean(2, 1, False)  # noqa: FBT003
    sheet.write_number(3, 0, 19.5)
    book.close()
    rows = table_of(target.getvalue()).rows
    assert [(row.get("name"), row.get("label")) for row in rows] == [
        ("Trần Phú", ""),
        ("x", ""),
        ("19.5", ""),
    ]


def test_times_and_lengths_of_time_are_text() -> None:
    assert [spreadsheet_child._cell(value) for value in (True, False)] == ["x", ""]
    assert spreadsheet_child._cell(time(7, 30)) == "07:30:00"
    assert spreadsheet_child._cell(timedelta(hours=1)) == "1:00:00"
    assert spreadsheet_child._cell(datetime(2026, 9, 1, 7, 30)) == ["d", "2026-09-01"]  # noqa: DTZ001


# Letters


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_csv_is_read_as_spreadsheets_write_it(mark: str, encoding: str) -> None:
    content = csv_of(["Tên trường", "Xã"], ["Lê Lợi", "Đức Lập"], encoding=encoding, mark=mark)
    (row,) = table_of(content).rows
    assert (row.get("name"), row.get("commune")) == ("Lê Lợi", "Đức Lập")


SCHOOLS = [
    ["Tên trường", "Xã"],
    ["Trường Tiểu học Nguyễn Bỉnh Khiêm", "Đắk Wer"],
    ["Trường Mầm non Hoa Phượng", "Bắc Gia Nghĩa"],
]


def test_letters_of_a_tcvn3_font_become_unicode() -> None:
    for content in (
        xls_of([[to_tcvn3(cell) for cell in row] for row in SCHOOLS]),
        csv_of(*[[to_tcvn3(cell) for cell in row] for row in SCHOOLS], encoding="latin-1"),
    ):
        table = table_of(content)
        assert table.letters is Letters.TCVN3
        assert [[row.get("name"), row.get("commune")] for row in table.rows] == SCHOOLS[1:]


def test_unicode_cells_of_a_mixed_workbook_are_left_alone() -> None:
    rows = [[to_tcvn3(cell) for cell in row] for row in SCHOOLS]
    rows.append(["Trường Tiểu học Lê Lợi", "Bé Nhỏ"])
    *_, last = table_of(xls_of(rows)).rows
    assert last.get("name") == "Trường Tiểu học Lê Lợi"


def test_windows_1258_and_decomposed_letters_are_composed() -> None:
    decomposed = [[unicodedata.normalize("NFD", cell) for cell in row] for row in SCHOOLS]
    table = table_of(csv_of(*decomposed))
    assert (table.letters, table.rows[0].get("name")) == (Letters.UNICODE, SCHOOLS[1][0])
    # The code page has letters with their hats, and tones as marks of their own.
    tones = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}

    def of_the_page(text: str) -> str:
        letters = unicodedata.normalize("NFD", text)
        base = "".join(letter for letter in letters if letter not in tones)
        assert base  # each tone goes behind its letter
        found = ""
        for letter in text:
            parts = unicodedata.normalize("NFD", letter)
            plain = unicodedata.normalize("NFC", "".join(part for part in parts if part not in tones))
            found += plain + "".join(part for part in parts if part in tones)
        return found

    content = csv_of(*[[of_the_page(cell) for cell in row] for row in SCHOOLS], encoding="cp1258")
    table = table_of(content)
    assert table.letters is Letters.WINDOWS_1258
    assert [row.get("name") for row in table.rows] == [row[0] for row in SCHOOLS[1:]]


def test_the_icelandic_letter_becomes_the_vietnamese_one() -> None:
    (row,) = table_of("Tên trường\nÐắk Nông\n".encode()).rows
    assert row.get("name") == "Đắk Nông"


def test_western_words_are_not_taken_for_an_old_font() -> None:
    table = table_of(csv_of(["Tên trường", "Ghi chú"], ["Lê Lợi", "Café Hôtel Noël®"]))
    assert table.letters is Letters.UNICODE


# What is refused


def zipped(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


BOOK = {"xl/workbook.xml": b"<workbook/>"}


def lying(content: bytes) -> bytes:
    """The same archive, whose directory says of the last part that it is small."""
    at = content.rindex(b"PK\x01\x02")
    return content[: at + 24] + struct.pack("<I", 10) + content[at + 28 :]


def locked(content: bytes) -> bytes:
    at = content.rindex(b"PK\x01\x02")
    return content[: at + 8] + struct.pack("<H", 1) + content[at + 10 :]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"x" * (files.MOST_BYTES + 1), "too_large"),
        (b"PK\x03\x04 and nothing", "corrupt"),
        (zipped({"word/document.xml": b"<x/>"}), "format"),
        (zipped({**BOOK, **{f"x{number}": b"" for number in range(500)}}), "bomb"),
        (zipped({**BOOK, "xl/a.xml": b" " * 30_000_000}), "bomb"),
        (zipped({**BOOK, "xl/a.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}), "entities"),
        (
            zipped({**BOOK, "xl/a.xml": '<!DOCTYPE x SYSTEM "file:///etc/passwd">'.encode("utf-16-le")}),
            "entities",
        ),
        (lying(zipped({**BOOK, "xl/a.xml": b"<x>" + b"abcdefgh" * 1000 + b"</x>"})), "corrupt"),
        (locked(zipped({**BOOK, "xl/a.xml": b"<x/>"})), "encrypted"),
        (zipped(BOOK), "corrupt"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "corrupt"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600,
            "encrypted",
        ),
        (b"<html><table><tr><td>x</td></tr></table></html>", "html"),
        (b"a\0b", "corrupt"),
        (b"a\0b\0\0\0", "format"),
        (b"\xff\xfea", "corrupt"),
        (b'x,"y', "corrupt"),
        (b"\n".join([b"x"] * 100_001), "rows"),
        (b"x," * 300, "columns"),
        (b"\n".join([b"x" + b"," * 199] * 10_001), "cells"),
        (b"x" * 4_001, "long_cell"),
    ],
)
def test_what_is_no_table_or_would_harm_is_refused_with_its_reason(content: bytes, why: str) -> None:
    with pytest.raises(Refused, match=f"^{why}$"):
        read(content)
    with pytest.raises(FileRefused, match=f"^{why}$"):
        read_file(content)


def test_a_part_may_not_inflate_to_more_than_all_together(monkeypatch: pytest.MonkeyPatch) -> None:
    content = zipped({**BOOK, "xl/a.xml": b"abc" * 1000, "xl/b.xml": b"abc" * 1000})
    monkeypatch.setattr(spreadsheet_child, "MOST_INFLATED", 4_000)
    with pytest.raises(Refused, match="bomb"):
        read(content)


def test_what_really_comes_out_counts_whatever_the_directory_says(monkeypatch: pytest.MonkeyPatch) -> None:
    class Endless:
        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def read(self, size: int) -> bytes:
            return b" " * size

    content = zipped(BOOK)
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_, **__: Endless())
    with pytest.raises(Refused, match="bomb"):
        read(content)


def cells(*places: tuple[int, int]) -> Callable[[Any], None]:
    """Writes cells at these places of one sheet."""

    def write(book: Any) -> None:
        sheet = book.add_worksheet()
        for row, column in places:
            sheet.write(row, column, "x")

    return write


@pytest.mark.parametrize(
    ("write", "why"),
    [
        (lambda book: [book.add_worksheet() for _ in range(51)], "sheets"),
        (lambda book: book.add_worksheet().write(0, 0, "x" * 5_000), "long_cell"),
        (cells((0, 300)), "columns"),
        (cells((0, 0), (150_000, 0)), "rows"),
        (cells((0, 0), (20_000, 150)), "cells"),
        (cells((200_000, 0)), None),
        (cells((0, 0)), None),
    ],
)
def test_a_workbook_beyond_measure_is_refused(write: Callable[[Any], object], why: str | None) -> None:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    write(book)
    book.close()
    if why is None:  # one cell is one cell, however far down
        assert [row[1] for row in read(target.getvalue())["sheets"][0]["rows"]] == [["x"]]
        return
    with pytest.raises(Refused, match=f"^{why}$"):
        read(target.getvalue())


def test_a_workbook_with_a_password_of_its_own_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Locked:
        @staticmethod
        def from_filelike(_file: object) -> None:
            raise spreadsheet_child.PasswordError

    monkeypatch.setattr(spreadsheet_child, "CalamineWorkbook", Locked)
    with pytest.raises(Refused, match="encrypted"):
        read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 a workbook")


def test_a_merge_outside_of_the_table_or_without_a_value_is_nothing() -> None:
    rows: list[list[spreadsheet_child.Cell]] = [["a", ""], ["", ""]]
    for down, across in (((5, 6), (0, 0)), ((0, 1), (5, 6)), ((1, 1), (0, 1))):
        spreadsheet_child._spread(rows, down, across)
    assert rows == [["a", ""], ["", ""]]
    spreadsheet_child._spread(rows, (0, 9), (0, 9))
    assert rows == [["a", "a"], ["a", "a"]]


@pytest.mark.parametrize(
    "content",
    [
        xlsx_of(
            [["Tên", "Ngày"], [912345678, date(2026, 9, 1)], [None, None], ["x", 1.5]],
            merges=[("A1:B1", "Tên")],
            Trống=[],
        ),
        xls_of([["Tên", 9.0], ["x", 912345678]]),
        csv_of(["Tên", ""], ["", ""], ["Lê Lợi", "x"], encoding="utf-16"),
        csv_of(["Tên"], ["Lê Lợi"], encoding="utf-16-be"),
        to_tcvn3("Tên\nTrần Phú").encode("latin-1"),
    ],
)
def test_the_child_reads_what_its_functions_read(content: bytes) -> None:
    target = io.StringIO()
    main(io.BytesIO(content), target)
    assert json.loads(target.getvalue()) == json.loads(json.dumps(read(content)))
    assert read(content)["sheets"][0]["rows"]


def test_the_child_says_in_json_what_it_read_or_why_not() -> None:
    for content, expected in (
        (b"a,b\n1,2", {"name": "", "hidden": False, "rows": [[1, ["a", "b"]], [2, ["1", "2"]]]}),
        (b"", None),
    ):
        target = io.StringIO()
        main(io.BytesIO(content), target)
        answer = json.loads(target.getvalue())
        assert answer.get("sheets", [None]) == [expected]
    assert answer == {"refused": "empty"}


def test_the_child_limits_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    limits: dict[int, tuple[int, int]] = {}
    monkeypatch.setattr(resource, "setrlimit", limits.__setitem__)
    limit_this_process()
    assert limits[resource.RLIMIT_AS] == (spreadsheet_child.MOST_MEMORY,) * 2
    assert limits[resource.RLIMIT_CPU] == (spreadsheet_child.MOST_SECONDS,) * 2
    assert limits[resource.RLIMIT_FSIZE] == (0, 0)


def test_a_child_that_takes_long_or_dies_refuses_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = tmp_path / "child.py"
    script.write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(spreadsheet_child, "__file__", str(script))
    with pytest.raises(FileRefused, match="too_slow"):
        read_file(b"x", patience=0.3)
    script.write_text("import os\nos.abort()\n")
    with pytest.raises(FileRefused, match="too_heavy"):
        read_file(b"x")


def test_a_file_without_a_known_column_or_without_rows_is_refused() -> None:
    for content, why in ((b"shoe size\n41", "header"), (b"name\ntotal\n"[:5], "no_rows")):
        with pytest.raises(TableUnreadable, match=why):
            table_of(content)
