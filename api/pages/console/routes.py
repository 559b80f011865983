"""All routes of the console."""

from fastapi import APIRouter

from api.pages.console import (
    account,
    appeals,
    audit_trail,
    contacts,
    exports,
    figures,
    from_chat,
    imports,
    incidents,
    indicators,
    join,
    offices,
    proposals,
    protected,
    queue,
    schools,
    scripts,
    sign_in,
    staff,
    start,
)

_inside = APIRouter(prefix="/console", include_in_schema=False)
for part in (
    sign_in,
    join,
    account,
    from_chat,
    queue,
    proposals,
    contacts,
    schools,
    indicators,
    scripts,
    protected,
    imports,
    exports,
    incidents,
    appeals,
    figures,
    staff,
    offices,
    audit_trail,
):
    _inside.include_router(part.router)

router = APIRouter()
router.include_router(start.router)
router.include_router(_inside)
