"""Lists to take away, each for those who may read it, and each noted in the audit."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter, HTTPException, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from api import downloads
from api.pages.console import labels
from api.pages.console.access import AtWork, Whole, requires
from db import audit, desk_lists, models, report_queue, rights
from db.desk_lists import AuditFilter
from db.rights import Permission
from scamcheck.bank_account import bank_by_bin
from scamcheck.knowledge import IdentifierKind

router = APIRouter(prefix="/export")

MOST_ENTRIES: Final = 20_000
"""Of the audit, the newest."""
MOST_CLUSTERS: Final = 2_000

_Rows = list[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _List:
    """One list that can be taken away."""

    needs: tuple[Permission, ...]
    """All of them."""
    header: tuple[str, ...]
    read: Callable[[AsyncSession, AtWork], Coroutine[Any, Any, _Rows]]


@router.get("/{what}.{form}")
async def export(
    request: Request,  # noqa: ARG001
    what: str,
    form: str,
    work: AtWork = requires(Permission.EXPORT, Permission.READ_AUDIT),
) -> Response:
    """A list as CSV or XLSX."""
    wanted = LISTS.get(what)
    if wanted is None or form not in downloads.FORMS or not all(work.may(one) for one in wanted.needs):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    async with work.acting("export.download", f"export:{what}") as session:
        rows = await wanted.read(session, work)
        await audit.record(
            session,
            actor=work.actor,
            action="export.download",
            subject=f"export:{what}",
            facts={"form": form, "rows": str(len(rows))},
            now=work.now,
        )
    return await downloads.table(form, _NAMES[what], wanted.header, rows)


async def _schools(session: AsyncSession, work: AtWork) -> _Rows:
    rows = await desk_lists.schools_of(session, work.actor)
    hotlines = await desk_lists.hotlines_per_school(session, [row.id for row in rows])
    return [
        (
            row.name,
            row.level,
            row.commune.name,
            row.commune.province,
            row.old_district,
            row.source,
            labels.day(row.verified_at),
            str(hotlines.get(row.id, 0)),
        )
        for row in rows
    ]


async def _contacts(session: AsyncSession, work: AtWork) -> _Rows:
    return [
        (
            row.school.name if row.school else row.organisation.name if row.organisation else "",
            row.school.level if row.school else "",
            *_identifier(row.kind, row.key),
            row.label,
            row.hours,
            "x" if row.is_backup else "",
            row.source,
            labels.day(row.verified_at),
            labels.day(row.expires_at),
            labels.label("state", "frozen" if row.status is models.RecordState.SUSPENDED else row.status),
        )
        for row in await desk_lists.contacts_of(session, work.actor)
    ]


async def _indicators(session: AsyncSession, work: AtWork) -> _Rows:
    rows: list[models.Indicator] = []
    page = await desk_lists.indicators_like(session, work.actor, states=(models.IndicatorState.CONFIRMED,))
    rows += page.rows
    while page.more:
        page = await desk_lists.indicators_like(
            session, work.actor, states=(models.IndicatorState.CONFIRMED,), before=rows[-1].id
        )
        rows += page.rows
    return [
        (
            *_identifier(row.kind, row.key),
            row.confirmed_by,
            row.source,
            row.document,
            labels.day(row.verified_at),
            labels.day(row.expires_at),
        )
        for row in rows
    ]


async def _queue(session: AsyncSession, work: AtWork) -> _Rows:
    office = (await rights.standing(session, work.actor.membership_id)).office
    return [
        (
            *_identifier(one.kind, one.key),
            str(one.reports),
            str(one.fresh),
            str(one.communes),
            str(one.schools),
            labels.moment(one.first_at),
            labels.moment(one.last_at),
        )
        for one in await report_queue.clusters(session, work.now, office=office, limit=MOST_CLUSTERS)
    ]


async def _audit(session: AsyncSession, work: AtWork) -> _Rows:  # noqa: ARG001
    entries: list[models.AuditEntry] = []
    before: Whole | None = None
    while len(entries) < MOST_ENTRIES:
        page = await desk_lists.audit_entries(session, AuditFilter(before=before))
        entries += page.rows
        if not page.more:
            break
        before = page.rows[-1].seq
    names = await desk_lists.names_of(session, {entry.actor for entry in entries})
    return [
        (
            str(entry.seq),
            labels.moment(entry.at),
            names.get(entry.actor, entry.actor),
            labels.label("role", entry.role),
            labels.label("action", entry.action),
            entry.subject,
            "không" if entry.outcome is models.Outcome.REFUSED else "có",
            labels.facts(entry.facts),
            entry.reason,
            entry.hash,
        )
        for entry in entries
    ]


def _identifier(kind: IdentifierKind, key: str) -> tuple[str, str, str]:
    """Kind, value and bank, in words that the import reads again."""
    word = labels.label("identifier", kind)
    if kind is IdentifierKind.BANK_ACCOUNT:
        bin_, _, number = key.partition(":")
        bank = bank_by_bin(bin_)
        return word, downloads.grouped(number), bank.name if bank else bin_
    return word, labels.identifier(key, kind), ""


_IDENTIFIER: Final = ("Loại", "Số", "Ngân hàng")
_NAMES: Final = {
    "schools": "truong",
    "contacts": "so-lien-he",
    "indicators": "danh-muc-lua-dao",
    "queue": "hang-cho",
    "audit": "nhat-ky",
}
LISTS: Final = {
    "schools": _List(
        (Permission.EXPORT, Permission.READ_SCHOOLS),
        ("Tên trường", "Cấp học", "Xã, phường", "Tỉnh", "Huyện cũ", "Nguồn", "Ngày xác minh", "Số đường dây"),
        _schools,
    ),
    "contacts": _List(
        (Permission.EXPORT, Permission.READ_CONTACTS),
        (
            "Đơn vị",
            "Cấp học",
            *_IDENTIFIER,
            "Nhãn",
            "Giờ trực",
            "Dự phòng",
            "Nguồn",
            "Ngày xác minh",
            "Hết hạn",
            "Tình trạng",
        ),
        _contacts,
    ),
    "indicators": _List(
        (Permission.EXPORT, Permission.READ_INDICATORS),
        (*_IDENTIFIER, "Đơn vị xác nhận", "Nguồn", "Văn bản", "Ngày xác nhận", "Hết hạn"),
        _indicators,
    ),
    "queue": _List(
        (Permission.EXPORT, Permission.READ_QUEUE),
        (*_IDENTIFIER, "Tin báo", "24 giờ qua", "Số xã", "Số trường", "Lần đầu", "Gần nhất"),
        _queue,
    ),
    "audit": _List(
        (Permission.READ_AUDIT,),
        ("Mục", "Lúc", "Ai", "Vai trò", "Việc", "Về", "Được làm", "Chi tiết", "Lý do", "Mã băm"),
        _audit,
    ),
}
