"""What rows say: numbers, names, places and dates as offices write them."""

from datetime import date

import pytest

from db.importing.files import Cell
from db.importing.numbers import read_numbers
from db.importing.reading import Places, read_date, read_school
from db.importing.tables import RowUnreadable, title_of
from db.importing.words import FILE, NOTE, WHY, note, why
from scamcheck.knowledge import Commune


def read(
    text: str, *, number: bool = False, restores: bool = False
) -> list[tuple[str, str, tuple[str, ...]]]:
    return [
        (one.key or one.written, one.why, one.notes)
        for one in read_numbers(Cell(text, number), restores_zeros=restores)
    ]


# Numbers of one cell


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0263 3 822 111 - 0912345678; 0987654321", ["+842633822111", "+84912345678", "+84987654321"]),
        ("0263.3822111/0912.345.678", ["+842633822111", "+84912345678"]),
        ("Cô Hoa 0912345678\n(máy bàn) 02633822222", ["+84912345678", "+842633822222"]),
        ("0912345678 hoặc 0987.654.321 (Zalo)", ["+84912345678", "+84987654321"]),
        ("+84 912 345 678", ["+84912345678"]),
        ("84912345678", ["+84912345678"]),
        ("1900 54 54 13", ["+841900545413"]),
        ("0912345678 (nội bộ 12)", ["+84912345678"]),
        ("113", ["short:113"]),
    ],
)
def test_every_number_of_a_cell_is_read(text: str, expected: list[str]) -> None:
    assert read(text) == [(key, "", ()) for key in expected]


def test_an_old_number_is_read_as_what_it_became_and_that_is_said() -> None:
    assert read("0501 3546 278") == [("+842613546278", "", ("old_number:0501 3546 278",))]
    assert read("0521 234 567")[0][2] == ("unusual",)


def test_a_number_without_its_zero_is_a_question_and_never_guessed() -> None:
    for text in ("912345678", "2633822111", "263.3822111"):
        assert [why for _, why, _ in read(text, number=True)] == ["zero"]
    assert read("912345678; 0987654321") == [("912345678", "zero", ()), ("+84987654321", "", ())]
    assert read("912345678; 2633822111", restores=True) == [
        ("+84912345678", "", ("zero_restored",)),
        ("+842633822111", "", ("zero_restored",)),
    ]


def test_what_cannot_be_read_exactly_is_said_beside_what_can() -> None:
    assert read("0263 3 822 xxx - 0912345678") == [
        ("0263 3 822 xxx", "number", ()),
        ("+84912345678", "", ()),
    ]
    assert read("9.12346E+08", number=True) == [("9.12346E+08", "number_cut", ())]
    assert read("3822111") == [("3822111", "number", ())]
    assert read("chưa có") == [("chưa có", "number", ())]


def test_a_number_with_two_readings_is_not_chosen_for_the_office() -> None:
    found = read("máy bàn: 08 3821 2345")
    assert [why for _, why, _ in found] == ["number_two_readings"]


# Names, places, dates


@pytest.mark.parametrize(
    ("level", "name", "expected"),
    [
        ("", "Trường Tiểu học Lê Lợi", ("Tiểu học", "TH", "Lê Lợi")),
        ("TH", "Trường TH Lê Lợi", ("Tiểu học", "TH", "Lê Lợi")),
        ("cấp 2", "Nguyễn Du", ("THCS", "THCS", "Nguyễn Du")),
        ("", "TRƯỜNG THCS VÀ THPT Đống Đa", ("THCS&THPT", "THCS&THPT", "Đống Đa")),
        ("", "Trường PTDTNT Đắk Mil", ("PTDTNT", "PTDTNT", "Đắk Mil")),
        ("MN", "19/5", ("Mầm non", "MN", "19/5")),
        ("TH", "Trường Lê Lợi", ("Tiểu học", "TH", "Lê Lợi")),
    ],
)
def test_the_level_may_stand_in_the_name(level: str, name: str, expected: tuple[str, str, str]) -> None:
    assert read_school(level, name) == expected


@pytest.mark.parametrize(
    ("level", "name", "why_not"),
    [
        ("xyz", "Lê Lợi", "level"),
        ("THPT", "Trường TH Lê Lợi", "level_differs"),
        ("", "Lê Lợi", "missing"),
        ("", "THCS", "missing"),
        ("TH", "…", "missing"),
    ],
)
def test_a_school_without_a_sure_level_or_name_is_refused(level: str, name: str, why_not: str) -> None:
    with pytest.raises(RowUnreadable) as refused:
        read_school(level, name)
    assert refused.value.why == why_not


PLACES = Places(
    [
        Commune("1", "Xã Đắk Wil", "Tỉnh Lâm Đồng", ("Xã Ea Pô", "Xã Nam Dong")),
        Commune("2", "Xã Quảng Phú", "Tỉnh Lâm Đồng", ()),
        Commune("3", "Xã Quảng Phú", "Tỉnh Đắk Lắk", ("Thị trấn Ea Pôk",)),
        Commune("4", "Phường Xã Đàn", "Thành phố Hà Nội", ()),
        Commune("5", "Phường Xuân Hương - Đà Lạt", "Tỉnh Lâm Đồng", ()),
    ]
)


@pytest.mark.parametrize(
    ("written", "province", "expected"),
    [
        ("1", "", ("1", False)),
        ("Đăk Wil", "", ("1", False)),
        ("ĐẮK WIL", "", ("1", False)),
        ("xã Dak Wil", "", ("1", False)),
        ("X. Đắk Wil", "", ("1", False)),
        ("Quảng Phú", "Đắk Lắk", ("3", False)),
        ("Ea Pô", "", ("1", True)),
        ("TT Ea Pôk", "", ("3", True)),
        ("Xã Đàn", "", ("4", False)),
        ("Xuân Hương–Đà Lạt", "", ("5", False)),
    ],
)
def test_places_are_found_however_they_are_spelt_and_by_their_old_names(
    written: str, province: str, expected: tuple[str, bool]
) -> None:
    assert PLACES.find(written, province) == expected


@pytest.mark.parametrize(("written", "why_not"), [("Quảng Phú", "commune_several"), ("Sao Hỏa", "commune")])
def test_a_place_is_not_guessed(written: str, why_not: str) -> None:
    with pytest.raises(RowUnreadable) as refused:
        PLACES.find(written, "")
    assert refused.value.why == why_not


@pytest.mark.parametrize("written", ["2026-09-01", "1/9/2026", "01-09-2026", "01.09.2026", "1 / 9 / 2026"])
def test_dates_are_read_as_they_are_written_in_vietnam(written: str) -> None:
    assert read_date(written) == date(2026, 9, 1)


def test_a_serial_number_is_no_date() -> None:
    with pytest.raises(RowUnreadable, match="46266"):
        read_date("46266")


def test_every_reason_has_words_in_both_languages() -> None:
    for code, (vietnamese, english) in {**WHY, **FILE}.items():
        assert vietnamese, code
        assert english, code
        assert vietnamese != english
    assert why("missing", "name") == "thiếu ô tên trường"
    assert title_of("hours") == "thoi gian truc"
    assert note("old_number:0501 3546 278") == "số cũ 0501 3546 278, nay đổi theo đầu số mới"
    assert all(NOTE.values())
