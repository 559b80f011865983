"""Reads the sentences of one language and fills in their facts; a missing sentence or fact is an error."""

import string
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import cast

LANGUAGES = ("vi", "en")
_FORMATTER = string.Formatter()


class TextMissing(KeyError):
    """No sentence has this key in this language."""


class FactMissing(KeyError):
    """A sentence needs a fact that was not given."""


class Texts:
    """The sentences of one language, by dotted key ("headline.unknown")."""

    def __init__(self, language: str, sentences: Mapping[str, tuple[str, ...]]) -> None:
        self.language = language
        self._sentences = dict(sentences)

    def __contains__(self, key: str) -> bool:
        return key in self._sentences

    def __iter__(self) -> Iterator[str]:
        return iter(self._sentences)

    def templates(self, key: str) -> tuple[str, ...]:
        """The sentences under `key` with their placeholders, in the order of the file.

        Raises:
            TextMissing: the language has no such key.
        """
        try:
            return self._sentences[key]
        except KeyError:
            raise TextMissing(f"{self.language}: {key}") from None

    def get(self, key: str, **facts: str) -> str:
        """The one sentence under `key`, its facts filled in.

        Raises:
            TextMissing: the language has no such key.
            FactMissing: the sentence needs a fact that was not given.
        """
        return filled(self.templates(key)[0], facts)

    def lines(self, key: str, **facts: str) -> tuple[str, ...]:
        """All sentences under `key`, in order, each with its facts filled in."""
        return tuple(filled(template, facts) for template in self.templates(key))

    def first_fitting(self, key: str, facts: Mapping[str, str], limit: int = 10_000) -> str:
        """The first sentence under `key` whose facts are all known and which fits into `limit` characters.

        Sentences that can be said in several ways stand in the file from the most telling to the plainest;
        the plainest needs the fewest facts. When none fits, the last that can be said is cut.
        """
        said = ""
        for template in self.templates(key):
            if placeholders(template) <= facts.keys():
                said = template.format_map(facts)
                if len(said) <= limit:
                    return said
        if not said:
            raise FactMissing(f"{self.language}: {key}")
        return said[: limit - 1].rstrip() + "…"


def placeholders(template: str) -> set[str]:
    """Names of the facts that a sentence needs."""
    return {name for _, name, _, _ in _FORMATTER.parse(template) if name}


def filled(template: str, facts: Mapping[str, str]) -> str:
    """The sentence with its facts.

    Raises:
        FactMissing: it needs a fact that was not given.
    """
    missing = placeholders(template) - facts.keys()
    if missing:
        raise FactMissing(f"{', '.join(sorted(missing))} in “{template}”")
    return template.format_map(facts)


@cache
def load(language: str) -> Texts:
    """The sentences of `language`; Vietnamese for a language we do not speak."""
    chosen = language if language in LANGUAGES else LANGUAGES[0]
    source = resources.files("bot.texts").joinpath(f"{chosen}.toml").read_text(encoding="utf-8")
    return Texts(chosen, dict(_flattened(tomllib.loads(source))))


def _flattened(table: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
    for name, value in table.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict):
            yield from _flattened(cast("dict[str, object]", value), f"{key}.")
        elif isinstance(value, list):
            yield key, tuple(str(item) for item in cast("list[object]", value))
        else:
            yield key, (str(value),)
