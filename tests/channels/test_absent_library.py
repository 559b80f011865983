"""A library that is not installed is looked for once, not several times in every request."""

import importlib
import sys

import pytest

from bot.channels import absent_library
from bot.channels.absent_library import ASKED_FOR, note_absence


def test_what_is_not_installed_is_not_searched_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, ASKED_FOR, raising=False)
    monkeypatch.setattr(absent_library, "find_spec", lambda _name: None)
    note_absence()
    searched: list[str] = []

    class Noting:
        @staticmethod
        def find_spec(name: str, *_: object) -> None:
            searched.append(name)

    monkeypatch.setattr(sys, "meta_path", [Noting])
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module(ASKED_FOR)
    assert searched == []


def test_what_is_installed_stays_importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, ASKED_FOR, raising=False)
    monkeypatch.setattr(absent_library, "find_spec", lambda _name: object())
    note_absence()
    assert ASKED_FOR not in sys.modules
