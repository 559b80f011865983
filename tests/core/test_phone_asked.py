"""Letters that stand for digits, short numbers by themselves, and the beginnings of numbers."""

import pytest

from scamcheck.phone import PhoneKind, PhoneNumber, SeenNumber, find_numbers, parse_number, prefix_asked


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("O53O OOO 113", "+84530000113"),
        ("o53o ooo 113 gọi tôi", "+84530000113"),
        ("số 0263 ooo 1234", "+842630001234"),
        ("0912 345 ooo", "+84912345000"),
        ("0912 lll 222", "+84912111222"),
        ("O9I2.345.678", "+84912345678"),
        ("0912 345 67l", "+84912345671"),
    ],
)
def test_groups_of_letters_o_and_l_are_the_digits_that_they_look_like(text: str, key: str) -> None:
    assert [seen.number.key for seen in find_numbers(text)[0]] == [key]


@pytest.mark.parametrize(
    "text", ["gọi 12 ooo ooo đồng", "ooo 912 345 678", "1 o 2 o 3 ooo 4", "ô ô ô ooo", "lll 345"]
)
def test_letters_between_other_digits_make_no_number(text: str) -> None:
    assert find_numbers(text)[0] == ()


def test_a_letter_group_after_a_whole_number_belongs_to_no_number() -> None:
    assert [seen.number.key for seen in find_numbers("0912 345 678 ooo")[0]] == ["+84912345678"]


@pytest.mark.parametrize(
    "text",
    ["113", "115?", " 156 ", "5656 là số gì", "113 của ai", "112 có phải công an không", "114 vừa gọi tôi"],
)
def test_a_short_number_alone_or_asked_about_is_read(text: str) -> None:
    assert [seen.number.key for seen in find_numbers(text)[0]] == [f"short:{text.strip(' ?').split()[0]}"]


@pytest.mark.parametrize(
    "text", ["113 nhân viên", "113 học sinh", "156 đồng", "phòng 113", "nhà có 115 cái ghế"]
)
def test_an_ordinary_count_is_no_short_number(text: str) -> None:
    assert find_numbers(text)[0] == ()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("1900", PhoneKind.PAID),
        ("1800 …", PhoneKind.TOLL_FREE),
        ("đầu số 069 là của ai", PhoneKind.POLICE_DEFENCE),
        ("0263", PhoneKind.LANDLINE),
        ("024 ở đâu", PhoneKind.LANDLINE),
        ("0912", PhoneKind.MOBILE),
    ],
)
def test_the_beginning_of_numbers_is_known_when_nothing_else_is_asked(text: str, kind: PhoneKind) -> None:
    asked = prefix_asked(text)
    assert asked is not None
    assert asked[1] is kind


@pytest.mark.parametrize("text", ["0120", "080", "0672", "1234", "09", "1900 1234", "1900 gọi tôi", ""])
def test_other_digits_are_the_beginning_of_nothing(text: str) -> None:
    assert prefix_asked(text) is None


def test_digits_alone_that_make_no_number_are_asked_for_again() -> None:
    assert find_numbers("123456789") == ((), ("123456789",))
    assert find_numbers("mã 123456789 đó") == ((), ())
    assert find_numbers("192.168.1.1") == ((), ())


def test_a_short_number_typed_into_a_field_is_itself_from_its_first_to_its_last_sign() -> None:
    seen = parse_number(" 113 ")
    assert seen == SeenNumber(PhoneNumber("short:113", PhoneKind.SHORT), 0, 5)


def test_a_number_in_a_chat_link_stands_where_its_digits_stand() -> None:
    text = "zalo.me/0912345678"
    ((seen,), _) = find_numbers(text)
    assert (seen.number.key, seen.start, seen.end) == ("+84912345678", 8, 18)
    ((abroad,), _) = find_numbers("wa.me/+85512345678")
    assert abroad.number.key == "+85512345678"


@pytest.mark.parametrize("text", ["912345000 gọi tôi", "912 345 678 gọi tôi"])
def test_nine_digits_that_are_a_round_sum_or_in_groups_are_no_number_by_a_call_alone(text: str) -> None:
    assert find_numbers(text)[0] == ()


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("0261 3546278 - 3546279", "+842613546279"),
        ("0261 3546278/3546279", "+842613546279"),
        ("0261 3546278, 3546279", "+842613546279"),
        ("028 38212345 - 38212346", "+842838212346"),
        ("024 38212345/38212346", "+842438212346"),
        ("0261 3546278 / 3046279", "+842613046279"),
    ],
)
def test_a_second_subscriber_of_the_same_area_is_a_second_number(text: str, second: str) -> None:
    assert [seen.number.key for seen in find_numbers(text)[0]][1:] == [second]


@pytest.mark.parametrize("text", ["0261 3546278; 3546279", "0261 3546278 - 0546279"])
def test_what_is_parted_otherwise_or_begins_with_zero_is_no_second_subscriber(text: str) -> None:
    assert len(find_numbers(text)[0]) == 1
