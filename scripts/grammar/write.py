"""Draws grammar families, writes their texts and disturbs them; one seed gives one list of rows."""

from collections.abc import Iterator, Mapping
from random import Random
from typing import NotRequired, TypedDict

from scripts.grammar.expand import Writer, read_grammar
from scripts.grammar.figures import makers
from scripts.grammar.noise import NOISES, NOTICE, SPOKEN, USUAL, strip_marks

_FILES = {"scam": ("scam_child.toml", "scam_other.toml"), "legit": ("legit.toml",), "spam": ("spam.toml",)}
_VERY_SHORT, _VERY_LONG = 6, 110  # words


class Family(TypedDict):
    """A scenario told in one voice: its forms, its own slots, how often it is drawn."""

    scenario: str
    voice: NotRequired[str]
    difficulty: NotRequired[str]
    weight: NotRequired[float]
    notice: NotRequired[bool]
    people: NotRequired[list[str]]
    forms: list[str]
    slots: NotRequired[dict[str, str]]


def write_rows(counts: Mapping[str, int], *, seed: int) -> Iterator[dict[str, str]]:
    """Yield as many rows of each label as asked for, no two with the same words; ids run from og00001."""
    shared = read_grammar("slots.toml")
    rng = Random(seed)  # noqa: S311 - texts, not secrets
    seen: set[str] = set()
    number = 0
    for label, count in counts.items():
        families: list[Family] = [family for name in _FILES[label] for family in read_grammar(name)["family"]]
        weights = [family.get("weight", 1.0) for family in families]
        written = 0
        while written < count:
            family = rng.choices(families, weights)[0]
            text, style = _text(rng, family, shared)
            key = " ".join("#" if word.isdigit() else word for word in strip_marks(text).lower().split())
            if key in seen:
                continue
            seen.add(key)
            written += 1
            number += 1
            yield _row(f"og{number:05}", text, label, family, style)


def _text(rng: Random, family: Family, shared: Mapping[str, dict[str, str]]) -> tuple[str, str]:
    spoken = family.get("voice") == "caller"
    writer = Writer(rng, {**shared["slots"], **family.get("slots", {})}, makers(spoken=spoken))
    listener, speaker, child = rng.choice(family.get("people") or shared["people"]["usual"]).split("|")
    writer.fix("you", listener)
    writer.fix("me", speaker)
    writer.fix("kid", child)
    text = writer.write(rng.choice(family["forms"]))
    styles = NOTICE if family.get("notice") else SPOKEN if spoken else USUAL
    style = rng.choices(list(styles), list(styles.values()))[0]
    text = NOISES[style](rng, text).strip()
    words = len(text.split())
    if style == "plain" and words <= _VERY_SHORT:
        style = "very_short"
    if style == "plain" and words >= _VERY_LONG:
        style = "very_long"
    return text, style


def _row(public_id: str, text: str, label: str, family: Family, style: str) -> dict[str, str]:
    row = {"id": public_id, "text": text, "label": label, "scenario": family["scenario"]}
    if "voice" in family:
        row["voice"] = family["voice"]
    if "difficulty" in family:
        row["difficulty"] = family["difficulty"]
    return {**row, "style": style}
