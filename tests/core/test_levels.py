"""How school levels and classes are written."""

import pytest

from scamcheck.levels import (
    SchoolLevel,
    SchoolType,
    Stage,
    needs_context,
    read_class,
    read_level,
    written_level,
)
from scamcheck.words import words


@pytest.mark.parametrize(
    ("text", "code", "count"),
    [
        ("mầm non", "MN", 2),
        ("man non", "MN", 2),
        ("mẫu giáo Hoa", "MN", 2),
        ("tiểu học", "TH", 2),
        ("c1", "TH", 1),
        ("cấp 2", "THCS", 2),
        ("trung học cơ sở", "THCS", 4),
        ("cấp III", "THPT", 2),
        ("PTTH", "THPT", 1),
        ("ptcs", "TH&THCS", 1),
        ("TH&THCS", "TH&THCS", 2),
        ("THCS và THPT", "THCS&THPT", 3),
        ("TH, THCS & THPT", "TH&THCS&THPT", 3),
        ("cấp 2-3", "THCS&THPT", 3),
        ("cấp 2 và 3", "THCS&THPT", 4),
        ("cấp 2 3", "THCS&THPT", 3),
        ("cấp 2 3 lần", "THCS", 2),
        ("cấp 2 và 5", "THCS", 2),
        ("cấp 2 và", "THCS", 2),
        ("THCS! THPT", "THCS", 1),
        ("PTDTNT THCS và THPT", "PTDTNT", 4),
        ("phổ thông dân tộc nội trú", "PTDTNT", 6),
        ("dân tộc bán trú", "PTDTBT", 4),
        ("GDNN-GDTX", "GDNN-GDTX", 2),
        ("liên cấp", "", 2),
    ],
)
def test_a_level_is_read_in_every_spelling(text: str, code: str, count: int) -> None:
    found = read_level(words(text), 0)

    assert found is not None
    assert (found[0].code, found[1]) == (code, count)


@pytest.mark.parametrize("text", ["", "trung", "cấp", "trung! học cơ sở", "lớp"])
def test_other_words_are_no_level(text: str) -> None:
    assert read_level(words(text), 0) is None


def test_short_levels_need_a_word_before_them() -> None:
    assert needs_context(words("mn ơi"), 0, 1)
    assert not needs_context(words("mầm non"), 0, 2)


def test_a_registry_column_is_read_as_written() -> None:
    assert written_level("Trường TH&THCS").code == "TH&THCS"
    assert written_level("?") == SchoolLevel()


@pytest.mark.parametrize(
    ("text", "stage", "count"),
    [
        ("lớp 4/2", Stage.PRIMARY, 3),
        ("lớp 5", Stage.PRIMARY, 2),
        ("lop 9a1", Stage.LOWER, 2),
        ("khối 6", Stage.LOWER, 2),
        ("10C2", Stage.UPPER, 1),
        ("lớp 12 chọn", Stage.UPPER, 2),
        ("lớp lá", Stage.NURSERY, 2),
        ("lớp 4 2", Stage.PRIMARY, 2),
    ],
)
def test_a_class_says_the_stage(text: str, stage: Stage, count: int) -> None:
    assert read_class(words(text), 0) == (stage, count)


@pytest.mark.parametrize("text", ["lớp", "lớp học", "lớp 13", "khối lá", "5h", "30k", "9", "13a"])
def test_other_words_are_no_class(text: str) -> None:
    assert read_class(words(text), 0) is None


TH = frozenset({Stage.PRIMARY})
BOTH = frozenset({Stage.PRIMARY, Stage.LOWER})


@pytest.mark.parametrize(
    ("of_school", "asked", "admitted"),
    [
        (SchoolLevel(BOTH), SchoolLevel(TH), True),
        (SchoolLevel(TH), SchoolLevel(BOTH), False),
        (SchoolLevel(), SchoolLevel(TH), True),
        (SchoolLevel(TH, SchoolType.SEMI_BOARDING), SchoolLevel(TH), True),
        (SchoolLevel(TH), SchoolLevel(TH, SchoolType.BOARDING), False),
        (SchoolLevel(type=SchoolType.BOARDING), SchoolLevel(type=SchoolType.BOARDING), True),
        (SchoolLevel(type=SchoolType.CONTINUING), SchoolLevel(TH), False),
        (SchoolLevel(type=SchoolType.CONTINUING), SchoolLevel(), True),
    ],
)
def test_who_names_a_level_may_mean_a_school_that_has_it(
    of_school: SchoolLevel, asked: SchoolLevel, *, admitted: bool
) -> None:
    assert of_school.admits(asked) is admitted
