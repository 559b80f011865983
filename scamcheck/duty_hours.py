"""Duty hours of a hotline as schools write them, and whether somebody should answer now."""

import re
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")

_PART = re.compile(
    r"(?P<first>T[2-7]|CN)(?:-(?P<last>T[2-7]|CN))? (?P<start>\d{1,2}:\d{2})-(?P<end>\d{1,2}:\d{2})", re.ASCII
)
_DAYS = ("T2", "T3", "T4", "T5", "T6", "T7", "CN")


class DutyHoursUnreadable(ValueError):
    """The text is not of the form "T2-T6 07:00-17:00; T7 07:00-11:30"."""


@dataclass(frozen=True, slots=True)
class _Shift:
    weekdays: range
    start: time
    end: time


def parse_duty_hours(written: str) -> tuple[_Shift, ...]:
    """Read duty hours such as "T2-T6 07:00-17:00; T7 07:00-11:30" (T2 is Monday, CN Sunday).

    Raises:
        DutyHoursUnreadable: any part has another form, a day range runs backwards, or a shift ends before it
            starts.
    """
    return tuple(_parse_shift(part.strip()) for part in written.split(";")) if written.strip() else ()


def on_duty(written: str, now: datetime) -> bool:
    """Whether a contact with these hours is on duty at `now` (aware). Empty hours mean always.

    Raises:
        DutyHoursUnreadable: see `parse_duty_hours`; stored hours were validated when they were recorded.
    """
    shifts = parse_duty_hours(written)
    local = now.astimezone(VIETNAM)
    return not shifts or any(
        local.weekday() in shift.weekdays and shift.start <= local.time() < shift.end for shift in shifts
    )


def _parse_shift(part: str) -> _Shift:
    match = _PART.fullmatch(part)
    if match is None:
        raise DutyHoursUnreadable(part)
    first = _DAYS.index(match["first"])
    last = _DAYS.index(match["last"] or match["first"])
    try:
        start, end = (time.fromisoformat(match[name].zfill(5)) for name in ("start", "end"))
    except ValueError as error:
        raise DutyHoursUnreadable(part) from error
    if last < first or end <= start:
        raise DutyHoursUnreadable(part)
    return _Shift(range(first, last + 1), start, end)
