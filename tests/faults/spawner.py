"""Starts service processes by forking one that has imported and warmed everything: a start costs little then.

Reads one JSON object a line, {"part": "serve", "environment": {...}, "log": "path"}; answers each with the
process id. Each child is what an operator starts: `scripts/run`, `python -m bot.worker`, `python -m bot`.
"""

import asyncio
import gc
import importlib
import json
import os
import signal
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.pool import Pool

from api.app import create_app
from bot import __main__ as poller
from bot import failpoints, worker
from bot.channels import telegram
from bot.settings import Settings
from db import health
from scripts import serve
from tests.faults import desk_work
from tests.faults.service import READ_ONLY_SETTING

PARTS = {"serve": serve.main, "worker": worker.main, "poller": poller.main, "desk": desk_work.main}


def main() -> None:
    asyncio.run(_open_and_close_once())
    assert telegram.__name__ in sys.modules  # a service imports it only when it has a token
    gc.freeze()  # so that the children share what is there
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead are gone at once
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            _serve(order["part"], order["environment"], order["log"])
        print(child, flush=True)  # noqa: T201 - the answer


async def _open_and_close_once() -> None:
    """What is made at the first use in a process - statements, schemas, the list of migrations - is made here."""
    with tempfile.TemporaryDirectory(prefix="goilai-warm-") as folder:
        settings = Settings(
            _env_file=None,  # pyright: ignore[reportCallIssue]
            database_url=f"sqlite:///{Path(folder) / 'warm.db'}",
            demo=False,
        )
        app = create_app(settings)
        async with app.router.lifespan_context(app):
            await health.probe(app.state.services.database, app.state.clock())


def _serve(part: str, environment: dict[str, str], log: str) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(file, stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.update(environment)
    importlib.reload(failpoints)  # it reads its plan when it is imported
    if READ_ONLY_SETTING in environment:
        event.listen(Pool, "checkout", partial(_read_only_while, Path(environment[READ_ONLY_SETTING])))
    status = 1
    try:
        status = PARTS[part]()
    finally:
        os._exit(status)


def _read_only_while(sign: Path, connection: Any, *_: Any) -> None:
    """SQLite refuses to write, as on a disk that was mounted anew for reading, while the file `sign` is there.

    Rights on files and folders would not do: a container's tests may run as root.
    """
    connection.execute(f"PRAGMA query_only = {'ON' if sign.exists() else 'OFF'}")


if __name__ == "__main__":
    main()
