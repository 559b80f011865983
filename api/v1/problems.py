"""How errors look in the API description."""

from pydantic import BaseModel, Field


class FieldError(BaseModel):
    """Which part of a request was wrong, and why."""

    field: str
    code: str
    message: str


class Problem(BaseModel):
    """Problem details (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError] = Field(default_factory=list[FieldError])


def _described(status: int, words: str) -> dict[int | str, dict[str, object]]:
    schema = {"$ref": "#/components/schemas/Problem"}
    content = {"application/problem+json": {"schema": schema}}
    return {status: {"model": Problem, "description": words, "content": content}}


PROBLEMS: dict[int | str, dict[str, object]] = {
    **_described(400, "The body is not valid JSON."),
    **_described(413, "The body is larger than 1 MiB."),
    **_described(415, "The body is not application/json."),
    **_described(422, "A field is missing, unknown, empty or of the wrong type."),
    **_described(429, "Too many requests; wait as long as Retry-After says."),
    **_described(503, "The records cannot be reached right now."),
}
