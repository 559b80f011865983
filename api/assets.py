"""Styles, scripts and icons: ours from this package, htmx from the installed one."""

import hashlib
from functools import cache
from importlib.resources import files
from typing import Final

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

_OURS: Final = ("app.css", "console.css", "app.js", "icon.svg", "icon-192.png", "icon-512.png")
HTMX: Final = "htmx-2.min.js"
NAMES: Final = (*_OURS, HTMX)


def content(name: str) -> bytes:
    """The bytes of one asset.

    Raises:
        KeyError: no page uses an asset of this name.
    """
    if name == HTMX:
        return files("django_htmx").joinpath("static/django_htmx", name).read_bytes()
    if name not in _OURS:
        raise KeyError(name)
    return files("api").joinpath("static", name).read_bytes()


@cache
def address(name: str) -> str:
    """Where a page finds the asset; a changed file has another address, so that none is ever stale."""
    digest = hashlib.sha256(content(name)).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


def version() -> str:
    """Changes whenever any asset does."""
    return hashlib.sha256("".join(address(name) for name in NAMES).encode()).hexdigest()[:12]


class Static(StaticFiles):
    """Serves `/static`, to be kept for ever by browsers when the address names the content."""

    def __init__(self) -> None:
        super().__init__(packages=[("api", "static"), ("django_htmx", "static/django_htmx")])

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, and how long it may be kept."""
        response = await super().get_response(path, scope)
        named = b"v=" in scope.get("query_string", b"")
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if named else "no-cache"
        return response
