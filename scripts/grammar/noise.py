"""Disturbs a text as telephones, tired people and spammers do."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from random import Random

from scripts.grammar.expand import read_grammar

Noise = Callable[[Random, str], str]

_WORDS = read_grammar("words.toml")


def strip_marks(text: str) -> str:
    """Drop every Vietnamese mark, as most bulk SMS do."""
    text = text.replace("đ", "d").replace("Đ", "D")
    parts = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(part for part in parts if not unicodedata.combining(part)))


def _reword(words: Mapping[str, str], share: float) -> Noise:
    longest_first = sorted(words, key=len, reverse=True)
    pattern = re.compile(r"(?<!\w)(" + "|".join(longest_first) + r")(?!\w)", re.IGNORECASE)

    def noise(rng: Random, text: str) -> str:
        def swap(found: re.Match[str]) -> str:
            if rng.random() > share:
                return found[0]
            other = rng.choice(words[found[0].lower()].split("|"))
            return other.capitalize() if found[0][0].isupper() else other

        return pattern.sub(swap, text)

    return noise


def _teencode(rng: Random, text: str) -> str:
    text = _reword(_WORDS["teencode"], 0.75)(rng, text)
    text = text.lower() if rng.random() < 0.7 else text
    text = text.replace(". ", rng.choice((", ", ". ", " "))) if rng.random() < 0.5 else text
    return text + rng.choice(("", "", " hic", " ạ", " nha", "!!", " :(("))


def _elderly(rng: Random, text: str) -> str:
    text = text[:1].lower() + text[1:]
    return re.sub(r"\s*([,.!?])(?: |$)", rng.choice((r" \1 ", " ", r" \1 ")), text).strip()


def _each_letter(table: Mapping[str, str], share: float) -> Noise:
    def noise(rng: Random, text: str) -> str:
        return "".join(
            rng.choice(table[letter].split("|")) if letter in table and rng.random() < share else letter
            for letter in text
        )

    return noise


def _ocr(rng: Random, text: str) -> str:
    text = _each_letter(_WORDS["misread"], 0.13)(rng, text)
    letters = [strip_marks(letter) if rng.random() < 0.12 else letter for letter in text]
    return re.sub(r" (?=\w)", lambda _: rng.choice((" ",) * 24 + ("", "  ", "\n")), "".join(letters))


def _obfuscated(rng: Random, text: str) -> str:
    if rng.random() < 0.6:
        text = strip_marks(text)

    def disturb(found: re.Match[str]) -> str:
        word = found[0]
        chance = rng.random()
        if chance < 0.3:
            return _each_letter(_WORDS["looks_like"], 0.6)(rng, word)
        if chance < 0.45:
            at = rng.randrange(1, len(word))
            return word[:at] + rng.choice((".", ".", "-", "*", "\u200b")) + word[at:]
        return word

    return re.sub(r"[^\W\d_]{2,}", disturb, text)


def _regional(rng: Random, text: str) -> str:
    return _reword(rng.choice((_WORDS["south"], _WORDS["south"], _WORDS["centre"])), 0.85)(rng, text)


NOISES: Mapping[str, Noise] = {
    "plain": lambda _, text: text,
    "no_diacritics": lambda _, text: strip_marks(text),
    "teencode": _teencode,
    "obfuscated": _obfuscated,
    "ocr_noise": _ocr,
    "nfd": lambda _, text: unicodedata.normalize("NFD", text),
    "all_caps": lambda _, text: text.upper(),
    "regional": _regional,
    "elderly": _elderly,
}
"""What each style does to a text; the names are those of the evaluation rows."""

USUAL: Mapping[str, float] = {
    "plain": 0.46,
    "no_diacritics": 0.18,
    "teencode": 0.07,
    "obfuscated": 0.015,
    "ocr_noise": 0.03,
    "nfd": 0.04,
    "all_caps": 0.035,
    "regional": 0.1,
    "elderly": 0.07,
}
"""How often a style is drawn, for scam and legitimate texts alike: it must not give the label away."""

NOTICE: Mapping[str, float] = {
    "plain": 0.3,
    "no_diacritics": 0.6,
    "nfd": 0.03,
    "all_caps": 0.03,
    "ocr_noise": 0.04,
}
"""The same for notices of organisations, which nobody writes in dialect."""

SPOKEN: Mapping[str, float] = {
    "plain": 0.6,
    "no_diacritics": 0.15,
    "nfd": 0.05,
    "regional": 0.15,
    "elderly": 0.03,
    "all_caps": 0.02,
}
"""The same for spoken words that somebody wrote down."""
