"""Tables to take away: CSV and XLSX in which nothing is a formula, and a number keeps its zero."""

import asyncio
import csv
import io
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi import HTTPException
from starlette.responses import Response

FORMS: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
BEGINS_A_FORMULA: Final = frozenset("=+-@\t\r\n\0|＝＋－＠﹢﹣－−")
"""A spreadsheet may calculate, or call a program, when a cell begins with one of these."""
WIDEST: Final = 60

Rows = Sequence[Sequence[str]]


async def table(form: str, name: str, header: Sequence[str], rows: Rows) -> Response:
    """The table as a file to save.

    Raises:
        HTTPException: 404, there is no such form.
    """
    if form not in FORMS:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    make = as_csv if form == "csv" else as_xlsx
    content = await asyncio.to_thread(make, header, rows)
    return Response(
        content,
        media_type=FORMS[form],
        headers={"Content-Disposition": f'attachment; filename="{name}.{form}"'},
    )


def neutral(text: str) -> str:
    """A cell that is read as text: an apostrophe stands before what could begin a formula."""
    text = text.replace("\0", "")
    first = text.lstrip(" \u00a0\u3000\u200b\ufeff'\"")[:1]
    return f"'{text}" if (first in BEGINS_A_FORMULA and first) or text[:1] in {"\t", "\r", "\n"} else text


def grouped(digits: str) -> str:
    """Digits in groups, which no spreadsheet takes for a number whose zero it may drop."""
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))


def as_csv(header: Sequence[str], rows: Rows) -> bytes:
    """UTF-8 with a byte-order mark, as Excel wants it, each cell in quotation marks."""
    target = io.StringIO()
    writer = csv.writer(target, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([neutral(cell) for cell in row] for row in rows)
    return target.getvalue().encode("utf-8-sig")


def as_xlsx(header: Sequence[str], rows: Rows) -> bytes:
    """A workbook of text cells."""
    # Importing it takes time that every start would pay and few need.
    import xlsxwriter  # type: ignore[import-untyped]  # noqa: PLC0415

    target = io.BytesIO()
    book: Any = xlsxwriter.Workbook(
        target,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    text, bold = book.add_format({"num_format": "@"}), book.add_format({"num_format": "@", "bold": True})
    sheet = book.add_worksheet()
    for column, title in enumerate(header):
        sheet.write_string(0, column, title, bold)
        longest = max((len(row[column]) for row in rows[:500]), default=0)
        sheet.set_column(column, column, min(max(longest, len(title)) + 2, WIDEST))
    for number, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            sheet.write_string(number, column, neutral(cell), text)
    sheet.freeze_panes(1, 0)
    book.close()
    return target.getvalue()
