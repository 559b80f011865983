"""Names of columns, and words in them, as offices write them, whatever the accents and capitals."""

from collections.abc import Mapping
from typing import Final

from scamcheck.claims import OwnerKind
from scamcheck.knowledge import IdentifierKind
from scamcheck.text import fold

HEADERS: Final[Mapping[str, tuple[str, ...]]] = {
    "level": ("level", "cap", "cap hoc", "bac hoc", "loai truong", "loai hinh", "khoi"),
    "name": ("name", "ten", "ten truong", "ten truong hoc", "ten don vi truong", "ten co so giao duc"),
    "commune": (
        "commune",
        "xa",
        "phuong",
        "xa phuong",
        "ma xa",
        "xa/phuong",
        "phuong/xa",
        "phuong xa",
        "ten xa",
        "xa, phuong",
        "phuong, xa",
        "xa (phuong)",
        "dia ban",
    ),
    "province": ("province", "tinh", "tinh/thanh pho", "tinh, thanh pho"),
    "old_district": ("old district", "huyen", "huyen cu", "huyen (cu)", "quan/huyen"),
    "aliases": ("aliases", "ten khac", "ten cu", "ten goi cu", "ten truong cu"),
    "owner_kind": ("owner kind", "loai don vi", "don vi loai"),
    "owner": ("owner", "don vi", "chu so huu", "truong", "ten don vi", "co quan"),
    "kind": ("kind", "loai"),
    "value": (
        "value",
        "number",
        "so",
        "so dien thoai",
        "so tai khoan",
        "gia tri",
        "dien thoai",
        "sdt",
        "so dt",
        "so đt",
        "dt",
        "duong day nong",
        "so duong day nong",
        "hotline",
        "so lien he",
        "co dinh",
        "di dong",
        "so co dinh",
        "so di dong",
        "dien thoai lien he",
        "so dien thoai lien he",
        "link",
        "duong dan",
    ),
    "bank": ("bank", "ngan hang"),
    "label": ("label", "nhan", "ghi chu", "chuc vu", "bo phan"),
    "hours": ("hours", "gio truc", "thoi gian truc"),
    "backup": ("backup", "du phong", "so du phong"),
    "consent": ("consent", "chu so dong y", "dong y cong khai", "dong y"),
    "unit": ("unit", "don vi xac nhan", "confirmed by", "co quan xac nhan"),
    "source": ("source", "nguon", "nguon tin"),
    "document": ("document", "van ban", "so van ban", "cong van", "so cong van"),
    "verified_at": ("verified at", "ngay xac minh", "ngay xac nhan", "ngay kiem tra"),
    "expires_at": ("expires at", "het han", "ngay het han"),
}
"""Names of columns, in English or Vietnamese."""

OWNER_KINDS: Final[Mapping[str, OwnerKind]] = {
    "school": OwnerKind.SCHOOL,
    "truong": OwnerKind.SCHOOL,
    "police": OwnerKind.POLICE,
    "cong an": OwnerKind.POLICE,
    "hospital": OwnerKind.HOSPITAL,
    "benh vien": OwnerKind.HOSPITAL,
    "bank": OwnerKind.BANK,
    "ngan hang": OwnerKind.BANK,
    "agency": OwnerKind.AGENCY,
    "co quan": OwnerKind.AGENCY,
    "carrier": OwnerKind.CARRIER,
    "nha mang": OwnerKind.CARRIER,
}
IDENTIFIER_KINDS: Final[Mapping[str, IdentifierKind]] = {
    "": IdentifierKind.NUMBER,
    "number": IdentifierKind.NUMBER,
    "so": IdentifierKind.NUMBER,
    "so dien thoai": IdentifierKind.NUMBER,
    "dien thoai": IdentifierKind.NUMBER,
    "bank account": IdentifierKind.BANK_ACCOUNT,
    "account": IdentifierKind.BANK_ACCOUNT,
    "so tai khoan": IdentifierKind.BANK_ACCOUNT,
    "tai khoan": IdentifierKind.BANK_ACCOUNT,
    "link": IdentifierKind.LINK,
    "duong dan": IdentifierKind.LINK,
}
YES: Final = frozenset({"x", "1", "co", "yes", "true", "y", "v"})
NO: Final = frozenset({"", "0", "khong", "no", "false", "n", "-"})
TOTALS: Final = ("tong cong", "tong so", "tong", "cong")
"""How a row of totals begins."""

_COLUMN_OF: Final = {name: column for column, names in HEADERS.items() for name in names}


def folded(written: str) -> str:
    """A cell as it is compared: lower case, no marks, single blanks."""
    return " ".join(fold(written.replace("_", " ")).split())


def column_of(header: str) -> str:
    """The column that a header names; "" when nobody knows it."""
    return _COLUMN_OF.get(folded(header).strip(" .:*"), "")
