"""No pattern of the core can be made to run away by a hostile message."""

import importlib
import pkgutil
import re
import time

import pytest

import scamcheck

SIZE = 64 * 1024
HOSTILE = [
    (piece * SIZE)[:SIZE]
    for piece in (
        "a", "0", "0 ", "09", "a.", "a-", "a@", ". ", " ", "a . ", "(.)", "a(dot)", "1.000.", "1:11:", "+84", "http://",
        "http://a.", "khong mot ", "stk 123456789 mb ", "00020101", "6304ABCD", "x*", "goi ngay ", "113 ", "goi 113,",
        "ma so ", "o 1", "|", "l1", "-", "/", "zalo.me/", "tong dai ab ", "ngan hang ", "à", "a.b@", "www.", "[.]", "\n",
    )
]  # fmt: skip
LONGEST_SECONDS = 1.0
"""Ordinary ones take some milliseconds; a nested repetition takes hours, so that a slow machine fails nothing."""


def patterns() -> list[tuple[str, re.Pattern[str]]]:
    found: list[tuple[str, re.Pattern[str]]] = []
    for module_info in pkgutil.iter_modules(scamcheck.__path__, "scamcheck."):
        module = importlib.import_module(module_info.name)
        found.extend(
            (f"{module_info.name}.{name}", value)
            for name, value in vars(module).items()
            if isinstance(value, re.Pattern)
        )
    return found


@pytest.mark.parametrize(("name", "pattern"), patterns(), ids=[name for name, _ in patterns()])
def test_a_pattern_reads_64_kib_of_anything_in_time(name: str, pattern: re.Pattern[str]) -> None:
    for text in HOSTILE:
        began = time.process_time()
        for _ in pattern.finditer(text):
            pass
        assert time.process_time() - began < LONGEST_SECONDS, (name, text[:20])
