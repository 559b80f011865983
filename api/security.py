"""What holds for every request: strict headers, writes only from our own pages, bodies of at most 1 MiB."""

from collections.abc import MutableMapping
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import refusal

MAX_BODY_BYTES: Final = 1024 * 1024
MAX_UPLOAD_BYTES: Final = 10 * 1024 * 1024 + 64 * 1024
"""A table file and the form around it; only where files are brought."""
_UPLOADS: Final = frozenset({("POST", "/console/imports")})

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'; worker-src 'self'"
)

HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    # Not "no-referrer": under it browsers send `Origin: null` with our own forms, and old ones without
    # Sec-Fetch-Site could not be told from a foreign site. Nothing leaves this site either way.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Answers are about one person; a shared phone must not show them again from its cache.
    "Cache-Control": "no-store",
}
_HSTS: Final = "max-age=31536000"
_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def add_headers(headers: MutableHeaders, scheme: str) -> None:
    """Add what a response does not set itself."""
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    if scheme == "https":
        headers.setdefault("Strict-Transport-Security", _HSTS)


def comes_from_elsewhere(method: str, headers: Headers) -> bool:
    """Whether a browser says that another site made it send this write.

    Programs send neither header and carry no cookie of ours; the share sheet of a phone counts as the user.
    """
    if method in _SAFE_METHODS:
        return False
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host", "")


class BodyLimit:
    """The ASGI middleware that counts a body while it is read."""

    def __init__(self, app: ASGIApp) -> None:
        self._limits = {
            size: RequestBodyLimitMiddleware(app, size) for size in (MAX_BODY_BYTES, MAX_UPLOAD_BYTES)
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a body that is longer than this address takes."""
        await self._limits[_limit(scope)](scope, receive, send)


def _limit(scope: Scope) -> int:
    return MAX_UPLOAD_BYTES if (scope.get("method"), scope.get("path")) in _UPLOADS else MAX_BODY_BYTES


class Guard:
    """The ASGI middleware that applies all of this."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what may not come in; add the headers to what goes out."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: MutableMapping[str, object]) -> None:
            if message["type"] == "http.response.start":
                add_headers(MutableHeaders(raw=_raw(message)), str(scope.get("scheme", "http")))
            await send(message)

        status = _refused(scope)
        if status is None:
            await self._app(scope, receive, send_guarded)
        else:
            await refusal(Request(scope, receive), status)(scope, receive, send_guarded)


def _raw(message: Message) -> list[tuple[bytes, bytes]]:
    return message.setdefault("headers", [])


def _refused(scope: Scope) -> HTTPStatus | None:
    headers = Headers(scope=scope)
    if comes_from_elsewhere(scope["method"], headers):
        return HTTPStatus.FORBIDDEN
    length = headers.get("content-length", "")
    # Bodies of unknown length are counted while they are read (`BodyLimit`).
    if length.isdecimal() and int(length) > _limit(scope):
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    return None
