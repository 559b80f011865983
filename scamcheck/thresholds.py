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

SUSPICIOUS_SCORE: Final = 0.0
"""Log-odds of the signs and the wording from which a text is `SUSPICIOUS`; set on tests/evaluation/own."""

ALARMING_SCORE: Final = -2.0
"""From here an event or an ask is alarming: no official number makes such a text harmless (rows 5 and 9)."""

WARNING_SIGNS: Final = 2
"""A warning needs this many different counter-signs of warning; a prefix such as "[Cảnh báo]" is only one."""

SCRIPT_MATCH_SCORE: Final = 72.0
"""Masked-text score (0 to 100) from which a text is a member of a known script."""
