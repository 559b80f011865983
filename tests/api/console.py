"""The console as its people use it, over real HTTP, on the whole product with its trial staff."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus
from pathlib import Path

import httpx
from fastapi import FastAPI
from sqlalchemy import func, select, update

from api.app import create_app
from api.desk import open_with_desk
from bot.app import Services
from bot.settings import Settings
from db import demo_staff, models
from db.models import StaffMember
from tests.api.doubles import make_settings
from tests.api.serving import served, visiting
from tests.db.desk import HASHER

EMAILS = {
    "school": "truong@vi-du.example",
    "education": "phong@vi-du.example",
    "department": "so@vi-du.example",
    "police": "congan@vi-du.example",
    "supervisor": "chihuy@vi-du.example",
    "supervisor2": "chihuy2@vi-du.example",
    "information": "thongtin@vi-du.example",
    "administrator": "quantri@vi-du.example",
    "administrator2": "quantri2@vi-du.example",
    "auditor": "kiemtra@vi-du.example",
}
TOKEN = re.compile(r'name="token" value="([0-9a-f]{64})"')


@dataclass
class Clock:
    """The time of the site; a test moves it on, so that each sign-in has a code of its own."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.now

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Person:
    """Somebody at a browser of their own."""

    client: httpx.AsyncClient
    clock: Clock
    entries: Callable[[], Awaitable[int]] | None = None
    """How many entries the audit has."""

    async def see(self, path: str) -> str:
        response = await self.client.get(path)
        assert response.status_code == 200, (path, response.status_code, response.headers.get("location"))
        return response.text

    async def token(self) -> str:
        return TOKEN.findall(await self.see("/console/account"))[0]

    async def post(self, path: str, **fields: str | list[str]) -> httpx.Response:
        """Send a form of one's own session; whatever it changed stands in the audit."""
        form = {"token": await self.token(), **fields}
        before = None if self.entries is None else await self.entries()
        response = await self.client.post(path, data=form)
        if self.entries is not None and response.status_code == HTTPStatus.SEE_OTHER:
            assert await self.entries() != before, f"{path} left no entry in the audit"
        return response

    async def done(self, path: str, **fields: str | list[str]) -> str:
        """Send a form that must succeed; the page it leads to."""
        response = await self.post(path, **fields)
        assert response.status_code == 303, (response.status_code, problem_of(response.text))
        return response.headers["location"]

    def code(self) -> str:
        """A code of the second factor that was not used before."""
        self.clock.later(seconds=31)
        return demo_staff.code_now(self.clock.now)


@dataclass
class Site:
    """The whole product, its records, and people who sign in."""

    app: FastAPI
    url: str
    clock: Clock
    stack: AsyncExitStack

    @property
    def services(self) -> Services:
        return self.app.state.services

    async def visitor(self) -> httpx.AsyncClient:
        return await self.stack.enter_async_context(visiting(self.url))

    async def entries(self) -> int:
        async with self.services.database.reading() as session:
            return await session.scalar(select(func.count()).select_from(models.AuditEntry)) or 0

    async def newest_entry(self) -> tuple[str, str]:
        """Action and subject of the audit's newest entry."""
        newest = models.AuditEntry.seq.desc()
        async with self.services.database.reading() as session:
            entry = (await session.scalars(select(models.AuditEntry).order_by(newest).limit(1))).one()
            return entry.action, entry.subject

    async def person(self, who: str) -> Person:
        person = Person(await self.visitor(), self.clock, self.entries)
        response = await sign_in(person.client, EMAILS[who], person.code())
        assert response.status_code == 303, problem_of(response.text)
        return person


async def sign_in(
    client: httpx.AsyncClient, email: str, code: str, *, password: str = demo_staff.PASSWORD, **more: str
) -> httpx.Response:
    form = {"email": email, "password": password, "code": code, **more}
    return await client.post("/console/sign-in", data=form)


async def page_of(administrator: Person, email: str) -> str:
    """The address of somebody's page, from the list of staff."""
    rows = (await administrator.see("/console/staff")).split("<tr>")
    return re.findall(r'href="(/console/staff/[\w-]+)"', next(row for row in rows if email in row))[0]


def problem_of(page: str) -> str:
    found = re.findall(r'class="(?:problem|lead)"[^>]*>([^<]+)', page)
    return found[0] if found else ""


def field_of(page: str, name: str) -> str:
    return re.findall(rf'name="{name}" value="([^"]*)"', page)[0]


def demo_in(folder: Path, **changes: object) -> Settings:
    return make_settings(database_url=f"sqlite:///{folder / 'goilai.db'}", demo=True, **changes)


async def start_once(folder: Path) -> None:
    """Start the demo and stop it again, so that copies of the folder need not do what a first start does.

    Its people keep their password, under a hash that costs little: tests sign in hundreds of times.
    """
    async with open_with_desk(demo_in(folder)) as services, services.database.transaction() as session:
        await session.execute(update(StaffMember).values(password_hash=HASHER.hash(demo_staff.PASSWORD)))


@asynccontextmanager
async def site(folder: Path, **changes: object) -> AsyncIterator[Site]:
    """The product on the database of a folder in which it was started once."""
    clock = Clock()
    app = create_app(demo_in(folder, **changes), clock=clock, opening=partial(open_with_desk, prepared=True))
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(served(app))
        yield Site(app, url, clock, stack)
