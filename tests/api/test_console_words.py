"""Words of the console for what the record holds as codes: read by people, none of them a programmer."""

from datetime import UTC, datetime, timedelta

import pytest

from api.pages.console import labels

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("number:+84530000113", "Số điện thoại 0530 000 113"),
        ("number:short:113", "Số điện thoại 113"),
        ("link:vi-du.example/a", "Đường dẫn vi-du[.]example/a"),
        ("contact:12", "Số liên hệ 12"),
        ("export:queue", "Danh sách hàng chờ"),
        ("route:GET /console/queue", "Trang GET /console/queue"),
        ("of-a-later-release:7", "of-a-later-release:7"),
    ],
)
def test_what_an_audit_entry_is_about_is_read_in_words(written: str, read: str) -> None:
    assert labels.subject(written) == read


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Thêm số liên hệ: 0263 0111 204", ["0263 0111 204"]),
        ("KN-FZQF-X6 · 0530 000 113", ["KN-FZQF-X6", "0530 000 113"]),
        ("0530 ••• 113", ["0530 ••• 113"]),
        ("ngày 24/11/2026, 30 triệu", []),
    ],
)
def test_numbers_and_case_codes_stay_on_one_line(text: str, kept: list[str]) -> None:
    shown = str(labels.unbroken(text))
    assert shown.count("<span") == len(kept)
    assert all(f'<span class="whole">{one}</span>' in shown for one in kept)


def test_keeping_a_number_whole_escapes_what_stands_around_it() -> None:
    assert str(labels.unbroken("<b>0530 000 113")) == '&lt;b&gt;<span class="whole">0530 000 113</span>'


@pytest.mark.parametrize(
    ("hours", "shown"), [(0.5, "còn 30 phút"), (72, "còn 72 giờ"), (73, "còn 3 ngày"), (-1, "đã hết hạn")]
)
def test_what_waits_three_days_is_counted_in_hours(hours: float, shown: str) -> None:
    assert labels.remaining(NOW + timedelta(hours=hours), NOW) == shown
