"""The JSON API keeps its own description, whatever is sent to it."""

import itertools
import threading
import time
from collections.abc import Iterator

import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.schemas import OpenApiSchema

from api.app import create_app
from bot.limits import Limits
from tests.api.doubles import Desk

_PATIENCE = 30.0


@pytest.fixture(scope="module")
def described() -> Iterator[OpenApiSchema]:
    """The API served from a thread of its own, with limits that never bite."""
    desk = Desk(limits=Limits(itertools.count(0, 1_000_000).__next__))
    config = uvicorn.Config(
        create_app(desk.settings, opening=desk.open),
        port=0,
        log_level="error",
        proxy_headers=False,
        ws="none",
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    until = time.monotonic() + _PATIENCE
    while not server.started and time.monotonic() < until:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield schemathesis.openapi.from_url(f"http://127.0.0.1:{port}/v1/openapi.json")
    server.should_exit = True
    thread.join()


def test_every_answer_is_as_described(described: OpenApiSchema) -> None:
    paths: set[str] = set()
    for found in described.get_all_operations():
        operation = found.ok()
        paths.add(operation.path)

        @given(case=operation.as_strategy())
        @settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        def answers_as_described(case: schemathesis.Case) -> None:
            case.call_and_validate()

        answers_as_described()
    assert paths == {"/v1/checks", "/v1/hotlines"}
