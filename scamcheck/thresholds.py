"""Every cut-off a verdict depends on, each with the evaluation that set it (weights live in data/)."""

from typing import Final

MAX_TEXT_BYTES: Final = 8 * 1024
"""Longest text that is read; what follows is cut (`trust.md`, Hostile input)."""

LOOK_UP_MAX_WORDS: Final = 40
"""A question for a contact, courtesy included, is no longer; a longer text that contains one is checked."""

LOOK_UP_STRAY_WORDS: Final = 8
"""Words of such a question that are neither a school's name nor courtesy; with more it tells a story."""

NAME_STRAY_WORDS: Final = 6
"""The same beside a school that is merely named: the rest of its name and its place."""

TALK_MAX_WORDS: Final = 12
"""Greetings, thanks and a word about ourselves are shorter than this."""

EMERGENCY_MAX_WORDS: Final = 24
"""A cry for help is short; a longer story is checked."""

SHORT_TEXT_WORDS: Final = 12
"""Up to here an unreadable number is what the message is about (policy row 10)."""

MAX_SCHOOLS_OFFERED: Final = 10
"""The commonest names of one province have nine schools, and one left out is worse than a long list."""

SUSPICIOUS_SCORE: Final = 0.9
"""Log-odds of the signs and the wording from which a text is `SUSPICIOUS`. A balance of missed scams and
false alarms, chosen with the cross-validated and the test curves in view (`docs/accuracy.md`)."""

TOLD_EMERGENCY_SCORE: Final = 0.3
"""The same where somebody is told of a relative's accident by a stranger and nobody is warned: to miss that
costs most, and the advice, to call the school, is right if it is true. Chosen like the one above."""

FEARED_WORDS: Final = 6
"""So few words, with nobody who told of it and nothing that is wanted, are a cry for help and no story."""

TELLING_WORDS_SCORE: Final = 1.0
"""Log-odds of the words beside the signs from which they tell something although no sign of an event does."""

ALARMING_SCORE: Final = -2.0
"""From here an event or an ask is alarming: no official number makes such a text harmless (rows 5 and 9)."""

MIN_SPOKEN_WORDS: Final = 5
"""Fewer words beside an identifier say nothing that could be judged ("stk 19036… Techcombank")."""

WARNING_SIGNS: Final = 2
"""A warning needs this many different counter-signs of warning; a prefix such as "[Cảnh báo]" is only one."""

SCRIPT_MATCH_SCORE: Final = 68.0
"""Masked-text score (0 to 100) from which a text is a member of a known script. Unrelated texts stay under 58
(tests/core/test_scripts.py); other names, amounts and a fifth of the letters disturbed stay above 70."""

SCRIPT_STRETCH_SCORE: Final = 69.0
"""The same for a stretch, and for two of one length that are not alike as wholes: of 1,900 legitimate
training texts the best stretch stays under 66, of scripts with a fifth of the letters disturbed and filler
around them nearly 99 of 100 stay above."""

SCRIPT_NEAR_SCORE: Final = 48.0
"""Two texts of about one length that are less alike than this as wholes are not searched for a common
stretch: filler alone takes no script below it."""

SCRIPT_MIN_LETTERS: Final = 60
"""Shorter texts, without numbers and spaces, are too common to be a stretch of a script."""

SCRIPT_WHOLE_LENGTH: Final = 1.35
"""Up to this ratio of lengths two are compared whole; beyond it the shorter with a stretch of the longer."""

SCRIPT_CANDIDATES: Final = 8
"""Scripts whose best stretch is looked for per message; the rest share fewer pieces."""

SCRIPTS_COMPARED: Final = 20
"""Scripts of about the message's length that are scored per message (`docs/speed.md`)."""

SCRIPT_POSTINGS: Final = 400
"""Entries of the index of pieces read for a message, rarest pieces first; twice its letters in a long one.
Bounds the work: of 10,000 scripts the right one is among those compared 99 times of 100."""

MAX_NAME_CANDIDATES: Final = 24
"""School names that are scored for one mistyped name; bounds the work of a look-up (`tests/core`)."""

MAX_NAME_POSTINGS: Final = 1500
"""3-gram postings read for one mistyped name, rarest first; bounds the work of a look-up."""

MIN_NAME_RATIO: Final = 80.0
"""Likeness (0 to 100) under which a mistyped name is another name."""

MAX_SCHOOL_CANDIDATES: Final = 16
"""Schools handed on for one text; the commonest names of one province have about ten."""

MAX_SCHOOLS_COMPARED: Final = 64
"""Schools of one name, level and place that are compared in one look-up; bounds the work."""

MAX_SCHOOL_MENTIONS: Final = 6
"""Mentions of schools followed up in one text; bounds the work."""

MAX_BARE_NAME_WORDS: Final = 12
"""A text of so many words may be nothing but a school's name, asked for politely."""

MIN_PLACE_RATIO: Final = 85.0
"""Likeness (0 to 100) from which a mistyped place is one of the named school's own places."""
