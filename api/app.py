"""The web application: `uvicorn --factory api.app:create_app`."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from api import desk, errors, webhooks
from api.assets import Static
from api.dependencies import Services
from api.pages import api_guide, appeal, chat, hotline_pages, reading, shell
from api.pages.console import routes as console
from api.pages.console import showing
from api.security import BodyLimit, Guard
from api.v1 import checks, health, hotlines
from bot.app import utc_now
from bot.settings import Settings

Opening = Callable[[Settings], AbstractAsyncContextManager[Services]]

_DESCRIPTION = """Is this call or message real, and whom to call back.

Numbers come back as E.164 (`+84912345678`) or `short:113`. No level says that anything is harmless.
Errors are problem details (RFC 9457)."""


def create_app(
    settings: Settings | None = None,
    *,
    opening: Opening = desk.open_with_desk,
    clock: Callable[[], datetime] = utc_now,
) -> FastAPI:
    """The application; its services open when it starts and close when it stops.

    Args:
        settings: what the operator set; read from the environment when None.
        opening: opens the services of the process.
        clock: the time, aware.
    """
    settings = settings or Settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        async with opening(settings) as services:
            app.state.services = services
            yield

    app = FastAPI(
        title="Gọi Lại",
        version="1",
        description=_DESCRIPTION,
        lifespan=lifespan,
        openapi_url="/v1/openapi.json",
        # The stock documentation pages load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
    )
    app.state.settings = settings
    app.state.clock = clock
    app.state.draining = False
    errors.install(app)
    showing.install(app)
    # The last added is the outermost: the client's address, then headers and refusals, compression, size.
    app.add_middleware(BodyLimit)
    app.add_middleware(GZipMiddleware, minimum_size=500)
    app.add_middleware(Guard)
    app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(settings.trusted_proxies))
    for part in (
        chat,
        reading,
        hotline_pages,
        appeal,
        shell,
        api_guide,
        checks,
        hotlines,
        health,
        webhooks,
        console,
    ):
        app.include_router(part.router)
    app.mount("/static", Static(), name="static")
    return app
