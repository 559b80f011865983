"""Why a row or a file is not taken in, in words: Vietnamese, and English for the command line."""

from collections.abc import Mapping
from typing import Final

from db.importing.tables import title_of

WHY: Final[Mapping[str, tuple[str, str]]] = {
    # What the row itself lacks
    "missing": ("thiếu ô {}", "the cell is empty: {}"),
    "level": ("không rõ cấp học: {}", "unknown level: {}"),
    "level_differs": ("cấp học và tên trường không khớp: {}", "level and name of the school differ: {}"),
    "commune": ("không có xã, phường này: {}", "no such commune: {}"),
    "commune_several": ("nhiều nơi trùng tên, hãy ghi thêm tỉnh: {}", "several communes of that name: {}"),
    "owner_kind": ("loại đơn vị lạ: {}", "unknown kind of owner: {}"),
    "kind": ("loại lạ: {}", "unknown kind: {}"),
    "yes_no": ("ô có hay không chưa rõ: {}", "neither yes nor no: {}"),
    "number": ("số điện thoại không đọc được: {}", "phone number unreadable: {}"),
    "number_two_readings": ("số đọc được hai cách, hãy ghi đủ: {}", "the number can be read in two ways: {}"),
    "number_cut": ("Excel đã làm mất chữ số, hãy gõ lại: {}", "digits were lost in the spreadsheet: {}"),
    "zero": ("có lẽ mất số 0 ở đầu: {}", "its leading zero may be lost: {}"),
    "bank": ("không rõ ngân hàng: {}", "unknown bank: {}"),
    "account_cut": (
        "số tài khoản bị lưu thành số, có thể mất chữ số; hãy gõ lại dạng chữ: {}",
        "the account is stored as a number, digits may be lost: {}",
    ),
    "link": ("đường dẫn không đọc được: {}", "link unreadable: {}"),
    "date": ("ngày không đọc được: {}", "date unreadable: {}"),
    "date_future": ("ngày ở tương lai: {}", "the date is to come: {}"),
    "hours": (
        'giờ trực viết như "T2-T6 07:00-17:00; T7 07:00-11:30"; ở đây là: {}',
        "duty hours unreadable: {}",
    ),
    "consent": (
        "số di động của trường cần chủ số đồng ý cho hiện công khai: {}",
        "a mobile number needs its owner's consent: {}",
    ),
    "unreadable": ("không đọc được: {}", "cannot be read as what it should be: {}"),
    "example": ("số trong dải ví dụ, không có thật: {}", "an example number, nobody has it: {}"),
    "not_example": ("bản dùng thử chỉ nhận số ví dụ: {}", "the demo takes example numbers only: {}"),
    "cannot_be_contact": (
        "số nước ngoài, vệ tinh, thu phí hay số ngắn không nhận: {}",
        "a foreign, satellite, paid or short number: {}",
    ),
    # What the record says
    "outside": ("ngoài địa bàn hoặc cấp học của đơn vị bạn", "outside the office's area"),
    "not_your_kind": (
        "đơn vị loại này không nhập bằng tệp ở đây",
        "owners of this kind are not imported here",
    ),
    "no_school": ("chưa có trường này ở xã, phường đó: {}", "no such school there: {}"),
    "several_schools": ("nhiều trường trùng tên, hãy ghi thêm xã, phường: {}", "several such schools: {}"),
    "there": ("đã có, không khác gì", "recorded already"),
    "twice": ("trùng với hàng {} của tệp", "the same as row {} of the file"),
    "twice_other": ("số này cũng ghi cho đơn vị khác ở hàng {} của tệp", "row {} gives it to another owner"),
    "confirmed": ("đã xác nhận và còn hạn", "confirmed already, and not expired"),
    "details": ("thay đổi: {}", "changes: {}"),
    "renewed": (
        "mục cũ đã hết hạn hoặc mới là cảnh báo tạm thời",
        "it had expired, or was a temporary warning",
    ),
    "other_owner": ("đang là số của đơn vị khác: {}", "somebody's contact already: {}"),
    "frozen": ("số này đang bị khóa, cần hai người mở khóa trước", "the contact is frozen"),
    "listed": ("số này nằm trong danh mục lừa đảo", "listed as a scam"),
    "official": ("đây là số chính thức của một đơn vị", "an official contact"),
    "protected": ("số này nằm trong danh sách bảo vệ", "on the protected list"),
    "suspended": ("mục này đang tạm dừng, cần xem riêng", "suspended"),
    "withdrawn": ("đã rút khỏi danh mục; nếu có căn cứ mới hãy đề xuất riêng", "it was withdrawn"),
    "demo": ("dữ liệu dùng thử và dữ liệu thật không trộn với nhau", "demo and real records do not mix"),
    # No record
    "total": ("hàng tổng cộng", "a row of totals"),
    "heading": ("hàng tiêu đề nhóm hoặc ghi chú", "a heading or a note"),
    "header_again": ("hàng tiêu đề lặp lại", "the header again"),
}

