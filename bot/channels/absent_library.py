"""Tells Python once that a library is not there which httpcore looks for several times in every request.

It asks `sniffio`, where that is installed, which event loop runs. Where it is not, Python searches the whole
path for it each time: a sixteenth of all the work of answering a message, measured under load.
"""

import sys
from importlib.util import find_spec

ASKED_FOR = "sniffio"


def note_absence() -> None:
    """Let every later import of it fail at once. Does nothing where it is installed."""
    if ASKED_FOR not in sys.modules and find_spec(ASKED_FOR) is None:
        # What Python's import system documents for a module that is not to be looked for.
        sys.modules[ASKED_FOR] = None  # pyright: ignore[reportArgumentType] - its types know only modules
