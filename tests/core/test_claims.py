"""Who a message says it comes from: schools by their parts, owners by the words for them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scamcheck.claims import Claim, OwnerKind, find_claims
from scamcheck.mentions import find_mentions
from scamcheck.text import read
from scamcheck.words import words


def claimed(text: str, kind: OwnerKind) -> list[Claim]:
    return [claim for claim in find_claims(read(text)) if claim.kind is kind]


def school(text: str) -> tuple[str, str, str] | None:
    found = claimed(text, OwnerKind.SCHOOL)
    return (found[0].level, found[0].name, found[0].place) if found else None


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("trường THCS Ngô Gia Tự Gia Nghĩa bị cháy", ("THCS", "ngo gia tu", "gia nghia")),
        ("c2 ng g tu gia nghia", ("THCS", "ng g tu", "gia nghia")),
        ("C3 Phan Bội Châu, Phan Thiết", ("THPT", "phan boi chau", "phan thiet")),
        ("truong phan boi chau bi gi vay", ("", "phan boi chau", "")),
        ("hs trường TH Bông Lúa huyện Cư Jút", ("TH", "bong lua", "huyen cu jut")),
        ("nha truong THPT DAK MIL thong bao em", ("THPT", "dak mil", "")),
        ("mầm non 20/10 Gia Nghĩa", ("MN", "20 10", "gia nghia")),
        ("mn 20/10", ("MN", "20 10", "")),
        ("TH&THCS Ngô Gia Tự: thông báo", ("TH&THCS", "ngo gia tu", "")),
        ("ptdtnt Cư Jút", ("PTDTNT", "cu jut", "")),
        ("dtnt", ("PTDTNT", "", "")),
        ("trung tâm gdnn-gdtx Di Linh", ("GDNN-GDTX", "di linh", "")),
        ("trường tư thục mang tên Bông Lúa", ("", "bong lua", "")),
        ("trường THCS xã Quảng Sơn", ("THCS", "quang son", "")),
        ("trường Trường Chinh", ("", "truong chinh", "")),
        ("trường của con tôi", ("", "", "")),
        ("tr.ườ.ng tiểu h0c Bông Lúa", ("TH", "bong lua", "")),
        ("lớp 9A1 trường Bông Lúa", ("", "bong lua", "")),
        ("5A TH Bông Lúa", ("TH", "bong lua", "")),
        ("cho xin số MN Bông Lúa", ("MN", "bong lua", "")),
        ("trường một hai ba bốn năm sáu bảy tám", ("", "mot hai ba bon nam sau", "")),
        ("cô giáo gọi", ("", "", "")),
        ("hiệu trưởng gọi", ("", "", "")),
    ],
)
def test_a_school_is_read_in_its_parts(text: str, parts: tuple[str, str, str]) -> None:
    assert school(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "thị trường chứng khoán",
        "hieu biet thi truong",
        "quảng trường Lâm Viên",
        "trường hợp này",
        "truong phong goi",
        "lớp trưởng Minh",
        "bà Trương Mỹ Hạnh",
        "điều trị nội trú",
        "mọi người ơi, tháng th 5 nghỉ",
        "gửi mn xem",
        "con học giỏi",
        "khoa học đời sống",
        "ngã tư Ngô Gia Tự",
        "",
    ],
)
def test_other_words_claim_no_school(text: str) -> None:
    assert school(text) is None


@pytest.mark.parametrize(
    ("text", "kind", "name", "key"),
    [
        ("con đang ở bv Chợ Rẫy", OwnerKind.HOSPITAL, "cho ray", None),
        ("bệnh viện Nhi Đồng 1 gọi", OwnerKind.HOSPITAL, "nhi dong 1", None),
        ("đang mổ ở Việt Đức", OwnerKind.HOSPITAL, "viet duc", None),
        ("đang ở viện Lâm Đồng", OwnerKind.HOSPITAL, "lam dong", None),
        ("bệnh viện huyện gọi", OwnerKind.HOSPITAL, "huyen", None),
        ("bác sĩ gọi", OwnerKind.HOSPITAL, "", None),
        ("công an xã Krông Nô mời", OwnerKind.POLICE, "", "police"),
        ("cán bộ A05", OwnerKind.POLICE, "", "police"),
        ("viện kiểm sát gửi lệnh", OwnerKind.POLICE, "", "police"),
        ("PC02 đây", OwnerKind.POLICE, "", "police"),
        ("tổng đài Viettel", OwnerKind.CARRIER, "", "viettel"),
        ("sim Mobifone bị khóa", OwnerKind.CARRIER, "", "mobifone"),
        ("nhà mạng báo", OwnerKind.CARRIER, "", None),
        ("cài VNeID", OwnerKind.AGENCY, "", "vneid"),
        ("chi cục thuế", OwnerKind.AGENCY, "", "tax"),
        ("bảo hiểm xã hội", OwnerKind.AGENCY, "", "social_insurance"),
        ("EVN cắt điện", OwnerKind.AGENCY, "", "electricity"),
        ("dịch vụ công", OwnerKind.AGENCY, "", "public_service"),
        ("bưu điện giữ hàng", OwnerKind.AGENCY, "", "post"),
        ("hải quan giữ hàng", OwnerKind.AGENCY, "", "customs"),
        ("mẹ ơi con mất máy", OwnerKind.RELATIVE, "con", None),
        ("cháu đây", OwnerKind.RELATIVE, "chau", None),
        ("ngân hàng gọi", OwnerKind.BANK, "", None),
        ("Vietcombank thông báo", OwnerKind.BANK, "vietcombank", "970436"),
    ],
)
def test_an_owner_is_claimed_by_the_words_for_it(
    text: str, kind: OwnerKind, name: str, key: str | None
) -> None:
    assert (name, key) in [(claim.name, claim.key) for claim in claimed(text, kind)]


def test_a_street_with_a_hospital_name_is_no_hospital() -> None:
    assert claimed("đường Nguyễn Tri Phương", OwnerKind.HOSPITAL) == []
    assert claimed("viện cớ bận", OwnerKind.HOSPITAL) == []


def test_a_bank_beside_an_account_is_where_money_goes() -> None:
    assert claimed("chuyển vào stk 0123456789 Vietcombank Nguyen Van A", OwnerKind.BANK) == []


def test_claims_come_once_and_in_order_with_their_place_in_the_folded_text() -> None:
    text = read("Công an gọi, công an bảo đến Vietcombank, trường THCS Bông Lúa")
    claims = find_claims(text)

    assert [claim.kind for claim in claims] == [OwnerKind.POLICE, OwnerKind.BANK, OwnerKind.SCHOOL]
    assert [text.folded[claim.start : claim.end] for claim in claims] == [
        "cong an",
        "vietcombank",
        "truong thcs bong lua",
    ]


def test_a_school_named_by_its_name_stands_for_the_words_beside_it() -> None:
    assert (
        next(claim.name for claim in claimed("cô giáo trường Bông Lúa, nhà trường báo", OwnerKind.SCHOOL))
        == "bong lua"
    )
    assert len(claimed("cô giáo của trường Bông Lúa", OwnerKind.SCHOOL)) == 1


def test_a_mention_takes_the_class_beside_it() -> None:
    mentions = find_mentions(words("lớp 9A trường Bông Lúa"))

    assert [(mention.sure, mention.stage) for mention in mentions] == [(False, "THCS"), (True, "THCS")]


PIECES = [
    "trường",
    "truong",
    "thcs",
    "TH",
    "mn",
    "học",
    "đại",
    "lớp",
    "4/2",
    "nhà",
    "Trường",
    "Bông",
    "xã",
    ",",
    ".",
    "bv",
    "viện",
    "Chợ",
    "Rẫy",
    "stk",
    "0123456789",
    "Vietcombank",
    "là",
    "ở",
]


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join)))
def test_no_text_breaks_the_reading_of_claims(text: str) -> None:
    message = read(text)

    for claim in find_claims(message):
        assert claim.start >= 0
        assert claim.end <= len(message.folded)
