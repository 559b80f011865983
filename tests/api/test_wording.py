"""The words around the answers: complete in both languages, and promising nothing."""

import re

import pytest

from api import wording
from api.rendering import quoted

LANGUAGES = ("vi", "en")


def everything(language: str) -> str:
    return wording.load(language).model_dump_json()


def test_both_languages_say_the_same_things() -> None:
    vietnamese, english = (wording.load(language) for language in LANGUAGES)
    for part in ("page", "card", "offline", "directory", "appeal", "error"):
        assert getattr(vietnamese, part).keys() == getattr(english, part).keys()
    for part in ("about_page", "privacy_page"):
        first, second = getattr(vietnamese, part).section, getattr(english, part).section
        assert [len(section.text) for section in first] == [len(section.text) for section in second]
    assert len(vietnamese.fixed.steps) == len(english.fixed.steps)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_called_safe_and_nothing_shouts(language: str) -> None:
    assert not re.search(r"an toàn|\bsafe\b|!|✓|✅", everything(language), re.IGNORECASE)


def test_a_language_we_do_not_speak_is_refused() -> None:
    with pytest.raises(wording.UnknownLanguage):
        wording.load("fr")


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("0912345678", "0912 ••• 678"),
        ("gọi +84 912.345.678 nhé", "gọi +8491 ••• 678 nhé"),
        ("stk 123456", "stk 123 ••• 456"),
        ("mất 30 triệu lúc 16:30", "mất 30 triệu lúc 16:30"),
        ("HTTPS://vi-du.example/a", "hxxpS://vi-du[.]example/a"),
        ("một\n\n  hai", "một hai"),
    ],
)
def test_what_was_asked_is_quoted_so_that_nothing_can_be_tapped(asked: str, shown: str) -> None:
    assert quoted(asked) == shown


def test_a_long_question_is_quoted_in_part() -> None:
    assert len(quoted("chữ " * 500)) <= 140
