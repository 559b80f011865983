"""The plain view of a message keeps every position traceable."""

from hypothesis import given, settings
from hypothesis import strategies as st

from scamcheck.digits import disjoint, overlaps, plain, with_spoken_digits


def test_characters_are_plain_and_traceable() -> None:
    view = plain("Đ️Ắ\u2028١Ⅷ—•🔥")
    assert view.text == "da\n1viii-•·"
    assert view.span(view.text.index("1"), view.text.index("1") + 1) == (4, 5)


def test_spoken_digits_become_digits_and_point_at_their_words() -> None:
    message = "gọi một chín không không 6017"
    view = with_spoken_digits(plain(message))
    assert view.text == "goi 1900 6017"
    start, _ = view.span(4, 8)
    assert message[start:].startswith("một")
    assert with_spoken_digits(plain("hai ba cái")).text == "hai ba cai"


def test_spans_are_merged_and_compared() -> None:
    assert disjoint([(5, 9), (0, 3), (3, 4), (7, 8)]) == [(0, 4), (5, 9)]
    assert overlaps((3, 6), [(0, 4), (8, 9)])
    assert overlaps((7, 9), [(0, 4), (8, 9)])
    assert not overlaps((4, 8), [(0, 4), (8, 9)])


def test_endless_kinds_of_characters_are_read_without_keeping_them_all() -> None:
    message = "".join(chr(0x4E00 + offset) for offset in range(6000))
    assert plain(message).text == message
    assert plain(message[-10:]).text == message[-10:]


@settings(deadline=None)
@given(st.text(max_size=100))
def test_every_plain_character_has_an_origin(message: str) -> None:
    view = with_spoken_digits(plain(message))
    for index in range(len(view.text)):
        start, end = view.span(index, index + 1)
        assert 0 <= start < end <= len(message)
