"""Sites to visit: one whose answers are given, one with everything behind it."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from api.app import create_app
from tests.api.console import Site
from tests.api.console import site as opened_desk
from tests.api.doubles import NOW, Desk, make_settings
from tests.api.serving import served, visiting


@pytest.fixture
def desk() -> Desk:
    """What is behind the site; a test changes it before or while visiting."""
    return Desk()


@pytest.fixture
async def site(desk: Desk) -> AsyncIterator[httpx.AsyncClient]:
    """A visitor of a site whose answers are given by `desk`."""
    app = create_app(desk.settings, opening=desk.open, clock=lambda: NOW)
    async with served(app) as url, visiting(url) as client:
        yield client


@pytest.fixture
async def whole_site(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A visitor of the whole product with its trial records, on SQLite."""
    settings = make_settings(database_url=f"sqlite:///{tmp_path / 'goilai.db'}", demo=True)
    async with served(create_app(settings)) as url, visiting(url) as client:
        yield client


@pytest.fixture
async def desk_site(tmp_path: Path) -> AsyncIterator[Site]:
    """The whole product with its trial staff, who sign in."""
    async with opened_desk(tmp_path) as opened:
        yield opened
