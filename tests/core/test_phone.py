"""Phone numbers are read in every notation people use, and nothing else is taken for one."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scamcheck import phone
from scamcheck.numbering import AREA_CODES, Spacing, read_national
from scamcheck.phone import PhoneKind, PhoneNumber, SeenNumber

MOBILE = "+84987651243"
SECOND = "+84912345876"


def keys(text: str) -> list[str]:
    """What was read, as one list: numbers, "r"eadings besides them, "m"alformed digits."""
    numbers, malformed = phone.find_numbers(text)
    return [
        *(seen.number.key for seen in numbers),
        *("r" + other.key for seen in numbers for other in seen.other_readings),
        *("m" + digits for digits in malformed),
    ]


def only(text: str) -> SeenNumber:
    numbers, malformed = phone.find_numbers(text)
    assert not malformed
    (seen,) = numbers
    return seen


def tagged(char: str) -> str:
    return chr(0xE0000 + ord(char))


@pytest.mark.parametrize(
    "text",
    [
        "0987651243",
        "Số 0987651243 gọi báo con cấp cứu",
        "0987 651 243",
        "0987.651.243 là số lạ",
        "SĐT: 0987-651-243",
        "sdt 098.765.1243",
        "sdt 098 7651 243",
        "09876 51243",
        "LH 09 87 65 12 43",
        "gọi số 0 9 8 7 6 5 1 2 4 3 nhé",
        "nghe máy 09 87 65 12 43",
        "09 87 65 12 43 gọi cho tôi",
        "bác sĩ Hùng 09 87 65 12 43, phòng 205",
        "bác sĩ Hùng 0 9 8 7 6 5 1 2 4 3, phòng 205",
        "+84 987 651 243",
        "+84987651243",
        "84987651243",
        "0084987651243",
        "00 84 987 651 243",
        "(+84) 987 651 243",
        "+84 (0) 987 651 243",
        "+84(0)987651243",
        "+840987651243",
        "84 0987651243",
        "Tel: 84.987.651.243",
        "(084)987651243",
        "084987651243",
        "084-987-651-243",
        "(0987) 651 243",
        "(0987)651243",
        "Tel: +84-987-651-243",
        "＋８４ ９８７ ６５１ ２４３",
        "０９８７６５１２４３",
        "𝟎𝟗𝟖𝟕𝟔𝟓𝟏𝟐𝟒𝟑",
        "𝟬𝟵𝟴𝟳.𝟲𝟱𝟭.𝟮𝟰𝟯",
        "⓪⑨⑧⑦⑥⑤①②④③",
        "⓿❾❽❼❻❺❶❷❹❸",
        "⁰⁹⁸⁷⁶⁵¹²⁴³",
        "٠٩٨٧٦٥١٢٤٣",
        "۰۹۸۷۶۵۱۲۴۳",
        "०९८७६५१२४३",
        "0️⃣9️⃣8️⃣7️⃣6️⃣5️⃣1️⃣2️⃣4️⃣3️⃣",
        "0\u200b9\u200b8\u200b7651243",
        "0987\u00ad651\u2060243",
        "0987\u202e651\u202c243",
        "0987" + tagged("x") + "651243",
        "0\u03369\u03368\u03367651243",
        "0987\u3164651243",
        "O987651243",
        "o98765l243",
        "O98765I243",
        "О987651243",
        "Ο987651243",
        "O 987 651 243",
        "gọi O987 65I 243",
        "SDT: O9B7651243",
        "call 0987651Z43",
        "không chín tám bảy sáu năm một hai bốn ba",
        "khong chin tam bay sau nam mot hai bon ba",
        "không chín tám bảy, sáu năm một, hai bốn ba",
        "không-chín-tám-bảy-sáu-năm-một-hai-tư-ba",
        "0987 sáu năm một hai bốn ba",
        "không chín tám bảy 651 243",
        "0987_651_243",
        "0987·651·243",
        "0987,651,243",
        "0987…651…243",
        "0987🔥651🔥243",
        "0987•651•243",
        "0987–651–243",
        "0987\u00a0651\u00a0243",
        "0987/651/243",
        "0987~651~243",
        "0987*651*243",
        "0987:651:243",
        "0987 . 651 . 243",
        "0987\n651\n243",
        "0987651\n243",
        "0.9.8.7.6.5.1.2.4.3",
        "gọi nhiều lần từ 0 987 651 243",
        "987651243",
        "987 651 243",
        "987651243 gọi cho tôi",
        "có số 987651243 gọi báo tin",
        "zalo 987.651.243",
        "tel0987651243abc",
        "Số0987651243gọi báo",
        "sđt0987651243",
        "|0987651243|",
        "https://zalo.me/0987651243",
        "zalo.me/84987651243",
        "wa.me/84987651243?text=a",
        "t.me/+84987651243",
        "https://api.whatsapp.com/send?phone=84987651243",
        "viber://chat?number=%2B84987651243",
        "BEGIN:VCARD\nVERSION:3.0\nFN:Cô Lan\nTEL;TYPE=CELL:+84987651243\nEND:VCARD",
        "0987 651 243 (Zalo)",
        "Cuộc gọi nhỡ: 0987651243 (3)",
        "0987 651 243 2 lần",
        "**0987651243**",
        "0987651243 xin chào",
        "Xin max 0987651243",
        "0987651243?",
        "Cô giáo chủ nhiệm lớp 4/2: 0987651243",
        "0987651243/1 lần",
        "gọi lúc 9h15 từ số 0987.651.243",
        "[12:05, 9/12/2026] +84 987 651 243: con anh đang mổ",
        "CCCD 067234571776 SĐT 0987651243",
        "MST 0312345678, ĐT 0987651243",
        "mã đơn GHN123456 sđt 0987651243",
        "chuyển 30.000.000đ, xong gọi 0987651243",
        "đơn hàng của chị 0987651243 đã đến",
        "các anh gọi ngày mai 0987651243",
    ],
)
def test_every_notation_of_one_mobile_is_the_same_number(text: str) -> None:
    assert keys(text) == [MOBILE]


@pytest.mark.parametrize(
    "text",
    [
        "0987.651.243-0912.345.876",
        "0987651243 - 0912345876",
        "0987651243/0912345876",
        "0987651243,0912345876",
        "0987651243;0912345876",
        "0987 651 243 0912 345 876",
        "0987.651.243.0912.345.876",
        "0987651243\n0912345876",
        "0987 651 243 hoặc 0912 345 876",
        "sđt 987651243 hoặc 912345876",
    ],
)
def test_two_numbers_side_by_side_are_told_apart(text: str) -> None:
    assert keys(text) == [MOBILE, SECOND]


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("0987651243/44", "+84987651244"),
        ("0987 651 243 / 44", "+84987651244"),
        ("0987.651.243/244", "+84987651244"),
    ],
)
def test_a_stroke_and_last_digits_give_a_second_number(text: str, second: str) -> None:
    assert keys(text) == [MOBILE, second]


def test_shorthand_goes_on_and_stops_where_it_makes_no_sense() -> None:
    assert keys("0987651243/44/45") == [MOBILE, "+84987651244", "+84987651245"]
    assert keys("0261 3546 278/279") == ["+842613546278", "+842613546279"]
    assert keys("0261 3546278 - 3546279") == ["+842613546278", "+842613546279"]
    assert keys("024 37164829 - 37164830") == ["+842437164829", "+842437164830"]
    assert keys("0987651243/901") == [MOBILE]
    assert keys("1900 6017/18") == ["+8419006017"]
    assert keys("01215621072/73") == ["+84795621072", "+84795621073"]
    assert keys("0987651243 - 3546279") == [MOBILE]
    assert keys("063 3571682 - 3571683") == ["+842633571682", "+842633571683"]
    assert keys("063 3571682 - 9571683") == ["+842633571682"]


@pytest.mark.parametrize(
    ("text", "key", "kind"),
    [
        ("Máy bàn 0261 3546 278", "+842613546278", PhoneKind.LANDLINE),
        ("(0261) 3546278", "+842613546278", PhoneKind.LANDLINE),
        ("+84 261 3546 278", "+842613546278", PhoneKind.LANDLINE),
        ("02613546278 (ext 12)", "+842613546278", PhoneKind.LANDLINE),
        ("024 3716 4829", "+842437164829", PhoneKind.LANDLINE),
        ("(028)39267514", "+842839267514", PhoneKind.LANDLINE),
        ("069.234.8560", "+84692348560", PhoneKind.POLICE_DEFENCE),
        ("+84 69 234 8560", "+84692348560", PhoneKind.POLICE_DEFENCE),
        ("069.45678", "+846945678", PhoneKind.POLICE_DEFENCE),
        ("069 456 789", "+8469456789", PhoneKind.POLICE_DEFENCE),
        ("080 43210", "+848043210", PhoneKind.GOVERNMENT),
        ("0672 123 456", "+84672123456", PhoneKind.SATELLITE),
        ("1900 54 54 13", "+841900545413", PhoneKind.PAID),
        ("1900.545413", "+841900545413", PhoneKind.PAID),
        ("1900 6017 24/7", "+8419006017", PhoneKind.PAID),
        ("l900 6017", "+8419006017", PhoneKind.PAID),
        ("+84 1900 6017", "+8419006017", PhoneKind.PAID),
        ("một chín không không sáu không một bảy", "+8419006017", PhoneKind.PAID),
        ("1800 1091", "+8418001091", PhoneKind.TOLL_FREE),
        ("gọi 1900 1945", "+8419001945", PhoneKind.PAID),
        ("+855 12 345 678 gọi", "+85512345678", PhoneKind.FOREIGN),
        ("0085512345678 gọi tôi", "+85512345678", PhoneKind.FOREIGN),
        ("+881 6 3150 4278", "+881631504278", PhoneKind.SATELLITE),
    ],
)
def test_each_kind_of_line_is_recognised(text: str, key: str, kind: PhoneKind) -> None:
    assert only(text).number == PhoneNumber(key, kind)


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("+855 12 345 678", "KH"),
        ("+1 (415) 555-2671", "US"),
        ("+232 76 481071", "SL"),
        ("+881 6 3150 4278", "001"),
        ("+247 63 123", "AC"),
    ],
)
def test_a_foreign_number_tells_its_country(text: str, country: str) -> None:
    assert only(text).country == country


@pytest.mark.parametrize(
    ("text", "key", "old"),
    [
        ("01215621072", "+84795621072", "01215621072"),
        ("0169.425.1639", "+84394251639", "01694251639"),
        ("+84 169 425 1639", "+84394251639", "01694251639"),
        ("0501 3546278", "+842613546278", "05013546278"),
        ("(063) 3571682", "+842633571682", "0633571682"),
        ("04.3803.6846", "+842438036846", "0438036846"),
        ("0240 3854321", "+842043854321", "02403854321"),
        ("0280 3854321", "+842083854321", "02803854321"),
        ("026 3822 123", "+842063822123", "0263822123"),
        ("0205222333", "", ""),
        ("022 3822123", "+842123822123", "0223822123"),
    ],
)
def test_old_notation_is_converted_and_says_so(text: str, key: str, old: str) -> None:
    numbers, _ = phone.find_numbers(text)
    assert [(seen.number.key, seen.converted_from) for seen in numbers] == ([(key, old)] if key else [])


@pytest.mark.parametrize(
    "text",
    ["08 3821 2345", "(08) 38212345", "0838212345", "Máy bàn 0838.212.345"],
)
def test_an_old_landline_that_is_a_mobile_today_has_two_readings(text: str) -> None:
    assert keys(text) == ["+84838212345", "r+842838212345"]


@pytest.mark.parametrize("text", ["0383 803 686", "+84383803686", "gọi từ 0387651243", "0816543210"])
def test_a_mobile_that_never_was_a_landline_has_one_reading(text: str) -> None:
    assert len(keys(text)) == 1


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("số 0502350546 tự xưng cô giáo", "0502350546"),
        ("0711234567 gọi tôi", "0711234567"),
        ("sđt 098765124", "098765124"),
        ("gọi 09876512434", "09876512434"),
        ("01871234567", "01871234567"),
        ("+84 98765124", "+8498765124"),
        ("0263 822 123", "0263822123"),
        ("0261 354 278", "0261354278"),
        ("+999 123 456 789", "+999123456789"),
        ("số tổng đài 19001234567", "19001234567"),
        ("gọi 02613546", "02613546"),
        ("084012345678", "084012345678"),
    ],
)
def test_a_wrong_count_or_range_is_malformed_and_never_guessed(text: str, digits: str) -> None:
    numbers, malformed = phone.find_numbers(text)
    assert (numbers, malformed) == ((), (digits,))


@pytest.mark.parametrize(
    ("digits", "expected"),
    [("0502350546", True), ("01871234567", True), ("098765124", False), ("0987651243", False)],
)
def test_a_range_nobody_calls_from_is_told_from_a_slip(digits: str, expected: bool) -> None:
    assert phone.cannot_call(digits) is expected


@pytest.mark.parametrize(
    "text",
    [
        "chuyển 912.345.680 đồng",
        "912345680đ",
        "500.000.000 VND gửi hôm qua",
        "mua 987654000 cổ phần",
        "MST 0312345678",
        "Mã số thuế của công ty là 0301234567",
        "CCCD 067234571776",
        "CMND: 345123456 do công an tỉnh cấp",
        "ngày 09/12/2026 14:30",
        "2026-12-09 12:34:56 +0700 đã gửi",
        "sinh ngày 05.03.1978 45",
        "49H1-234.56 và 48A-123.45",
        "mã vận đơn SPXVN0987651243",
        "mã đơn 0987651243",
        "Mã đơn:\n0987651243",
        "Mã OTP: 987651",
        "IMEI 356221589626417",
        "0987xxx243",
        "0987***243",
        "098 ••• 243",
        "0987 651 xxx",
        "xxx 651 243",
        "0987651 ??",
        "0987651243 x",
        "0987.651.243.9",
        "Kết quả xổ số: 09 12 34 56 78",
        "các ngày 07 08 09 10 11 nghỉ",
        "tuần này 07 08 09 10 11 có mặt",
        "giai đoạn 1900-1945",
        "từ năm 1800 1900",
        "giá 1900 5000 đồng",
        "192.168.1.1",
        "lớp 10A1 sĩ số 45, 7/2",
        "Số hợp đồng 0912345678",
        "Ref 0912345678",
        "lô 0001234567",
        "0071001234567",
        "x987651243",
        "GA0987651243",
        "số đuôi 651243",
        "(sđt 987651243 đồng)",
        "12345678-0123",
        "gọi O9S7GS1B43",
        "084312345678",
        "0123456789012345678901234567890123456789012345678901234567890",
        "+84 ABC",
        "số nhà 1234",
        "098S6S124B gọi",
        "0912*34 56",
    ],
)
def test_other_digits_are_no_numbers(text: str) -> None:
    assert keys(text) == []


def test_a_citizen_id_like_prefix_needs_a_word_for_a_phone() -> None:
    assert keys("sđt 084387651243") == ["+84387651243"]
    assert keys("(084)387651243 của Lan") == ["+84387651243"]
    assert keys("084387651243 trong hồ sơ") == []


def test_a_doubtful_foreign_number_after_00_needs_a_word_for_a_phone() -> None:
    assert keys("gọi từ 00 7 100 1234567") == ["+71001234567"]
    assert keys("lô 00 7 100 1234567") == []


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("gọi 113 ngay", ["113"]),
        ("gọi công an 113", ["113"]),
        ("Gọi 113, 114 hoặc 115", ["113", "114", "115"]),
        ("nhắn tin tới 156/5656", ["156", "5656"]),
        ("tổng đài quốc gia bảo vệ trẻ em 111", ["111"]),
        ("số 113 gọi cho tôi", ["113"]),
        ("bấm một một ba", ["113"]),
        ("Trường có 113 học sinh ốm, khó thở thì gọi 115", ["115"]),
        ("gọi 115 học sinh lên", []),
        ("phòng 113, trang 156, 111 điểm", []),
        ("đường số 113", []),
        ("số 113 Trần Phú", []),
        ("công văn 156/CV", []),
        ("báo cáo số 113/BC", []),
        ("thông báo 115/2026", []),
        ("113.000đ", []),
    ],
)
def test_short_codes_are_read_only_where_they_are_called(text: str, codes: list[str]) -> None:
    assert keys(text) == [f"short:{code}" for code in codes]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("+84069 234 8560", "+84692348560"),
        ("+840692348560", "+84692348560"),
        ("+069 234 8560", "+84692348560"),
        ("+69 348 2716", "+69" + "3482716"),
    ],
)
def test_a_display_that_nothing_dials_is_forged(text: str, key: str) -> None:
    seen = only(text)
    assert seen.number.key == key
    assert seen.forged_display


def test_an_ordinary_way_of_writing_is_not_forged() -> None:
    assert not only("+84 69 234 8560").forged_display
    assert not only("+84 (0) 987 651 243").forged_display


def test_a_country_keeps_its_numbers_even_when_they_begin_with_69() -> None:
    assert only("+692 625 1234").country == "MH"


@pytest.mark.parametrize(
    ("text", "unusual"),
    [
        ("0521234567", True),
        ("0522123456", False),
        ("0312345678", True),
        ("0987651243", False),
        ("02611234567", True),
    ],
)
def test_a_block_not_known_to_be_in_use_is_unusual_only(text: str, unusual: bool) -> None:
    assert only(text).unusual_block is unusual


def test_a_number_inside_a_taken_span_is_left_alone_unless_a_chat_link_is_made_of_it() -> None:
    text = "stk 0987651243 hoặc zalo.me/0912345876 gọi 113"
    taken = [(4, 14), (20, 38), (43, 46)]
    numbers, _ = phone.find_numbers(text, taken)
    assert [seen.number.key for seen in numbers] == [SECOND]


def test_unreadable_digits_in_a_chat_link_are_passed_over() -> None:
    assert keys("zalo.me/2345678901234") == []
    assert keys("wa.me/85512345678") == ["+85512345678"]


def test_hundreds_of_numbers_are_all_read_and_endless_digits_are_given_up() -> None:
    many = " ".join(f"0987651{last:03}" for last in range(500))
    assert len(keys(many)) == 500
    assert keys("0 " * 4000) == []


def test_spans_point_into_the_message_also_behind_hidden_characters() -> None:
    text = "Gọi\u200b ０９８７ 651 243 nhé"
    seen = only(text)
    assert text[seen.start : seen.end] == "０９８７ 651 243"


def test_the_same_number_written_twice_is_seen_once() -> None:
    assert keys("0987651243 và +84 987 651 243") == [MOBILE]


@pytest.mark.parametrize(
    ("typed", "key"),
    [("113", "short:113"), (" 0987 651 243 ", MOBILE), ("1900545413", "+841900545413")],
)
def test_a_field_takes_one_number_in_any_notation(typed: str, key: str) -> None:
    seen = phone.parse_number(typed)
    assert seen is not None
    assert seen.number.key == key


@pytest.mark.parametrize(
    "typed", ["", "chưa có", "0987651243 hoặc 0912345876", "09876512", "0987651243, 091234587"]
)
def test_a_field_refuses_anything_but_one_readable_number(typed: str) -> None:
    assert phone.parse_number(typed) is None


@pytest.mark.parametrize(
    ("key", "kind", "printed", "masked", "dialled"),
    [
        (MOBILE, PhoneKind.MOBILE, "0987 651 243", "0987 ••• 243", MOBILE),
        ("+842613546278", PhoneKind.LANDLINE, "0261 3546 278", "0261 ••• 278", "+842613546278"),
        ("+842437164829", PhoneKind.LANDLINE, "024 3716 4829", "024 ••• 829", "+842437164829"),
        ("+84692348560", PhoneKind.POLICE_DEFENCE, "069 234 8560", "069 ••• 560", "0692348560"),
        ("+848043210", PhoneKind.GOVERNMENT, "080 43210", "080 ••• 210", "08043210"),
        ("+841900545413", PhoneKind.PAID, "1900 54 54 13", "1900 ••• 13", "1900545413"),
        ("+8419006017", PhoneKind.PAID, "1900 6017", "1900 ••• 17", "19006017"),
        ("+84672123456", PhoneKind.SATELLITE, "0672 123 456", "0672 ••• 456", "+84672123456"),
        ("short:113", PhoneKind.SHORT, "113", "113", "113"),
        ("+85512345678", PhoneKind.FOREIGN, "+855 12 345 678", "+855 ••• 678", "+85512345678"),
        ("+693482716", PhoneKind.POLICE_DEFENCE, "+69 3482716", "+69 ••• 716", "+693482716"),
    ],
)
def test_a_number_is_printed_masked_and_dialled(
    key: str, kind: PhoneKind, printed: str, masked: str, dialled: str
) -> None:
    number = PhoneNumber(key, kind)
    assert phone.printed(number) == printed
    assert phone.masked(number) == masked
    if not key.startswith("+69"):
        assert phone.dialled(number) == dialled


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("0530 123 456", PhoneKind.MOBILE),
        ("0531123456", PhoneKind.MOBILE),
        ("0261 0123 456", PhoneKind.LANDLINE),
        ("1900 0000 12", PhoneKind.PAID),
        ("1800 0000 12", PhoneKind.TOLL_FREE),
    ],
)
def test_numbers_for_examples_are_read_as_their_kind_and_known_for_what_they_are(
    text: str, kind: PhoneKind
) -> None:
    seen = only(text)
    assert seen.number.kind is kind
    assert phone.is_example(seen.number)
    assert not seen.unusual_block
    assert seen.converted_from is None


@pytest.mark.parametrize("text", ["0987651243", "0261 3546 278", "1900 6017", "+855 12 345 678", "gọi 113"])
def test_real_numbers_are_no_examples(text: str) -> None:
    assert not phone.is_example(only(text).number)


def test_every_area_code_tells_its_province_of_today() -> None:
    assert len(AREA_CODES) == 63
    for code, province in AREA_CODES.items():
        subscriber = "3" * (11 - len(code))
        number = only(code + subscriber).number
        assert phone.province_of(number) == province
    assert phone.province_of(only("0263 3822 123").number) == "Lâm Đồng"
    assert phone.province_of(only("0987651243").number) is None


def test_old_and_new_codes_do_not_swallow_each_other() -> None:
    assert keys("0241 3854321") == ["+842223854321"]
    assert keys("02413854321") == ["+842223854321"]
    assert keys("024 33854321") == ["+842433854321"]


def test_the_plan_reads_only_whole_numbers() -> None:
    assert read_national("0") is None
    assert read_national("0633571682", spacing=Spacing.OTHER) is not None


NOTATIONS = st.sampled_from(
    ["{0}{1}{2}", "{0} {1} {2}", "{0}.{1}.{2}", "{0}-{1}-{2}", "({0}) {1} {2}", "{0}_{1}_{2}"]
)


@settings(deadline=None)
@given(
    tail=st.text(string.digits, min_size=6, max_size=6),
    notation=NOTATIONS,
    around=st.sampled_from(["", "Số "]),
)
def test_notation_never_changes_the_key(tail: str, notation: str, around: str) -> None:
    assert only(around + notation.format("0987", tail[:3], tail[3:])).number.key == f"+84987{tail}"


@settings(deadline=None)
@given(st.text(max_size=200))
def test_reading_never_raises(text: str) -> None:
    numbers, _ = phone.find_numbers(text)
    assert all(0 <= seen.start < seen.end <= len(text) for seen in numbers)


@settings(deadline=None)
@given(st.text("0123456789 .-/+()x*oOlI|SB,\n", max_size=60))
def test_reading_never_raises_on_digits_and_signs(text: str) -> None:
    numbers, _ = phone.find_numbers(text)
    for seen in numbers:
        assert phone.printed(seen.number)
        assert "•••" in phone.masked(seen.number) or seen.number.kind is PhoneKind.SHORT
