"""A real Chromium on the whole product: SQLite, trial records, the conversation, the page."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.browser.chromium import ARGUMENTS, executable
from tests.browser.product import serving

OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the product is served."""
    with serving(tmp_path_factory.mktemp("product")) as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[OpenPage]:
    """Opens pages of the product, each a new visitor; any error on a page's console fails the test."""
    contexts = []
    errors: list[str] = []

    def open_(path: str = "/", *, width: int = 360, height: int = 640, **options: object) -> Page:
        context = browser.new_context(
            base_url=address, viewport={"width": width, "height": height}, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda message: errors.append(message.text) if _is_fault(message) else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert errors == []


def _is_fault(message: ConsoleMessage) -> bool:
    # Browser and htmx each note a refused form or a lost connection; the page tells it to the person.
    noted = (
        "Failed to load resource",
        "Response Status Error Code 422",
        "net::ERR_FAILED",
        "htmx:afterRequest",
        "htmx:sendError",
    )
    return message.type == "error" and not any(part in message.text for part in noted)
