"""What a follower reads when the school is another, or no more: short, kind, and without any number."""

import re

import pytest

from bot.follower_news import payload_of, reply_of
from bot.messages_json import reply_from_json
from bot.text_form import as_text
from db.models import FollowerNews, SchoolNews
from tests.builders import NOW

LONG = "TH&THCS Phan Đình Phùng và Nguyễn Thị Minh Khai, xã Ví Dụ Tên Dài"


@pytest.mark.parametrize("kind", SchoolNews)
def test_the_message_is_short_and_names_both_schools_and_no_number(kind: SchoolNews) -> None:
    became = "" if kind is SchoolNews.CLOSED else LONG
    news = FollowerNews(person_id=1, kind=kind, school="THCS Ví Dụ Hoa Ban, xã Ví Dụ", became=became, at=NOW)
    reply = reply_of(news)
    assert reply_from_json(payload_of(news)) == reply
    text = as_text(reply, numbered=True)
    assert len(text) <= 500
    assert "THCS Ví Dụ Hoa Ban, xã Ví Dụ" in reply.headline
    assert became in reply.headline
    assert not re.search(r"\d{3}", text)
    assert "nhắn “dừng”" in text
    assert not reply.calls
