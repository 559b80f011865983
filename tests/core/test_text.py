"""Reading: tricks are undone, ordinary text and the digits of numbers come through unharmed."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scamcheck.text import fold, is_syllable, read
from scamcheck.thresholds import MAX_TEXT_BYTES


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Chuyển tiền NGAY", "chuyen tien ngay"),
        ("Ðắk Nông, Đăk Mil, Ɖà Lạt", "dak nong, dak mil, da lat"),
        ("R'Lấp và R’Lấp", "rlap va rlap"),
        ("сhuyển tіền", "chuyen tien"),  # Cyrillic с and і
        ("𝗖𝗼𝗻 𝗮𝗻𝗵", "con anh"),
        ("ᴄʜᴜʏểɴ ᴛɪềɴ", "chuyen tien"),
        ("🇦🇧 🅲 🅓", "ab c d"),
        ("٠٩١", "091"),
        ("c\u200bấ\u2060p c\u00adứu", "cap cuu"),
        ("c.ấ.p c.ứ.u", "cap cuu"),
        ("A.i g.ầ.n g.ử.i ch.uy3n", "ai gan gui chuyen"),
        ("c h u y ể n t i ề n", "chuyen tien"),
        ("Th0ng ba0 kh0ng", "thong bao khong"),
        ("d!eu k!en", "dieu kien"),
        ("b@n", "ban"),
        ("d0i n0 thue", "doi no thue"),
        ("QUA_HAN^ROI", "qua han roi"),
        ("gaaaap nhanhhhh", "gap nhanh"),
        ("chuyeenr tieenf", "chuyen tien"),
        ("rnot lan", "mot lan"),
        ("clang mo", "dang mo"),
        ("kinh mol", "kinh moi"),
        ("hot|ine", "hot|ine"),
        ("khooong kh000ng", "khong khong"),
        ("koo", "khong"),
        ("zzzz", "z"),
        ("dduownngg", "dduownngg"),
        ("bs bv gv stk", "bac si benh vien giao vien so tai khoan"),
        ("3O.OOO.OOO l84 trieu 7O% 1O:O3 2l4", "30.000.000 184 trieu 70% 10:03 214"),
        ("mọi   người ,\n nhé !", "moi nguoi, nhe!"),
    ],
)
def test_tricks_are_undone(written: str, folded: str) -> None:
    assert read(written).folded == folded


@pytest.mark.parametrize(
    "ordinary",
    [
        "lop 3a1 va 6a4b",
        "thcs n.du",
        "u.b.n.d v.v tp.hcm",
        "a b c",
        "1 2 3 4",
        "h2o 5g b12 2tr8",
        "so 0912 345 678",
        "0261.3546.278",
        "app shop zoom room",
        "thpt n c tru",
        "x y z t",
        "a.b bit.ly t.me",
        "https://vneid.gov.vn/a",
        "this is a verification code",
        "abcdefghijklmnopqrs",
        "quy3 ca1 toa4 4nguoi",
        "zz9z k8k8k8",
    ],
)
def test_ordinary_text_is_left_alone(ordinary: str) -> None:
    assert read(ordinary).folded == ordinary


def test_display_keeps_accents_and_drops_what_draws_nothing() -> None:
    seen = read("Con\u200b \u202eđang\x00 ở\u2028viện 0️⃣9️⃣1 \ud800")

    assert seen.display == "Con đang  ở\nviện 091 "
    assert not seen.truncated


def test_a_long_text_is_cut_at_the_cap() -> None:
    exactly = read("a" * MAX_TEXT_BYTES)
    longer = read("ặ" * MAX_TEXT_BYTES)
    grown = read("ﷺ" * (MAX_TEXT_BYTES // 4))

    assert not exactly.truncated
    assert longer.truncated
    assert len(longer.display.encode()) <= MAX_TEXT_BYTES
    assert grown.truncated
    assert len(grown.display.encode()) <= MAX_TEXT_BYTES


def test_folding_alone_undoes_no_tricks() -> None:
    assert fold("Th0ng b.a.o STK") == "th0ng b.a.o stk"


def test_a_syllable_is_told_from_a_stray_word() -> None:
    assert is_syllable("nghieng")
    assert is_syllable("gi")
    assert not is_syllable("zoom")
    assert not is_syllable("ngi")


SENTENCE = "Chị ơi bé Bảo Châu đang cấp cứu, đóng 30.000.000đ vào stk 0912345678 gấp nhé"


@given(st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]), st.booleans(), st.integers(1, 4), st.booleans())
def test_form_case_spacing_and_accents_change_nothing(
    form: str, upper: bool, blanks: int, plain: bool
) -> None:
    other = SENTENCE.replace(" ", " " * blanks)
    if plain:
        other = fold(other)
    other = unicodedata.normalize(form, other.upper() if upper else other)  # type: ignore[arg-type]

    assert read(other).folded == read(SENTENCE).folded


@given(st.text(max_size=300))
def test_any_text_can_be_read_and_reads_the_same_twice(raw: str) -> None:
    once = read(raw)

    assert read(raw) == once
    assert "\u200b" not in once.display
