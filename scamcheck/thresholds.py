"""Every cut-off a verdict depends on, each with the evaluation that set it (weights live in data/)."""

from typing import Final

MAX_TEXT_BYTES: Final = 8 * 1024
"""Longest text that is read; what follows is cut (`trust.md`, Hostile input)."""

LOOK_UP_MAX_WORDS: Final = 16
"""A question for a contact is short; a longer text that contains one is checked."""

TALK_MAX_WORDS: Final = 6
"""Greetings and thanks are shorter than this."""

SHORT_TEXT_WORDS: Final = 12
"""Up to here an unreadable number is what the message is about (policy row 10)."""

MAX_SCHOOLS_OFFERED: Final = 5
"""More choices than this are not read by someone in a hurry; the list asks for the commune instead."""
