"""Figures of one's own area as charts, each an image of its own with the numbers beside it as a table."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from fastapi import APIRouter, HTTPException, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import HTMLResponse, Response

from api.pages.console import charts, labels
from api.pages.console.access import AtWork, requires
from api.pages.console.charts import Chart
from api.pages.console.showing import console_page
from db import figures as counts
from db.rights import Permission

router = APIRouter(prefix="/figures")

DAYS_SHOWN: Final = 28
_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)
_WAITS: Final = ("trong 1 ngày", "1 đến 3 ngày", "3 đến 7 ngày", "hơn 7 ngày")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: what it shows in a sentence, the chart, the table."""

    name: str
    title: str
    sentence: str
    head: tuple[str, str]
    rows: Sequence[tuple[str, int]]
    chart: Chart
    nothing: str


@router.get("")
async def figures(request: Request, work: AtWork = requires(Permission.READ_COUNTS)) -> HTMLResponse:
    """Every figure that the role may see."""
    async with work.reading() as session:
        shown = [await make(session, work) for name, make in _FIGURES.items() if _may_see(name, work)]
    return console_page(request, work, "figures.html", figures=shown)


@router.get("/{name}.svg")
async def figure_image(name: str, work: AtWork = requires(Permission.READ_COUNTS)) -> Response:
    """One chart as an image."""
    make = _FIGURES.get(name)
    if make is None or not _may_see(name, work):
        raise HTTPException(404)
    async with work.reading() as session:
        figure = await make(session, work)
    return charts.response(charts.svg(figure.chart))


async def _by_day(session: AsyncSession, work: AtWork) -> Figure:
    days = (await counts.reports_by_day(session, work.actor, work.now))[-DAYS_SHOWN:]
    rows = [(f"{day:%d/%m}", count) for day, count in days]
    total = sum(count for _, count in rows)
    return Figure(
        "reports-day",
        "Tin báo mỗi ngày",
        f"{total} tin báo trong {DAYS_SHOWN} ngày qua, hôm nay {rows[-1][1]}.",
        ("Ngày", "Tin báo"),
        rows,
        Chart(rows, every=7),
        "Bốn tuần qua chưa có tin báo nào.",
    )


async def _by_week(session: AsyncSession, work: AtWork) -> Figure:
    weeks = counts.by_week(await counts.reports_by_day(session, work.actor, work.now))
    rows = [(f"{monday:%d/%m}", count) for monday, count in weeks]
    return Figure(
        "reports-week",
        "Tin báo mỗi tuần",
        f"{sum(count for _, count in rows)} tin báo trong 12 tuần qua; tuần này {rows[-1][1]}, "
        f"tuần trước {rows[-2][1]}.",
        ("Tuần bắt đầu từ", "Tin báo"),
        rows,
        Chart(rows, every=4),
        "12 tuần qua chưa có tin báo nào.",
    )


async def _claims(session: AsyncSession, work: AtWork) -> Figure:
    found = await counts.claims(session, work.actor, work.now)
    rows = [(labels.label("owner_kind", kind), count) for kind, count in found.items()]
    most = f"Nhiều nhất là xưng {rows[0][0].lower()}: {rows[0][1]} tin." if rows else ""
    return Figure(
        "claims",
        "Kẻ gọi xưng là ai",
        f"Theo tin báo trong 12 tuần qua. {most}",
        ("Xưng là", "Tin báo"),
        rows,
        Chart(rows, lying=True),
        "12 tuần qua chưa có tin báo nào nói kẻ gọi xưng là ai.",
    )


async def _waits(session: AsyncSession, work: AtWork) -> Figure:
    found = await counts.waits(session, work.now)
    rows = list(zip(_WAITS, found.counts, strict=True))
    median = "" if found.median is None else f" Một nửa được quyết định trong {_in_words(found.median)}."
    return Figure(
        "waits",
        "Từ tin báo đầu tiên đến khi xác nhận",
        f"{sum(found.counts)} mục được báo rồi xác nhận trong 90 ngày qua.{median}",
        ("Thời gian", "Số mục"),
        rows,
        Chart(rows, lying=True),
        "90 ngày qua chưa có mục nào được phụ huynh báo rồi xác nhận.",
    )


async def _hotlines(session: AsyncSession, work: AtWork) -> Figure:
    found = await counts.hotlines(session, work.actor, work.now)
    rows = [
        ("còn hạn", found.confirmed),
        ("sắp hết hạn", found.runs_out),
        ("đã hết hạn", found.expired),
        ("chưa có số", found.missing),
    ]
    have = found.confirmed + found.runs_out
    return Figure(
        "hotlines",
        "Đường dây nóng của các trường",
        f"{have} trên {sum(count for _, count in rows)} trường có số còn hạn; "
        f"{found.runs_out} trường phải xác nhận lại trong {counts.RUNS_OUT_WITHIN.days} ngày tới.",
        ("Tình trạng", "Số trường"),
        rows,
        Chart(rows, lying=True),
        "Địa bàn của bạn chưa có trường nào trong danh mục.",
    )


_FIGURES: Final[dict[str, Callable[[AsyncSession, AtWork], Awaitable[Figure]]]] = {
    "reports-day": _by_day,
    "reports-week": _by_week,
    "claims": _claims,
    "waits": _waits,
    "hotlines": _hotlines,
}


def _may_see(name: str, work: AtWork) -> bool:
    """How long decisions take concerns those who decide, and those who speak of it in public."""
    return name != "waits" or work.may(Permission.READ_INDICATORS)


def _in_words(length: timedelta) -> str:
    if length < 2 * _DAY:
        return f"{max(length // _HOUR, 1)} giờ"
    return f"{length // _DAY} ngày"
