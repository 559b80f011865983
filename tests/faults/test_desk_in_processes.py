"""What is decided at the desk of one process holds in the others: a confirmation, its suspension, a dismissal."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
import pytest

from db import demo_staff
from tests.api.console import EMAILS, TOKEN, field_of, sign_in
from tests.api.serving import visiting
from tests.channels.peer import Peer
from tests.faults.service import Replica, Spawner

NUMBER = "0530 000 223"


@dataclass
class TwoProcesses:
    """The same demo, served by two processes from one PostgreSQL."""

    here: Replica
    there: Replica
    stack: AsyncExitStack

    async def visitor(self, process: Replica) -> httpx.AsyncClient:
        return await self.stack.enter_async_context(visiting(f"http://127.0.0.1:{process.port}"))

    async def person(self, who: str, process: Replica) -> httpx.AsyncClient:
        client = await self.visitor(process)
        answer = await sign_in(client, EMAILS[who], demo_staff.code_now(datetime.now(UTC)))
        assert answer.status_code == 303, answer.text
        return client

    async def levels(self) -> set[str]:
        """What the next check of each process says of the number."""
        found: set[str] = set()
        for process in (self.here, self.there):
            client = await self.visitor(process)
            answer = await client.post("/v1/checks", json={"text": NUMBER})
            assert answer.status_code == 200
            found.add(answer.json()["level"])
        return found


@pytest.fixture
async def demo(starting: Spawner, peer: Peer, postgresql_service_url: str) -> AsyncIterator[TwoProcesses]:
    async with AsyncExitStack() as stack:
        here, there = (Replica(starting, peer, postgresql_service_url) for _ in range(2))
        for process in (here, there):
            process.environment |= {"DEMO": "true", "TELEGRAM_TOKEN": "", "PUBLIC_URL": ""}
            stack.push_async_callback(process.kill)
            await process.start()
            assert await process.ready()
        yield TwoProcesses(here, there, stack)


async def send(client: httpx.AsyncClient, path: str, **fields: str) -> httpx.Response:
    token = TOKEN.findall((await client.get("/console/account")).text)[0]
    return await client.post(path, data={"token": token, **fields})


async def approve(client: httpx.AsyncClient, proposal: str) -> None:
    path = proposal.partition("?")[0]
    version = field_of((await client.get(path)).text, "version_hash")
    answer = await send(client, f"{path}/approve", version_hash=version, reason="Đã xem hồ sơ.")
    assert answer.status_code == 303, answer.text


async def test_the_next_check_of_every_process_knows_what_was_confirmed_and_suspended(
    demo: TwoProcesses,
) -> None:
    officer = await demo.person("police", demo.here)
    supervisor = await demo.person("supervisor", demo.there)
    assert await demo.levels() == {"UNKNOWN"}
    proposed = await send(
        officer,
        "/console/indicators",
        kind="number",
        typed=NUMBER,
        source="tin báo của phụ huynh",
        verified_at="2026-11-20",
        reason="Nhiều người báo.",
    )
    assert proposed.status_code == 303, proposed.text
    assert await demo.levels() == {"UNKNOWN"}
    await approve(supervisor, proposed.headers["location"])
    assert await demo.levels() == {"CONFIRMED_SCAM"}
    listed = (await officer.get("/console/indicators", params={"q": NUMBER})).text
    entry = re.findall(r'href="(/console/indicators/\d+)"', listed)[0]
    version = field_of((await supervisor.get(entry)).text, "version")
    suspended = await send(supervisor, f"{entry}/suspend", version=version, reason="Đang xem lại.")
    assert suspended.status_code == 303, suspended.text
    assert await demo.levels() == {"UNKNOWN"}


async def test_whoever_is_put_out_in_one_process_is_out_in_the_other_at_their_next_step(
    demo: TwoProcesses,
) -> None:
    officer = await demo.person("police", demo.there)
    administrator = await demo.person("administrator", demo.here)
    assert (await officer.get("/console/queue")).status_code == 200
    staff = (await administrator.get("/console/staff")).text
    path = re.findall(r'href="(/console/staff/[^"]+)">Anh Lâm Ví Dụ<', staff)[0]
    ended = await send(administrator, f"{path}/disable", reason="Chuyển công tác.")
    assert ended.status_code == 303, ended.text
    turned_away = await officer.get("/console/queue")
    assert turned_away.status_code == 303
    assert turned_away.headers["location"].startswith("/console/sign-in")
