"""Duty hours as schools write them."""

from datetime import UTC, datetime

import pytest

from scamcheck.duty_hours import DutyHoursUnreadable, on_duty, parse_duty_hours


@pytest.mark.parametrize(
    ("hours", "utc", "expected"),
    [
        ("T2-T6 07:00-17:00", datetime(2026, 11, 24, 3, 0, tzinfo=UTC), True),
        ("T2-T6 07:00-17:00", datetime(2026, 11, 24, 0, 0, tzinfo=UTC), True),  # 07:00 sharp in Vietnam
        ("T2-T6 07:00-17:00", datetime(2026, 11, 24, 10, 0, tzinfo=UTC), False),  # 17:00 sharp
        ("T2-T6 07:00-17:00", datetime(2026, 11, 28, 3, 0, tzinfo=UTC), False),  # Saturday
        ("T2-T6 07:00-17:00; T7 07:00-11:30", datetime(2026, 11, 28, 3, 0, tzinfo=UTC), True),
        ("CN 8:00-10:00", datetime(2026, 11, 29, 2, 0, tzinfo=UTC), True),
        ("", datetime(2026, 11, 29, 20, 0, tzinfo=UTC), True),
    ],
)
def test_on_duty_is_judged_in_vietnamese_time(hours: str, utc: datetime, expected: bool) -> None:
    assert on_duty(hours, utc) is expected


@pytest.mark.parametrize(
    "written", ["giờ hành chính", "T2 25:00-26:00", "T6-T2 07:00-08:00", "T2 09:00-09:00", "T2"]
)
def test_hours_that_cannot_be_read_are_refused(written: str) -> None:
    with pytest.raises(DutyHoursUnreadable):
        parse_duty_hours(written)
