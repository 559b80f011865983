"""Words and phrases: amounts, numbers and links become one word each; an ask that is negated is none."""

import pytest

from scamcheck.signs import find_hits, lexicon, words_of
from scamcheck.text import read


def tokens(text: str) -> str:
    return " ".join(words_of(read(text).folded).tokens)


def codes(text: str) -> set[str]:
    return {hit.code for hit in find_hits(words_of(read(text).folded))}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("chuyển 30 triệu", "chuyen $lon"),
        ("chuyển 30tr", "chuyen $lon"),
        ("2tr8 với 1 tỷ rưỡi", "$lon voi $lon"),
        ("30.000.000đ", "$lon"),
        ("30000000 đồng", "$lon"),
        ("1,263,600", "$lon"),
        ("650k, 500 nghìn, 50 ngàn đồng", "$nho $nho $nho dong"),
        ("5.000đ", "$nho"),
        ("ba mươi lăm triệu", "$lon"),
        ("bốn trăm nghìn", "$nho"),
        ("200 usd", "$lon"),
        ("10 usd", "$nho"),
        ("12 củ", "$lon"),
        ("lúc 13h05 ngày 20/11", "luc $gio ngay $ngay"),
        ("gọi 0912 345 678", "goi $sdt"),
        ("mã 107041867631", "ma $so"),
        ("lớp 3A1 có 12 bạn", "lop $lop co $n ban"),
        ("giảm 50%", "giam $pc"),
        ("vào https://a.top/x hay b-c.icu", "vao $link hay $link"),
        ("thật không? Gấp!! nhé", "that khong ? gap . nhe"),
        ("ck 5tr", "chuyen khoan $lon"),
        ("ck cho em", "chuyen khoan cho em"),
        ("ck", "chuyen khoan"),
        ("ck em đi làm", "chuyen khoan em di lam"),
        ("ck đẹp trai", "chong dep trai"),
        ("k biết j", "khong biet gi"),
        ("[Cảnh báo] đi", "di"),
        ("KHUYẾN CÁO: đi", "di"),
        ("cảnh báo người dân", "canh bao nguoi dan"),
        ("...", ""),
        ("", ""),
    ],
)
def test_a_message_becomes_plain_words(text: str, words: str) -> None:
    assert tokens(text) == words


def test_an_ask_is_found_and_its_negation_is_not_one() -> None:
    assert "ask_transfer" in codes("chuyển tiền đi đừng báo ai")
    assert "ask_transfer" not in codes("đừng chuyển tiền cho ai")
    assert "ask_transfer" not in codes("Có người gọi. Không chuyển tiền")


def test_a_condition_is_a_threat_and_no_advice() -> None:
    assert "ask_transfer" in codes("không chuyển tiền thì không mổ")


def test_a_negation_of_the_sentence_before_does_not_count() -> None:
    assert "ask_transfer" in codes("Con chị không. Chuyển tiền ngay")


def test_hits_say_where_they_stand() -> None:
    words = words_of(read("Con bị ngã cầu thang ở trường").folded)
    hit = next(hit for hit in find_hits(words) if hit.code == "injury")

    assert words.tokens[hit.first : hit.last + 1] == ("bi", "nga")
    assert words.starts[hit.first] == 4


def test_every_sign_is_named_once_and_every_scenario_uses_known_signs() -> None:
    rules = lexicon()

    for terms in rules.scenarios.values():
        assert set(terms) <= set(rules.rules)
