"""Communes by their new names, their old ones and their districts."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scamcheck.gazetteer import Gazetteer, Rank, country, keys_of, rank_of, read_unit, shipped_provinces
from scamcheck.knowledge import Commune
from scamcheck.places import CommuneIndex, shipped
from scamcheck.text import read
from scamcheck.words import words

INDEX = CommuneIndex(shipped())


def named(text: str) -> set[str]:
    return {commune.name for commune in INDEX.named(read(text))}


def made_from(old_name: str) -> set[str]:
    return {commune.name for commune in shipped() if old_name in commune.old_names}


def test_lam_dong_has_124_communes() -> None:
    kinds = Counter(commune.name.split(" ", maxsplit=1)[0] for commune in shipped())

    assert kinds == {"Xã": 103, "Phường": 20, "Đặc": 1}
    assert len({commune.code for commune in shipped()}) == 124
    assert {commune.province for commune in shipped()} == {"Lâm Đồng"}


def test_old_dak_nong_became_28_communes() -> None:
    assert len(made_from("Tỉnh Đắk Nông")) == 28


@pytest.mark.parametrize(
    ("old_name", "new_names"),
    [
        ("Thị trấn Đắk Mil", {"Xã Đức Lập"}),
        ("Huyện Đắk Mil", {"Xã Đức Lập", "Xã Đắk Mil", "Xã Đắk Sắk", "Xã Thuận An"}),
        ("Huyện Đắk R'Lấp", {"Xã Kiến Đức", "Xã Nhân Cơ", "Xã Quảng Tín"}),
        ("Huyện Cư Jút", {"Xã Cư Jút", "Xã Nam Dong", "Xã Đắk Wil"}),
        ("Huyện Tuy Đức", {"Xã Tuy Đức", "Xã Quảng Trực", "Xã Quảng Tân"}),
        ("Thành phố Gia Nghĩa", {"Phường Bắc Gia Nghĩa", "Phường Nam Gia Nghĩa", "Phường Đông Gia Nghĩa"}),
        ("Xã Phong Phú", {"Xã Tuy Phong", "Xã Phan Rí Cửa"}),
        ("Huyện Cát Tiên", {"Xã Cát Tiên", "Xã Cát Tiên 2", "Xã Cát Tiên 3"}),
    ],
)
def test_the_table_knows_what_each_commune_was_made_from(old_name: str, new_names: set[str]) -> None:
    assert made_from(old_name) == new_names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("xã Đắk Mil", {"Xã Đắk Mil"}),
        ("thị trấn Đắk Mil", {"Xã Đức Lập"}),
        ("huyện Đăk Mil", {"Xã Đức Lập", "Xã Đắk Mil", "Xã Đắk Sắk", "Xã Thuận An"}),
        ("dak mil", {"Xã Đức Lập", "Xã Đắk Mil", "Xã Đắk Sắk", "Xã Thuận An"}),
        ("đắc r'lấp", {"Xã Kiến Đức", "Xã Nhân Cơ", "Xã Quảng Tín"}),
        ("TP.Gia Nghĩa", {"Phường Bắc Gia Nghĩa", "Phường Nam Gia Nghĩa", "Phường Đông Gia Nghĩa"}),
        ("công an phường Bắc Gia Nghĩa", {"Phường Bắc Gia Nghĩa"}),
        ("phường 1 Bảo Lộc", {"Phường 1 Bảo Lộc"}),
        ("phường Xuân Hương", {"Phường Xuân Hương - Đà Lạt"}),
        ("xã dran", {"Xã D'Ran"}),
        ("đặc khu Phú Quý", {"Đặc khu Phú Quý"}),
        ("đảo phú quí", {"Đặc khu Phú Quý"}),
        ("Krông Nô, Nam Đà", {"Xã Nam Đà"}),
        ("nhà em trên krong no", {"Xã Krông Nô", "Xã Nam Đà", "Xã Nâm Nung", "Xã Quảng Phú", "Xã Đắk Sắk"}),
        ("Tôi ở Di Linh", {"Xã Di Linh", *made_from("Huyện Di Linh")}),
        ("Hôm qua, Di Linh mưa to", {"Xã Di Linh", *made_from("Huyện Di Linh")}),
        ("chị Xuân Hương bán vé số", set()),
        ("Xuân Hương gọi", set()),
        ("đi lĩnh tiền", set()),
        ("anh Cư Jút", set()),
        ("giấy khai sinh của Cư Jút", {"Xã Cư Jút", "Xã Nam Dong", "Xã Đắk Wil"}),
        ("tánh linh tinh", set()),
        ("tỉnh Đắk Nông", set()),
        ("hà nội", set()),
        ("ở đây", set()),
        ("", set()),
    ],
)
def test_a_text_names_communes(text: str, names: set[str]) -> None:
    assert named(text) == names


def test_contradicting_places_give_those_of_the_first() -> None:
    assert named("xã Đắk Mil, xã Krông Nô") == {"Xã Đắk Mil"}


def test_every_commune_is_found_under_its_full_name() -> None:
    for commune in shipped():
        assert commune in INDEX.named(read(commune.name))


def test_all_34_provinces_are_known_with_their_former_ones() -> None:
    provinces = {province.name: province for province in shipped_provinces()}

    assert len(provinces) == 34
    assert set(provinces["Lâm Đồng"].provinces) == {"Bình Thuận", "Lâm Đồng", "Đắk Nông"}
    assert "hanoi" in country().keys
    assert "buonmathuot" in country().keys


@pytest.mark.parametrize(
    ("name", "rank"),
    [
        ("Thị trấn Ea T'ling", Rank.OLD_COMMUNE),
        ("Xã Đắk Ha", Rank.OLD_COMMUNE),
        ("Bến Nghé", Rank.OLD_COMMUNE),
        ("Huyện Đắk Song", Rank.DISTRICT),
        ("Thành phố Gia Nghĩa", Rank.DISTRICT),
        ("Tỉnh Đắk Nông", Rank.PROVINCE),
    ],
)
def test_an_old_name_says_what_kind_of_place_it_was(name: str, rank: Rank) -> None:
    assert rank_of(name) is rank


def test_a_numbered_place_keeps_its_unit() -> None:
    assert keys_of("Quận 1") == {"quan1", "q1"}
    assert "phuong1" in keys_of("Phường 1 Bảo Lộc")
    assert keys_of("Huyện") == frozenset()


def test_an_everyday_word_is_a_place_only_with_its_unit() -> None:
    assert country().read(words("lát nữa gọi"), 0) == ((), 0)
    assert country().read(words("xã Lát"), 0)[1] == 2


def test_a_name_that_begins_like_a_unit_stays_whole() -> None:
    assert keys_of("Quan Sơn") == {"quanson"}
    assert keys_of("Quan Son") == {"son"}
    assert keys_of("TP Vinh Hạ") == {"vinhha"}


def test_a_word_with_other_marks_is_no_unit() -> None:
    assert read_unit(words("quán Gia Nghĩa"), 0) is None
    assert read_unit(words("quận Gò Vấp"), 0) is not None


def test_places_are_read_one_after_another_until_a_sentence_ends() -> None:
    gazetteer = Gazetteer(["dakmil", "daknong", "dilinh"])

    found, end = gazetteer.read(words("ở Đắk Mil, tỉnh Đắk Nông cũ! Di Linh"), 0)

    assert [place.key for place in found] == ["dakmil", "daknong"]
    assert end == 7


def test_a_name_does_not_go_on_over_a_sentence_end() -> None:
    assert Gazetteer(["dakmil"]).read(words("Đắk! Mil"), 0) == ((), 0)


def test_a_unit_with_an_unknown_name_is_a_place_elsewhere() -> None:
    (place,), end = Gazetteer(["dakmil"]).read(words("xã Mường Tè"), 0)

    assert not place.known
    assert end == 2
    assert Gazetteer(["dakmil"]).read(words("xã hội"), 0) == ((), 0)


def test_communes_that_are_not_shipped_can_be_indexed() -> None:
    index = CommuneIndex([Commune("1", "Xã Ví Dụ", "Ví Dụ", ("Xã Cũ", "Xã Cũ"))])

    assert [commune.code for commune in index.named(read("xã cũ"))] == ["1"]


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.text(),
        st.lists(st.sampled_from(["xã", "Đắk", "Mil", "ở", "tp", ",", ".", "1", "cũ"])).map(" ".join),
    )
)
def test_no_text_breaks_the_reading_of_places(text: str) -> None:
    assert len(INDEX.named(read(text))) <= 124


@pytest.mark.parametrize(
    "text", ["bệnh viện đa khoa Ví Dụ", "đa khoa", "phòng khám Đa Khoa", "benh vien da khoa tinh"]
)
def test_a_general_hospital_is_not_the_old_commune_that_folds_to_the_same_letters(text: str) -> None:
    assert named(text) == set()
    assert named("xã Đắk Hòa") == {"Xã Đắk Song"}
