"""The audit to read: filtered, and whether the chain is whole."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from api.pages.console.access import AtWork, Whole, requires
from api.pages.console.showing import console_page
from db import audit, desk_lists
from db.audit import AnchorUnreadable, Tampered, Verified
from db.desk_lists import AuditFilter
from db.rights import Permission

router = APIRouter(prefix="/audit")


@router.get("")
async def audit_trail(
    request: Request,
    actor: str = "",
    action: str = "",
    subject: str = "",
    refused: str = "",
    before: Whole | None = None,
    verify: str = "",
    work: AtWork = requires(Permission.READ_AUDIT),
) -> HTMLResponse:
    """Entries, the latest first; with `verify`, the whole chain is recomputed."""
    which = AuditFilter(
        actor=actor.strip(),
        action=action.strip(),
        subject=subject.strip(),
        refused_only=bool(refused),
        before=before,
    )
    async with work.reading() as session:
        page = await desk_lists.audit_entries(session, which)
        names = await desk_lists.names_of(session, [entry.actor for entry in page.rows])
        verified = await _verify(work) if verify else None
    return console_page(
        request,
        work,
        "audit.html",
        rows=page.rows,
        more=page.rows[-1].seq if page.more else None,
        names=names,
        which=which,
        verified=verified if isinstance(verified, Verified) else None,
        tampered=verified if isinstance(verified, Tampered) else None,
    )


async def _verify(work: AtWork) -> Verified | Tampered:
    path = work.services.settings.audit_anchor_file
    try:
        anchors = [] if path is None else audit.read_anchors(path)
    except AnchorUnreadable:
        return Tampered(0, "the checkpoint file is damaged")
    async with work.services.database.reading() as session:
        return await audit.verify(session, anchors=anchors, sealer=work.sealer)
