"""A small invented registry: names that repeat, places that were renamed, and every type of school."""

from scamcheck.knowledge import School
from scamcheck.places import shipped
from scamcheck.schools import SchoolIndex

_ROWS = (
    ("ngu1", "THCS", "Trường THCS Ngô Gia Tự", "Phường Bắc Gia Nghĩa", "Thành phố Gia Nghĩa", ()),
    ("ngu2", "TH", "Trường Tiểu học Ngô Gia Tự", "Phường Nam Gia Nghĩa", "Thành phố Gia Nghĩa", ()),
    (
        "ngu3",
        "THCS",
        "Trường THCS Ngô Gia Tự",
        "Xã Đức Lập",
        "Huyện Đắk Mil",
        ("Trường cấp 2 thị trấn Đắk Mil",),
    ),
    ("ngu4", "THPT", "Trường THPT Ngô Gia Tự", "Xã Krông Nô", "Huyện Krông Nô", ()),
    ("ngu5", "TH&THCS", "Trường TH&THCS Ngô Gia Tự", "Xã Tà Đùng", "Huyện Đắk Glong", ()),
    ("ngu6", "THPT", "Trường THPT Ngô Gia Tự", "Phường 1 Bảo Lộc", "Thành phố Bảo Lộc", ()),
    ("tan1", "TH", "Trường Tiểu học Lê Tân", "Xã Di Linh", "Huyện Di Linh", ()),
    ("tai1", "TH", "Trường Tiểu học Lê Tài", "Xã Di Linh", "Huyện Di Linh", ()),
    ("khe1", "THPT", "Trường THPT Lê Viết Thuật - Quảng Khê", "Xã Quảng Khê", "Huyện Đắk Glong", ()),
    ("bon1", "MN", "Trường Mẫu giáo Bông Sen", "Xã Cư Jút", "Huyện Cư Jút", ("Trường Mẫu giáo 3",)),
    ("bon2", "MN", "Trường Mầm non Bông Sen", "Xã Đức Trọng", "Huyện Đức Trọng", ()),
    ("ngay", "MN", "Trường Mầm non 20/10", "Xã Đơn Dương", "Huyện Đơn Dương", ()),
    ("mil1", "THPT", "Trường THPT Đắk Mil", "Xã Đức Lập", "Huyện Đắk Mil", ()),
    ("nt1", "PTDTNT", "Trường PTDTNT THCS và THPT huyện Đắk Mil", "Xã Đức Lập", "Huyện Đắk Mil", ()),
    ("nt2", "PTDTNT", "Trường PTDTNT N'Trang Gưh", "Phường Đông Gia Nghĩa", "Thành phố Gia Nghĩa", ()),
    ("nt3", "PTDTNT", "Trường PTDTNT", "Xã Lạc Dương", "Huyện Lạc Dương", ()),
    ("bt1", "TH", "Trường PTDTBT Tiểu học N'Trang Gưh", "Xã Quảng Trực", "Huyện Tuy Đức", ()),
    ("tx1", "GDNN-GDTX", "Trung tâm GDNN-GDTX Đắk Mil", "Xã Đức Lập", "Huyện Đắk Mil", ()),
    ("chi1", "THCS", "Trường THCS Trường Chinh", "Xã Tuy Đức", "Huyện Tuy Đức", ()),
    ("phan", "THPT", "Trường THPT Phan Châu Trinh", "Phường La Gi", "Thị xã La Gi", ()),
    ("toan", "THCS", "Trường THCS Trần Quốc Tuấn", "Xã Nâm Nung", "Huyện Krông Nô", ()),
    (
        "old1",
        "TH",
        "Trường Tiểu học Mạc Thị Bưởi",
        "Xã Đắk Sắk",
        "",
        ("Trường Tiểu học Nam Xuân (trước 2016)",),
    ),
)


def make_registry() -> tuple[School, ...]:
    here = tuple(
        School(id_, level, name, commune, None, district, "Lâm Đồng", aliases)
        for id_, level, name, commune, district, aliases in _ROWS
    )
    elsewhere = School(
        "far1", "THCS", "Trường THCS Ngô Gia Tự", "Phường Sài Gòn", None, "Quận 1", "TP. Hồ Chí Minh"
    )
    coded = School("code", "TH", "Trường Tiểu học Tô Hiệu", "Đức An", "24717", "", "Lâm Đồng")
    return (*here, elsewhere, coded)


def make_index() -> SchoolIndex:
    return SchoolIndex(make_registry(), shipped())
