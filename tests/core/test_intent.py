"""Look-up and talk told from checks; in doubt it is a check."""

import pytest

from scamcheck.intent import Intent, intent_of
from scamcheck.observables import extract


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("cho xin số trường THCS Nguyễn Du", Intent.LOOK_UP),
        ("số điện thoại trường tiểu học Lê Lợi là gì", Intent.LOOK_UP),
        ("trường mầm non Hoa Mai", Intent.LOOK_UP),
        ("số 0261 000 1234 là của ai", Intent.LOOK_UP),
        ("0261 000 1234", Intent.CHECK),
        ("số 0261 000 1234 vừa gọi tôi", Intent.CHECK),
        ("xin chào", Intent.TALK),
        ("hế lô bot ơi", Intent.TALK),
        ("cho em hỏi với ạ", Intent.TALK),
        ("bạn có phải công an không", Intent.TALK),
        ("em chào chị, con chị đang cấp cứu, chuyển ngay 30 triệu để mổ", Intent.CHECK),
        ("Cảm ơn bạn nhiều", Intent.TALK),
        ("bạn là ai", Intent.TALK),
        ("dừng lại", Intent.TALK),
        ("chiều nay trời mưa to quá", Intent.CHECK),
        ("vi-du.example/abc", Intent.CHECK),
        ("stk 19036512345678 Techcombank của ai", Intent.CHECK),
        ("con chị đang cấp cứu, cho xin số bệnh viện, chuyển ngay 30 triệu", Intent.CHECK),
    ],
)
def test_what_a_message_wants(text: str, intent: Intent) -> None:
    assert intent_of(extract(text)) is intent
