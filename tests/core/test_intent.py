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
        ("trường tiểu học Ví Dụ Hoa Sen", Intent.LOOK_UP),
        ("trường tiểu học Ví Dụ Hoa Sen phường Xuân Hương", Intent.LOOK_UP),
        ("cho tôi xin số điện thoại trường tiểu học Ví Dụ Hoa Sen với ạ", Intent.LOOK_UP),
        (
            "dạ anh chị cho em hỏi xin số điện thoại của trường trung học cơ sở Ví Dụ Bằng Lăng ở xã Đức Lập ạ",
            Intent.LOOK_UP,
        ),
        ("tìm trường Ví Dụ Thông Xanh", Intent.LOOK_UP),
        ("trường THPT Ví Dụ Thông Xanh phường Bắc Gia Nghĩa", Intent.LOOK_UP),
        ("cô giáo nhắn xin số điện thoại phụ huynh", Intent.CHECK),
        ("bạn có phải lừa đảo không", Intent.TALK),
        ("làm sao biết bạn không phải lừa đảo", Intent.TALK),
        ("tôi sợ quá", Intent.TALK),
        ("giúp tôi với", Intent.TALK),
        ("cô giáo gọi cho tôi", Intent.CHECK),
        ("trường tiểu học Ví Dụ Hoa Sen vừa gọi cho tôi", Intent.CHECK),
        ("cho xin số tài khoản", Intent.CHECK),
        ("cho xin số trường " + "rồi chuyện nọ xọ chuyện kia " * 5, Intent.CHECK),
        ("bệnh viện Ví Dụ", Intent.LOOK_UP),
        ("công an xã Đức Lập", Intent.LOOK_UP),
        ("bệnh viện gọi tôi", Intent.CHECK),
        ("công an xã mời lên làm việc", Intent.CHECK),
        ("113", Intent.LOOK_UP),
        ("156 là số gì", Intent.LOOK_UP),
        ("gọi 113 có đúng là công an không", Intent.LOOK_UP),
        ("số 113 vừa gọi cho tôi", Intent.CHECK),
        ("số 0977 111 222 có phải của trường tiểu học Ví Dụ Hoa Sen không", Intent.LOOK_UP),
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