FILE: Final[Mapping[str, tuple[str, str]]] = {
    "empty": ("Tệp trống.", "the file is empty"),
    "too_large": ("Tệp lớn hơn 10 MB. Hãy bỏ hình ảnh, hoặc chia thành nhiều tệp.", "the file is too large"),
    "format": (
        "Không phải tệp Excel (.xlsx, .xls) hay CSV. Hãy mở tệp và lưu lại thành .xlsx.",
        "neither XLSX, XLS nor CSV",
    ),
    "html": (
        "Tệp này là trang web mang đuôi .xls. Hãy mở bằng Excel và lưu lại thành .xlsx.",
        "a web page under the name of a spreadsheet",
    ),
    "encrypted": ("Tệp có mật khẩu. Hãy bỏ mật khẩu rồi tải lại.", "the file is locked by a password"),
    "corrupt": ("Tệp bị hỏng, không đọc được. Hãy mở và lưu lại.", "the file is broken"),
    "bomb": ("Tệp phình ra quá lớn khi mở. Hãy sao chép dữ liệu sang tệp mới.", "the file inflates too much"),
    "entities": ("Tệp chứa thành phần lạ. Hãy sao chép dữ liệu sang tệp mới.", "the file declares entities"),
    "sheets": ("Tệp có quá nhiều trang tính (tối đa 50).", "too many sheets"),
    "rows": ("Tệp có quá nhiều hàng (tối đa 100.000). Hãy chia thành nhiều tệp.", "too many rows"),
    "columns": ("Tệp có quá nhiều cột (tối đa 200). Hãy bỏ các cột trống ở xa.", "too many columns"),
    "cells": ("Tệp có quá nhiều ô. Hãy chia thành nhiều tệp.", "too many cells"),
    "long_cell": ("Có ô dài hơn 4.000 chữ.", "a cell is too long"),
    "too_slow": ("Đọc tệp mất quá lâu. Hãy chia thành nhiều tệp.", "reading the file takes too long"),
    "too_heavy": (
        "Tệp quá nặng để đọc. Hãy sao chép dữ liệu sang tệp mới.",
        "reading the file takes too much",
    ),
    "letters": ("Không rõ bảng mã chữ. Hãy lưu lại thành .xlsx.", "the file must be UTF-8"),
    "header": (
        "Không tìm thấy hàng tiêu đề có tên cột quen thuộc, như Tên trường, Cấp học, Xã, Số điện thoại.",
        "no row with known columns",
    ),
    "no_rows": ("Dưới hàng tiêu đề không có hàng dữ liệu nào.", "no rows below the header"),
    "fault": ("Có lỗi ở phía chúng tôi khi đọc tệp. Hãy báo người quản trị.", "a fault on our side"),
}

NOTE: Final[Mapping[str, str]] = {
    "old_number": "số cũ {}, nay đổi theo đầu số mới",
    "old_commune": "xã, phường cũ {}, nay thuộc đơn vị mới",
    "zero_restored": "đã thêm số 0 ở đầu",
    "unusual": "đầu số ít gặp, hãy xem lại",
}


def why(code: str, detail: str = "", *, english: bool = False) -> str:
    """The reason in words; `detail` is what it is about."""
    if code == "missing":
        detail = detail if english else title_of(detail)
    return WHY[code][english].format(detail)


def note(written: str) -> str:
    """A note of `Entry.notes` in words."""
    code, _, about = written.partition(":")
    return NOTE[code].format(about)


def in_both(code: str, detail: str = "") -> str:
    """The reason in Vietnamese and English."""
    return f"{why(code, detail)} / {why(code, detail, english=True)}"
