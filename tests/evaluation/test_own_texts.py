"""Our own labelled texts keep the promises of their README, so that figures measured on them mean something."""

import json
import re
from bisect import bisect_right
from collections import Counter
from pathlib import Path
from random import Random
from typing import Final

import pytest

from scamcheck.match import nearest
from scamcheck.text import fold
from scripts.grammar.expand import UnknownSlot, Writer
from scripts.grammar.figures import in_words
from scripts.grammar.write import write_rows

OWN: Final = Path(__file__).parent / "own"
BALANCED: Final = ("train_written", "test_written")
"""Files that are each a fair picture of the world alone; the others add to the first."""
WRITTEN: Final = (
    *BALANCED,
    "test_second",
    "train_signs",
    "train_family",
    "train_notices",
    "train_more_scam",
    "train_more_legit",
    "train_sms",
    "train_emergency",
    "train_everyday",
    "train_told",
    "train_asked",
    "train_messages",
    "train_spoken",
    "train_offices",
    "train_notices_sms",
    "train_kin",
    "train_trade",
    "train_firms",
)
ALL: Final = (*WRITTEN, "train_generated")
VOICES: Final = {"message", "caller", "parent_report", "forward"}
STYLES: Final = {
    "plain",
    "no_diacritics",
    "teencode",
    "obfuscated",
    "ocr_noise",
    "nfd",
    "all_caps",
    "regional",
    "elderly",
    "very_long",
    "very_short",
    "mixed_language",
}
ALIKE: Final = 75.0

Row = dict[str, str | bool]


def rows_of(name: str) -> list[Row]:
    lines = (OWN / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def masked(row: Row) -> str:
    return " ".join(re.sub(r"\d+", "#", fold(str(row["text"]))).split())


def by_length(named: tuple[str, str]) -> int:
    return len(named[0])


@pytest.mark.parametrize("name", ALL)
def test_each_row_is_labelled_in_the_words_of_the_readme(name: str) -> None:
    for row in rows_of(name):
        assert row["label"] in {"scam", "legit", "spam"}, row["id"]
        assert ("voice" in row) == (row["label"] == "scam"), row["id"]
        assert ("difficulty" in row) == (row["label"] == "legit"), row["id"]
        assert row.get("voice", "message") in VOICES, row["id"]
        assert row.get("difficulty", "hard") in {"easy", "medium", "hard"}, row["id"]
        assert row["style"] in STYLES, row["id"]
        assert str(row["text"]).strip() == row["text"], row["id"]


def test_no_id_is_used_twice() -> None:
    uses = Counter(str(row["id"]) for name in ALL for row in rows_of(name))
    assert [public_id for public_id, count in uses.items() if count > 1] == []


def test_every_file_is_named_here() -> None:
    assert {path.stem for path in OWN.glob("*.jsonl")} == set(ALL)


@pytest.mark.parametrize("name", BALANCED)
def test_written_files_are_large_balanced_and_hard(name: str) -> None:
    rows = rows_of(name)
    legit = [row for row in rows if row["label"] == "legit"]
    scam = [row for row in rows if row["label"] == "scam"]
    assert len(rows) >= 600
    assert len(legit) / len(rows) >= 0.45
    assert sum(row["difficulty"] == "hard" for row in legit) / len(legit) >= 0.5
    assert {row["voice"] for row in scam} == VOICES
    assert sum(row["scenario"] == "child-accident-hospital" for row in scam) / len(scam) >= 0.4


def test_no_two_written_texts_are_alike() -> None:
    named = sorted(
        ((masked(row), str(row["id"])) for name in WRITTEN for row in rows_of(name)), key=by_length
    )
    texts = [text for text, _ in named]
    lengths = [len(text) for text in texts]
    for at, (text, public_id) in enumerate(named, 1):
        # A text more than 5/3 as long as another can share no more than 75 % with it.
        longer = texts[at : bisect_right(lengths, len(text) * 5 / 3)]
        alike = [named[at + found][1] for found, _ in nearest(text, longer, limit=1, cutoff=ALIKE + 0.1)]
        assert alike == [], (public_id, *alike)


def test_telephone_numbers_come_from_the_blocks_kept_for_examples() -> None:
    # A group of digits before it makes it part of an account number.
    number = re.compile(r"(?<!\d )(?<![\d.,:#/-])0\d(?:[ .-]?\d){7,9}(?![\d.])")
    for name in ALL:
        for row in rows_of(name):
            for found in number.findall(str(row["text"])):
                digits = re.sub(r"\D", "", found)
                assert re.fullmatch(r"053[01]\d{6}|02610\d{6}", digits), (row["id"], found)


def test_the_generated_file_is_what_its_generator_writes() -> None:
    expected = list(write_rows({"scam": 1500, "legit": 1500, "spam": 100}, seed=1384))
    assert rows_of("train_generated") == expected


def test_another_seed_writes_other_texts() -> None:
    one, other = (next(iter(write_rows({"scam": 1}, seed=seed))) for seed in (1, 2))
    assert one["text"] != other["text"]


def test_a_form_that_names_an_unknown_slot_is_refused() -> None:
    with pytest.raises(UnknownSlot):
        Writer(Random(1), {}, {}).write("{nobody}")  # noqa: S311 - texts, not secrets


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (5, "năm"),
        (10, "mười"),
        (15, "mười lăm"),
        (21, "hai mươi mốt"),
        (40, "bốn mươi"),
        (105, "một trăm linh năm"),
        (250, "hai trăm năm mươi"),
        (300, "ba trăm"),
    ],
)
def test_amounts_are_said_as_vietnamese_speakers_say_them(number: int, said: str) -> None:
    assert in_words(number) == said
