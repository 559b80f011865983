"""What each score of likeness means; everything else relies on these."""

import pytest

from scamcheck.match import edits, nearest, partial_ratio, partial_span, ratio


def test_a_ratio_compares_whole_strings_and_is_nothing_under_its_cut_off() -> None:
    assert ratio("hoa sen", "hoa sen") == 100
    assert ratio("hoa sen", "hoa sem") == pytest.approx(85.71, abs=0.01)
    assert ratio("hoa sen", "hoa sem", cutoff=90) == 0
    assert ratio("hoa sen", "truong hoa sen") < 70


def test_a_partial_ratio_finds_the_stretch_that_fits() -> None:
    assert partial_ratio("hoa sen", "truong hoa sen day") == 100
    assert partial_ratio("hoa sen", "truong hoa sem day", cutoff=90) == 0


def test_the_stretch_is_that_of_the_longer_string_whichever_comes_first() -> None:
    assert partial_span("hoa sen", "truong hoa sen day") == (100, 7, 14)
    assert partial_span("truong hoa sen day", "hoa sen") == (100, 7, 14)
    assert partial_span("hoa sen", "xyz", cutoff=90) == (0.0, 0, 0)


def test_of_two_as_long_the_stretch_is_that_of_the_second() -> None:
    score, start, end = partial_span("abcdef", "cdefgh")
    assert (start, end) == (0, 4)
    assert score > 70


@pytest.mark.parametrize(
    ("one", "other", "count"), [("hoa", "hoa", 0), ("hoa", "hoe", 1), ("hoa", "oha", 1), ("hoa", "mai", 3)]
)
def test_edits_count_letters_and_a_swap_once(one: str, other: str, count: int) -> None:
    assert edits(one, other, limit=3) == count


def test_more_edits_than_the_limit_are_one_more_than_it() -> None:
    assert edits("hoa sen", "xyz", limit=2) == 3


def test_the_nearest_are_the_best_first_not_more_than_asked_for_and_not_under_the_cut_off() -> None:
    choices = [f"hoa se{letter}" for letter in "abcdefghn"]
    found = nearest("hoa sen", choices, limit=9, cutoff=0)
    assert found[0] == (8, 100)
    assert len(found) == 9
    assert len(nearest("hoa sen", choices, limit=2, cutoff=0)) == 2
    assert len(nearest("hoa sen", [*choices, *choices], limit=7, cutoff=0)) == 7
    assert nearest("hoa sen", choices, limit=9, cutoff=90) == [(8, 100)]


def test_the_nearest_are_compared_as_wholes() -> None:
    ((_, score),) = nearest("hoa sen", ["truong hoa sen o day"], limit=1, cutoff=0)
    assert score == pytest.approx(ratio("hoa sen", "truong hoa sen o day"))
