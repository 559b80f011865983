"""Names recognised in spite of slips, and the scores behind them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scamcheck.match import edits, nearest, partial_ratio, partial_span, ratio
from scamcheck.name_index import Likeness, NameIndex, abbreviations, is_slip
from scamcheck.words import joined, sounds, words


@pytest.mark.parametrize(
    ("name", "typed", "slip"),
    [
        ("nguien trai", "ngiuen trai", True),
        ("le loi", "le lai", False),
        ("le loi", "le loiu", True),
        ("tran quoc toan", "tran quoc tuan", False),
        ("nguien tat thanh", "nguien tat thang", True),
        ("nguien chi thanh", "nguien chi than", True),
        ("nguien chi thanh", "nguien chi thinh", False),
        ("luong the vinh", "luon the vinhh", True),
        ("vo thi sau", "vu thi sau", True),
        ("vo thi sau", "bu thi sau", False),
        ("hoa mai", "hoamaii", True),
        ("hoa mai", "hoa ma y", False),
        ("hoa 1", "hoa 12", False),
        ("doan 19 5", "doan 19 6", False),
        ("kim dong", "kxm dxng", False),
        ("kim dong", "kimmmmm dong", False),
        ("sen", "sem", False),
    ],
)
def test_a_slip_is_told_from_another_name(name: str, typed: str, *, slip: bool) -> None:
    assert is_slip(name.split(), typed.split()) is slip


def test_people_shorten_names() -> None:
    assert abbreviations(["nguien", "du"]) == {"ndu", "ngdu"}
    assert {"nthiminhkhai", "ntmk", "ntmkhai", "ntminhkhai"} <= abbreviations(
        ["nguien", "thi", "minh", "khai"]
    )
    assert abbreviations(["le", "loi"]) == {"lloi"}
    assert abbreviations(["sen"]) == set()


def test_a_name_is_kept_once() -> None:
    index = NameIndex([words("N'Trang Gưh"), words("N Trang Gưh")])

    assert [hit.key for hit in index.exact(words("ntrang gưh ơi"))] == ["ntrangguh"]
    assert "ntrangguh" in index
    assert "trang" not in index


def test_names_are_found_exactly_by_abbreviation_by_sound_and_by_slip() -> None:
    index = NameIndex([words("Nguyễn Du"), words("Trần Phú"), words("Nguyễn Dung")])

    assert [hit.likeness for hit in index.exact(words("Nguyễn Du Gia Nghĩa"))] == [Likeness.EXACT]
    assert {hit.likeness for hit in index.careless(words("n du"))} == {Likeness.ABBREVIATED}
    assert [(hit.key, hit.likeness) for hit in index.careless(words("chần phú"))] == [
        ("tranphu", Likeness.SOUND)
    ]
    assert [hit.key for hit in index.mistyped(words("ngyuen du gia"))] == ["nguiendu"]


def test_no_name_goes_on_over_a_sentence_end() -> None:
    index = NameIndex([words("Nguyễn Du")])

    assert index.exact(words("Nguyễn! Du")) == []
    assert index.mistyped(words("Ngyuễn! Du")) == []


def test_only_rare_letters_are_followed() -> None:
    index = NameIndex(
        [
            words(f"Aan Bbn {chr(97 + at % 26)}{chr(97 + at // 26 % 26)}{chr(97 + at // 676)}")
            for at in range(3000)
        ]
    )

    assert len(index.near("aanbbnabc")) <= 24


def test_an_empty_index_finds_nothing() -> None:
    assert NameIndex([]).exact(words("a b")) == []
    assert NameIndex([]).mistyped(words("a b")) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("trỗi", "chỗi"),
        ("du", "dzu"),
        ("gia", "da"),
        ("sơn", "xơn"),
        ("toản", "toảng"),
        ("vinh", "vin"),
        ("ca", "ka"),
        ("nghĩa", "ngĩa"),
        ("ghi", "gi"),
        ("phong", "fong"),
        ("quang", "wang"),
        ("đắc", "đắk"),
        ("jút", "dút"),
    ],
)
def test_words_that_sound_alike_are_equal_in_sound(one: str, other: str) -> None:
    assert sounds(words(one)) == sounds(words(other))


def test_words_that_sound_apart_stay_apart() -> None:
    assert sounds(words("lợi")) != sounds(words("lai"))
    assert sounds(words("thành")) != sounds(words("thân"))


def test_a_text_is_read_as_words() -> None:
    first, second, third, fourth = words("TP. Đắc R’Lấp! Du")

    assert (first.typed, first.shouted, second.breaks, second.spelled) == ("tp", True, False, "dak")
    assert (third.spelled, fourth.breaks, fourth.capital, fourth.gap) == ("rlap", True, True, "!")


def test_marks_alone_are_no_word() -> None:
    assert words("ʼ \u037a") == ()


def test_marks_of_words_do_not_depend_on_the_unicode_form() -> None:
    assert words("Bô\u0323i Châu") == words("Bội Châu")


def test_scores() -> None:
    assert ratio("kim dong", "kim dong") == 100.0
    assert ratio("kim dong", "hoa sen", cutoff=80) == 0.0
    assert partial_ratio("kim", "truong kim dong") == 100.0
    assert partial_span("kim", "truong kim dong") == (100.0, 7, 10)
    assert partial_span("truong kim dong", "kim") == (100.0, 7, 10)
    assert partial_span("kim", "xyz", cutoff=90) == (0.0, 0, 0)
    assert edits("kim", "kmi", limit=2) == 1
    assert edits("kim", "xyzt", limit=1) == 2
    assert nearest("kim", ["sen", "kin", "kim"], limit=2, cutoff=50) == [
        (2, 100.0),
        (1, pytest.approx(66.67, abs=0.1)),
    ]


@given(st.text())
def test_every_text_is_words(text: str) -> None:
    for word in words(text):
        assert word.folded
        assert joined([word]) == word.spelled
