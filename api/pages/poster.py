"""A school's poster: A4, black on white, the hotline in the largest type, a QR code for an old phone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import as_file, files
from io import BytesIO
from typing import Final

import segno
from fpdf import FPDF

from scamcheck.duty_hours import VIETNAM

FONT: Final = "BeVietnamPro"
_LEFT: Final = 18
_WIDTH: Final = 174
_QR_SIZE: Final = 52
_NUMBERS_SHOWN: Final = 2


@dataclass(frozen=True, slots=True)
class PosterNumber:
    """One number in large type."""

    printed: str
    label: str
    hours: str
    is_backup: bool
    unconfirmed: bool = False


@dataclass(frozen=True, slots=True)
class Poster:
    """What stands on it."""

    school: str
    place: str
    numbers: tuple[PosterNumber, ...]
    """At most two are shown: the hotline, and the one for other hours."""
    address: str
    """Of the page that proves it."""
    issued_by: str
    printed_at: datetime
    is_example: bool
    accounts: tuple[str, ...] = ()
    """Our own accounts, each with its channel: whatever else calls itself Gọi Lại is not us."""
    accounts_address: str = ""
    """Of the page that lists them, whatever they are by then."""


def for_paper(numbers: Iterable[PosterNumber]) -> tuple[PosterNumber, ...]:
    """The hotline before the backup, whatever the hour: the paper hangs for a year."""
    return tuple(sorted(numbers, key=lambda one: one.is_backup))


def drawn(poster: Poster) -> bytes:
    """The poster as a PDF file of one page."""
    pdf = FPDF(format="A4")
    pdf.set_auto_page_break(auto=False)
    pdf.set_margins(_LEFT, 16, _LEFT)
    pdf.set_title(f"Gọi Lại – {poster.school}")
    pdf.set_lang("vi")
    pdf.set_creation_date(poster.printed_at)
    _add_fonts(pdf)
    pdf.add_page()
    if poster.is_example:
        _line(pdf, "BẢN DÙNG THỬ – trường và số này là ví dụ, không có thật", 12, bold=True)
    _line(pdf, "Có người gọi báo con cấp cứu, đòi chuyển tiền?", 20, bold=True)
    _line(pdf, "CÚP MÁY. TỰ BẤM GỌI LẠI SỐ NÀY:", 22, bold=True, below=6)
    _line(pdf, poster.school, 20, bold=True)
    _line(pdf, poster.place, 14, below=4)
    _numbers(pdf, poster)
    for step in (
        "1. Chưa gọi được cho trường thì chưa chuyển đồng nào.",
        "2. Bệnh viện cứu người trước, thu tiền sau.",
        "3. Đang bị đe dọa hoặc vừa mất tiền: gọi 113. Có người bị thương: gọi 115.",
    ):
        _line(pdf, step, 15, below=2)
    _foot(pdf, poster)
    return bytes(pdf.output())


def _numbers(pdf: FPDF, poster: Poster) -> None:
    if not poster.numbers:
        _line(pdf, "Trường chưa có đường dây nóng được duyệt.", 20, bold=True)
        _line(pdf, "Gọi cô chủ nhiệm, hoặc số đã ghi trong sổ liên lạc.", 16, below=6)
    for number in poster.numbers[:_NUMBERS_SHOWN]:
        first = number is poster.numbers[0]
        _line(pdf, number.printed, 60 if first else 36, bold=True)
        about = number.label.capitalize() or ("Số dự phòng" if number.is_backup else "Đường dây nóng")
        hours = f" · {number.hours}" if number.hours else " · cả ngày"
        unconfirmed = " · chưa xác nhận lại" if number.unconfirmed else ""
        _line(pdf, about + hours + unconfirmed, 16, below=6)


def _foot(pdf: FPDF, poster: Poster) -> None:
    top = 297 - 20 - _QR_SIZE
    image = BytesIO()
    segno.make(poster.address, error="m", micro=False).save(image, kind="png", scale=10, border=4)
    image.seek(0)
    pdf.set_line_width(0.4)
    pdf.line(_LEFT, top - 6, _LEFT + _WIDTH, top - 6)
    pdf.image(image, x=_LEFT, y=top, w=_QR_SIZE, h=_QR_SIZE)
    pdf.set_xy(_LEFT + _QR_SIZE + 8, top + 3)
    day = f"{poster.printed_at.astimezone(VIETNAM):%d/%m/%Y}"
    for text, size, bold in (
        ("Quét mã: xem số đang được duyệt, dán tin lạ để kiểm tra.", 14, True),
        (poster.address, 12, False),
        (f"In ngày {day}. Số có thể đã đổi: mã QR luôn mở số mới nhất.", 11, False),
        (f"Gọi Lại, do {poster.issued_by} vận hành. Máy trả lời tự động, không phải công an.", 11, False),
    ):
        pdf.set_x(_LEFT + _QR_SIZE + 8)
        pdf.set_font(FONT, "B" if bold else "", size)
        pdf.multi_cell(_WIDTH - _QR_SIZE - 8, size * 0.5, text, align="L", new_x="LMARGIN", new_y="NEXT")
        pdf.ln(1.5)
    if poster.accounts:
        pdf.set_xy(_LEFT, top + _QR_SIZE + 2)
        pdf.set_font(FONT, "", 9)
        ours = (
            f"Chỉ những tài khoản này là của Gọi Lại: {' · '.join(poster.accounts)}. "
            f"Tài khoản khác tự xưng Gọi Lại là giả; xem {poster.accounts_address}"
        )
        pdf.multi_cell(_WIDTH, 4.3, ours, align="L", new_x="LMARGIN", new_y="NEXT")


def _line(pdf: FPDF, text: str, size: float, *, bold: bool = False, below: float = 1.5) -> None:
    pdf.set_font(FONT, "B" if bold else "", size)
    pdf.multi_cell(_WIDTH, size * 0.48, text, align="L", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(below)


def _add_fonts(pdf: FPDF) -> None:
    shipped = files("fontpkg_be_vietnam_pro").joinpath("files")
    for style, name in (("", "BeVietnamPro-Regular.ttf"), ("B", "BeVietnamPro-Bold.ttf")):
        with as_file(shipped.joinpath(name)) as path:
            pdf.add_font(FONT, style, path)
