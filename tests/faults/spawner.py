"""Starts service processes by forking one that has imported everything: a start then takes half a second.

Reads one JSON object a line, {"part": "serve", "environment": {...}, "log": "path"}; answers each with the
process id. Each child is what an operator starts: `scripts/run`, `python -m bot.worker`, `python -m bot`.
"""

import importlib
import json
import os
import signal
import sys

from bot import __main__ as poller
from bot import failpoints, worker
from scripts import serve

PARTS = {"serve": serve.main, "worker": worker.main, "poller": poller.main}


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead are gone at once
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            _serve(order["part"], order["environment"], order["log"])
        print(child, flush=True)  # noqa: T201 - the answer


def _serve(part: str, environment: dict[str, str], log: str) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(file, stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.update(environment)
    importlib.reload(failpoints)  # it reads its plan when it is imported
    status = 1
    try:
        status = PARTS[part]()
    finally:
        os._exit(status)


if __name__ == "__main__":
    main()
