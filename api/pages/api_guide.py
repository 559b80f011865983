"""GET /docs: the JSON API to read, made from its own description; no script from anywhere else."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from fastapi import APIRouter, FastAPI, Request
from starlette.responses import HTMLResponse

from api.dependencies import LanguageDep
from api.rendering import page

router = APIRouter(include_in_schema=False)

Node = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class DescribedRoute:
    """One route as the guide shows it."""

    method: str
    path: str
    description: tuple[str, ...]
    examples: tuple[tuple[str, str], ...]
    answers: tuple[tuple[str, str], ...]


@router.get("/docs")
async def api_guide(request: Request, language: LanguageDep) -> HTMLResponse:
    """How programs ask."""
    app = cast("FastAPI", request.app)
    return page(
        request,
        "api.html",
        language=language,
        about=_paragraphs(app.description),
        routes=tuple(_routes(cast("Node", app.openapi()))),
    )


def _routes(description: Node) -> Iterator[DescribedRoute]:
    for path, operations in _items(description, "paths"):
        for method, operation in _items(operations):
            responses = _items(operation, "responses")
            yield DescribedRoute(
                method.upper(),
                path,
                _paragraphs(str(operation.get("description", ""))),
                tuple(_examples(operation)),
                tuple((status, str(response.get("description", ""))) for status, response in responses),
            )


def _examples(operation: Node) -> Iterator[tuple[str, str]]:
    body = cast("Node", operation.get("requestBody", {}))
    for _, content in _items(body, "content"):
        for name, example in _items(content, "examples"):
            yield name, json.dumps(example.get("value"), ensure_ascii=False, indent=2)


def _items(node: Node, key: str | None = None) -> Iterator[tuple[str, Node]]:
    children = node if key is None else cast("Node", node.get(key, {}))
    for name, child in children.items():
        yield name, cast("Node", child)


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(part.replace("\n", " ").replace("`", "") for part in text.split("\n\n"))
