"""Who needs an ambulance or the fire brigade now is told its number; a caller's story is checked instead."""

import pytest

from scamcheck.emergency import Emergency, emergency_of
from scamcheck.intent import Intent, intent_of
from scamcheck.observables import extract
from scamcheck.text import read


@pytest.mark.parametrize(
    ("text", "emergency"),
    [
        ("con tôi khó thở gọi ai", Emergency.MEDICAL),
        ("cháu bị tai nạn gọi cấp cứu số mấy", Emergency.MEDICAL),
        ("mẹ tôi bất tỉnh phải làm sao", Emergency.MEDICAL),
        ("con hoc keo cuu voi", Emergency.MEDICAL),
        ("em tôi bị điện giật gọi số mấy", Emergency.MEDICAL),
        ("gọi cấp cứu", Emergency.MEDICAL),
        ("số xe cấp cứu là số mấy", Emergency.MEDICAL),
        ("my child cannot breathe, who do I call", Emergency.MEDICAL),
        ("Con tôi bị đuối nước", Emergency.MEDICAL),
        ("vo toi uong thuoc sau", Emergency.MEDICAL),
        ("mẹ tôi định tự tử", Emergency.MEDICAL),
        ("cháy nhà", Emergency.FIRE),
        ("nhà tôi cháy rồi gọi số nào", Emergency.FIRE),
        ("nha toi dang chay", Emergency.FIRE),
        ("chung cư bốc cháy", Emergency.FIRE),
        ("gọi cứu hỏa số mấy", Emergency.FIRE),
        ("my house is on fire", Emergency.FIRE),
        ("con tôi bị bắt cóc", Emergency.DANGER),
        ("chau toi di lac roi", Emergency.DANGER),
        ("con tôi chưa thấy về nhà", Emergency.DANGER),
        ("có người đứng ngoài cổng trường đòi đón con tôi", Emergency.DANGER),
        ("my daughter is missing", Emergency.DANGER),
        ("có trộm trong nhà", Emergency.DANGER),
        ("chong toi danh toi", Emergency.DANGER),
        ("em bị bố dượng đánh", Emergency.DANGER),
    ],
)
def test_somebody_who_needs_help_now(text: str, emergency: Emergency) -> None:
    assert emergency_of(read(text)) is emergency
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
        "con chị bị đuối nước",
        "chồng tôi đánh xe đi chợ",
        "phim có cảnh trộm vào nhà hôm qua",
        "gọi cấp cứu " + "và kể lể " * 12,
    ],
)
def test_what_only_sounds_like_an_emergency(text: str) -> None:
    assert emergency_of(read(text)) is None


def test_an_account_or_a_link_beside_the_cry_for_help_makes_it_a_check() -> None:
    assert intent_of(extract("con tôi khó thở cứu với http://vi-du.example/a")) is Intent.CHECK
