"""Named moments at which a test can kill, stop or fail this process. They do nothing in a service.

`GOILAI_CLOCK_FILE` names a file with the seconds by which this machine's clock is to seem wrong.

`GOILAI_FAILPOINT=send.after:kill:3` kills the process the third time it comes there; `raise` raises
`FailpointReached` instead, `stop` makes it stand still like a machine that hangs.
"""

import os
import signal
from datetime import timedelta
from pathlib import Path
from typing import Final

SETTING: Final = "GOILAI_FAILPOINT"
CLOCK_SETTING: Final = "GOILAI_CLOCK_FILE"


class FailpointReached(RuntimeError):
    """What a test asked to happen here."""


def _planned(value: str) -> tuple[str, str, int]:
    name, _, rest = value.partition(":")
    action, _, count = rest.partition(":")
    return name, action or "kill", int(count or 1)


_clock_file = os.environ.get(CLOCK_SETTING, "")
_name, _action, _countdown = _planned(os.environ.get(SETTING, ""))


def failpoint(name: str) -> None:
    """Nothing, unless a test named this point in the environment."""
    if name == _name:
        _reached()


def _reached() -> None:
    global _countdown  # noqa: PLW0603 - one process, one plan
    _countdown -= 1
    if _countdown != 0:
        return
    if _action == "raise":
        raise FailpointReached(_name)
    os.kill(os.getpid(), signal.SIGSTOP if _action == "stop" else signal.SIGKILL)


def clock_error() -> timedelta:
    """By how much a test sets this machine's clock wrong: nothing, unless one named a file for that."""
    return timedelta(seconds=float(Path(_clock_file).read_text(encoding="ascii"))) if _clock_file else _NONE


_NONE: Final = timedelta()
