"""Sites to visit: one whose answers are given, one with everything behind it."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import httpx
import pytest

from api.app import create_app
from api.desk import open_with_desk
from tests.api.console import Site, demo_in, start_once
from tests.api.console import site as opened_desk
from tests.api.doubles import NOW, Desk
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


@pytest.fixture(scope="session")
def started_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demo that was started once, to copy."""
    folder = tmp_path_factory.mktemp("started_demo")
    asyncio.run(start_once(folder))
    return folder


@pytest.fixture
def demo_folder(started_demo: Path, tmp_path: Path) -> Path:
    """A test's own copy of it."""
    return Path(shutil.copytree(started_demo, tmp_path / "demo"))


@pytest.fixture
async def whole_site(demo_folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A visitor of the whole product with its trial records, on SQLite."""
    app = create_app(demo_in(demo_folder), opening=partial(open_with_desk, prepared=True))
    async with served(app) as url, visiting(url) as client:
        yield client


@pytest.fixture
async def desk_site(demo_folder: Path) -> AsyncIterator[Site]:
    """The whole product with its trial staff, who sign in."""
    async with opened_desk(demo_folder) as opened:
        yield opened
