"""How errors look in the API description: problem details (RFC 9457), as `api.errors.problem` makes them."""

from typing import Final

_WORD: Final = {"type": "string"}
_SCHEMA: Final[dict[str, object]] = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": _WORD,
        "title": _WORD,
        "status": {"type": "integer"},
        "detail": _WORD,
        "errors": {
            "type": "array",
            "description": "Which part of the request was wrong, and why.",
            "items": {
                "type": "object",
                "required": ["field", "code", "message"],
                "properties": {"field": _WORD, "code": _WORD, "message": _WORD},
            },
        },
    },
}
_MEANINGS: Final = {
    400: "The body is not valid JSON.",
    413: "The body is larger than 1 MiB.",
    415: "The body is not application/json.",
    422: "A field is missing, unknown, empty or of the wrong type.",
    429: "Too many requests; wait as long as Retry-After says.",
    503: "The records cannot be reached right now.",
}


def refusals(*statuses: int) -> dict[int | str, dict[str, object]]:
    """The refusals of a route, for its description."""
    content = {"application/problem+json": {"schema": _SCHEMA}}
    return {status: {"description": _MEANINGS[status], "content": content} for status in statuses}
