"""The application served over real HTTP on a loopback port, in this process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import uvicorn
from fastapi import FastAPI

from tests.servers import NO_CERTIFICATES, PromptServer, loopback_listener

START_TIMEOUT = 30.0


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[str]:
    """Serve `app` while the block runs; gives its address."""
    listening = loopback_listener()
    config = uvicorn.Config(app, log_level="warning", proxy_headers=False, lifespan="on", ws="none")
    server = PromptServer(config)
    serving = asyncio.create_task(server.serve([listening]))
    try:
        async with asyncio.timeout(START_TIMEOUT):
            while not server.started:
                if serving.done():
                    await serving
                await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.end()
        await serving
        listening.close()


@asynccontextmanager
async def visiting(url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client that keeps cookies and follows no redirect by itself."""
    async with httpx.AsyncClient(
        base_url=url, timeout=20.0, trust_env=False, verify=NO_CERTIFICATES
    ) as client:
        yield client
