"""Every cut-off a verdict depends on, each with the evaluation that set it (weights live in data/)."""

from typing import Final

MAX_TEXT_BYTES: Final = 8 * 1024
"""Longest text that is read; what follows is cut (`trust.md`, Hostile input)."""
