"""The name of a scam, on which its advice hangs."""

import pytest

from scamcheck.naming import name_of, naming_features
from scamcheck.observables import extract
from scamcheck.red_flags import Scenario


def named(text: str) -> Scenario | None:
    return extract(text).assessment.scenario


@pytest.mark.parametrize(
    ("text", "scenario"),
    [
        (
            "Họ gửi ảnh con tôi bị trói, mồm dán băng keo, đòi 500 triệu trong tối nay không thì đưa sang biên giới",
            Scenario.KIDNAP_ONLINE,
        ),
        (
            "Cô giáo gọi bảo cháu ngã cầu thang chấn thương sọ não đang cấp cứu, chuyển ngay 30 triệu để mổ",
            Scenario.CHILD_EMERGENCY,
        ),
        (
            "Vietcombank: tài khoản của quý khách bị khóa, đăng nhập vcb-xacthuc.example để mở lại trong 24h",
            Scenario.BANK_IMPOSTOR,
        ),
        (
            "Đơn hàng của chị bị giữ ở kho, chuyển 32k phí vận chuyển vào số tài khoản shipper để giao lại nhé",
            Scenario.PARCEL,
        ),
        (
            "Anh là cán bộ công an, chị liên quan đường dây rửa tiền, giữ bí mật và chuyển tiền vào tài khoản tạm giữ",
            Scenario.POLICE_IMPOSTOR,
        ),
    ],
)
def test_what_alarms_is_called_by_its_own_name(text: str, scenario: Scenario) -> None:
    assert named(text) is scenario


def test_a_message_of_nothing_known_has_some_name_and_it_is_always_the_same() -> None:
    assert {name_of({}, ()) for _ in range(3)} == {name_of({}, ("qwrtz",))}
    assert Scenario(name_of({}, ()))


def test_every_name_in_the_file_is_a_scenario_that_is_found() -> None:
    words = {
        Scenario.TAX: "quyet toan thue hoan thue co quan thue",
        Scenario.UTILITY: "tien dien cat dien hop dong dien luc",
        Scenario.ROMANCE: "em yeu anh qua bien gioi gui qua tang anh linh my",
        Scenario.RECOVERY: "lay lai tien bi lua luat su thu hoi tien",
    }
    for scenario, text in words.items():
        assert name_of({}, tuple(text.split())) == scenario


def test_a_message_counts_by_its_words_not_by_its_length() -> None:
    short = naming_features({}, ("dien", "luc") * 2)
    long = naming_features({}, tuple(f"tu{number}" for number in range(90)) + ("dien", "luc") * 2)

    assert short["w:dien"] > long["w:dien"] > 0


def test_stops_are_no_words_and_signs_count_by_root() -> None:
    found = naming_features({"injury": 9, "child": 1}, (".", "con", "."))

    assert found["s:injury"] == 2.0
    assert found["s:child"] == 1.0
    assert set(found) == {"s:injury", "s:child", "w:con"}
