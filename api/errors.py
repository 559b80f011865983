"""Every refusal and fault in words: problem details (RFC 9457) for programs, the fixed steps for people."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import cast

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from api import wording
from api.dependencies import language_of
from api.rendering import is_htmx, page

PROBLEM_TYPE = "application/problem+json"

_PAGE_WORDS = {
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.METHOD_NOT_ALLOWED: "method",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too_large",
    HTTPStatus.FORBIDDEN: "foreign",
    HTTPStatus.BAD_REQUEST: "bad_form",
    HTTPStatus.UNPROCESSABLE_ENTITY: "bad_form",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "bad_form",
    HTTPStatus.TOO_MANY_REQUESTS: "overloaded",
}
_DETAILS = {
    HTTPStatus.NOT_FOUND: "There is nothing at this address.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address does not take this method.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is larger than 1 MiB.",
    HTTPStatus.FORBIDDEN: "A browser sent this from another site.",
    HTTPStatus.BAD_REQUEST: "The body could not be read.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "The body must be application/json.",
    HTTPStatus.TOO_MANY_REQUESTS: "Too many requests; wait as long as Retry-After says.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "A fault on our side.",
}
log = structlog.get_logger()


def is_for_programs(request: Request) -> bool:
    """Whether the answer to this request is read by a program."""
    return request.url.path.startswith(("/v1/", "/webhooks/")) or request.url.path in {"/livez", "/readyz"}


def route_of(request: Request) -> str:
    """Which route it was, as it is written in the code: the real address may hold an invitation's token."""
    path = getattr(request.scope.get("route"), "path", "unknown")
    endpoint = request.scope.get("endpoint")
    return f"{path} ({getattr(endpoint, '__module__', '?')}.{getattr(endpoint, '__name__', '?')})"


def problem(
    status: int,
    detail: str = "",
    *,
    errors: Sequence[Mapping[str, object]] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Problem details. `errors` says which field was wrong and why, never what was sent."""
    status = HTTPStatus(status)
    body: dict[str, object] = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": detail or _DETAILS.get(status, status.description or status.phrase),
    }
    if errors:
        body["errors"] = list(errors)
    return JSONResponse(body, status, dict(headers or {}), media_type=PROBLEM_TYPE)


def refusal(request: Request, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """The refusal in the form that this client reads."""
    status = HTTPStatus(status)
    if is_for_programs(request):
        return problem(status, headers=headers)
    language = language_of(request)
    seconds = (headers or {}).get("Retry-After", "60")
    message = wording.load(language).error[_PAGE_WORDS.get(status, "fault")].replace("{seconds}", seconds)
    fragment = is_htmx(request)
    template = "error_card.html" if fragment else "error.html"
    response = page(
        request, template, language=language, status=status, message=message, is_fragment=fragment
    )
    response.headers.update(headers or {})
    return response


def install(app: FastAPI) -> None:
    """Register the handlers below."""
    app.add_exception_handler(HTTPException, _http_exception)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(Exception, _fault)


async def _http_exception(request: Request, error: Exception) -> Response:
    exception = cast("HTTPException", error)
    return refusal(request, exception.status_code, exception.headers)


async def _validation_error(request: Request, error: Exception) -> Response:
    details = cast("RequestValidationError", error).errors()
    if not is_for_programs(request):
        return refusal(request, HTTPStatus.UNPROCESSABLE_ENTITY)
    if any(item["type"] == "json_invalid" for item in details):
        return problem(HTTPStatus.BAD_REQUEST, "The body is not valid JSON.")
    # Only where and why: what was sent may be a parent's message and is not sent back.
    errors = [
        {"field": ".".join(str(part) for part in item["loc"]), "code": item["type"], "message": item["msg"]}
        for item in details
    ]
    return problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "A field is missing, unknown or of the wrong type.", errors=errors
    )


async def _fault(request: Request, error: Exception) -> Response:
    from api.security import add_headers  # noqa: PLC0415 - security refuses with the words of this module

    log.error("web.fault", route=route_of(request), error=type(error).__name__)
    response = refusal(request, HTTPStatus.INTERNAL_SERVER_ERROR)
    # This handler runs outside every middleware.
    add_headers(MutableHeaders(raw=response.raw_headers), request.url.scheme)
    return response
