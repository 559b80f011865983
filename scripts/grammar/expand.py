"""Expands one form of a grammar into a text.

Markup: `[a|b|]` picks one alternative, `{slot}` is replaced by a draw of that slot. A slot keeps its
value within one text, so that the child has one name; `{slot2}` is a second draw. `{^slot}` begins with a
capital. `‹` and `›` print square brackets.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from importlib.resources import files
from random import Random
from typing import Any

Maker = Callable[[Random], str]

_ALTERNATIVES = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"\{(\^?)([a-z_]+)(\d?)\}")
_SENTENCE_START = re.compile(r"(^|[.!?…]\s+|\n|: \")([a-zà-ỹđ])")
_SPACE_BEFORE = re.compile(r"\s+([,.;:!?])")
_SPACES = re.compile(r"[ \t]{2,}")


def read_grammar(name: str) -> dict[str, Any]:
    """Return one of the grammar files that lie beside this module."""
    return tomllib.loads(files("scripts.grammar").joinpath(name).read_text(encoding="utf-8"))


class UnknownSlot(Exception):
    """A form names a slot that no grammar file describes."""


class Writer:
    """Writes one text; holds the draws already made for it."""

    def __init__(self, rng: Random, slots: Mapping[str, str], makers: Mapping[str, Maker]) -> None:
        self._rng = rng
        self._slots = slots
        self._makers = makers
        self._drawn: dict[str, str] = {}

    def fix(self, slot: str, value: str) -> None:
        """Give a slot its value before writing begins."""
        self._drawn[slot] = value

    def write(self, form: str) -> str:
        """Return the form with every alternative chosen and every slot filled, spaced and capitalised."""
        text = self._expand(form)
        text = _SPACE_BEFORE.sub(r"\1", _SPACES.sub(" ", text)).strip()
        text = re.sub(r"[,;](?=[.?!])|([,.;])(?=\1)(?!\.\.\.)", "", text)
        text = re.sub(r" *\n *", "\n", text).lstrip(",.;: ")
        text = _SENTENCE_START.sub(lambda found: found[1] + found[2].upper(), text)
        return text.replace("‹", "[").replace("›", "]")

    def _expand(self, form: str) -> str:
        while _ALTERNATIVES.search(form):
            form = _ALTERNATIVES.sub(lambda found: self._rng.choice(found[1].split("|")), form)
        return _SLOT.sub(self._fill, form)

    def _fill(self, found: re.Match[str]) -> str:
        capital, name, number = found.groups()
        key = name + number
        if key not in self._drawn:
            self._drawn[key] = self._draw(name)
        value = self._drawn[key]
        return value[:1].upper() + value[1:] if capital else value

    def _draw(self, name: str) -> str:
        if name in self._makers:
            return self._makers[name](self._rng)
        if name not in self._slots:
            raise UnknownSlot(name)
        return self._expand("[" + self._slots[name].replace("\n", "") + "]")
