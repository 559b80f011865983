"""Who needs an ambulance or the fire brigade now is told its number; a caller's story is checked instead."""

import pytest

from scamcheck.emergency import Emergency, emergency_of
from scamcheck.intent import Intent, intent_of
from scamcheck.observables import extract
from scamcheck.text import read


@pytest.mark.parametrize(
    "text",
    [
        "con tôi khó thở gọi ai",
        "cháu bị tai nạn gọi cấp cứu số mấy",
        "mẹ tôi bất tỉnh phải làm sao",
        "con hoc keo cuu voi",
        "em tôi bị điện giật gọi số mấy",
        "gọi cấp cứu",
        "số xe cấp cứu là số mấy",
        "my child cannot breathe, who do I call",
    ],
)
def test_somebody_who_needs_an_ambulance(text: str) -> None:
    assert emergency_of(read(text)) is Emergency.MEDICAL
    assert intent_of(extract(text)) is Intent.EMERGENCY


@pytest.mark.parametrize(
    "text",
    [
        "cháy nhà",
        "nhà tôi cháy rồi gọi số nào",
        "nha toi dang chay",
        "chung cư bốc cháy",
        "gọi cứu hỏa số mấy",
        "my house is on fire",
    ],
)
def test_somebody_whose_house_burns(text: str) -> None:
    assert emergency_of(read(text)) is Emergency.FIRE
    assert intent_of(extract(text)) is Intent.EMERGENCY


@pytest.mark.parametrize(
    "text",
    [
        "con tôi bị bắt cóc",
        "chau toi di lac roi",
        "con tôi chưa thấy về nhà",
        "có người đứng ngoài cổng trường đòi đón con tôi",
        "my daughter is missing",
    ],
)
def test_somebody_who_needs_the_police(text: str) -> None:
    assert emergency_of(read(text)) is Emergency.DANGER
    assert intent_of(extract(text)) is Intent.EMERGENCY


@pytest.mark.parametrize(
    "text",
    [
        "có người gọi nói con tôi bị bắt cóc, đòi chuộc",
        "có người gọi nói con tôi bị tai nạn đang cấp cứu, phải làm sao",
        "cô giáo báo con ngã cầu thang phải làm sao",
        "con tôi bị tai nạn cần chuyển tiền gấp, gọi ai",
        "số 115 gọi bảo con tôi tai nạn, làm sao",
        "a man called and said my son had an accident, what should I do",
    ],
)
def test_what_somebody_was_told_is_a_story_to_check(text: str) -> None:
    assert emergency_of(read(text)) is None
    assert intent_of(extract(text)) is Intent.CHECK


@pytest.mark.parametrize(
    "text",
    [
        "chạy nhà",
        "chay xe di lam",
        "nhà chạy quảng cáo",
        "trường thông báo diễn tập chữa cháy",
        "hôm qua con tôi sốt cao phải làm sao",
        "con tôi khó thở",
        "gọi cấp cứu " + "và kể lể " * 12,
    ],
)
def test_what_only_sounds_like_an_emergency(text: str) -> None:
    assert emergency_of(read(text)) is None


def test_an_account_or_a_link_beside_the_cry_for_help_makes_it_a_check() -> None:
    assert intent_of(extract("con tôi khó thở cứu với http://vi-du.example/a")) is Intent.CHECK
