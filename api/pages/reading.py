"""Pages to read: who answers here, what is kept, and what still holds without a network."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from api import wording
from api.dependencies import LanguageDep
from api.rendering import page
from bot.accounts import official_accounts

router = APIRouter(include_in_schema=False)


@router.get("/quyen-rieng-tu")
async def privacy(request: Request, language: LanguageDep) -> HTMLResponse:
    """What is kept and for how long, with the ways to see and delete it."""
    words = wording.load(language).privacy_page
    return page(request, "privacy.html", language=language, page=words, page_path="/quyen-rieng-tu")


@router.get("/toilaai")
async def about(request: Request, language: LanguageDep) -> HTMLResponse:
    """Who answers, on what grounds, what it cannot do, and which accounts are ours: printed on posters."""
    words = wording.load(language).about_page
    accounts = official_accounts(request.app.state.settings)
    return page(request, "about.html", language=language, page=words, page_path="/toilaai", accounts=accounts)


@router.get("/offline")
async def offline(request: Request, language: LanguageDep) -> HTMLResponse:
    """The fixed steps, kept in the browser for when there is no network."""
    return page(request, "offline.html", language=language)
