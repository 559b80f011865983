"""Numbers dressed up as official ones are found by looking up what they could imitate."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scamcheck import phone
from scamcheck.claims import OwnerKind
from scamcheck.knowledge import Contact, IdentifierKind, Imitation, Owner
from scamcheck.lookalike import imitations, neighbours
from scamcheck.phone import PhoneKind, PhoneNumber, SeenNumber


def make_contact(key: str) -> Contact:
    owner = Owner(OwnerKind.SCHOOL, "s1", "Trường Ví Dụ")
    return Contact("c1", IdentifierKind.NUMBER, key, owner, "Đường dây nóng", key)


def how(official: str, seen: str) -> str | None:
    """How `seen` imitates `official`; "same" when it is that number, None when it has nothing to do with it."""
    number = phone.parse_number(seen)
    assert number is not None, seen
    if official in {number.number.key, *(other.key for other in number.other_readings)}:
        return "same"
    found = imitations(number, {official: make_contact(official)})
    return found[0].how if found else None


@pytest.mark.parametrize(
    ("official", "seen", "expected"),
    [
        ("+84987651243", "0987.651.243", "same"),
        ("+84987651243", "O98765l243", "same"),
        ("+842613546278", "0501 3546278", "same"),
        ("+842383803686", "038 3803686", "same"),
        ("+84987651243", "0987.651.244", "near_miss"),
        ("+84987651243", "0787651243", "near_miss"),
        ("+84987651243", "0987.651.423", "near_miss"),
        ("+84987651243", "0978651243", "near_miss"),
        ("+842613546278", "0261 3546 287", "near_miss"),
        ("+84692348560", "069 234 8561", "near_miss"),
        ("+84692348560", "069 234 860", "near_miss"),
        ("+8469234860", "069 234 8560", "near_miss"),
        ("+841900545413", "1900 545 423", "near_miss"),
        ("+8419006017", "1900 60117", "near_miss"),
        ("+84987651243", "+95 987 651 243", "foreign_tail"),
        ("+84987651243", "+86 0987651243", "foreign_tail"),
        ("+842613546278", "+86 261 3546278", "foreign_tail"),
        ("+84692348560", "+69 234 8560", "foreign_tail"),
        ("+841900545413", "1800 545 413", "swapped_prefix"),
        ("+8418006017", "1900 6017", "swapped_prefix"),
        ("+842613546278", "0263 3546 278", "swapped_prefix"),
        ("+842437164829", "028 3716 4829", "swapped_prefix"),
        ("+84987651243", "0987.651.211", None),
        ("+84987651243", "0912345876", None),
        ("+84987651243", "0987.652.142", None),
        ("+842613546278", "0261 3546 100", None),
        ("+842613546278", "0263 3546 279", None),
        ("+841900545413", "1900 6017", None),
        ("+84987651243", "+881 6 3150 4278", None),
        ("+84987651243", "01265930478", None),
    ],
)
def test_an_imitation_is_told_from_the_same_number_and_from_chance(
    official: str, seen: str, expected: str | None
) -> None:
    assert how(official, seen) == expected


def test_an_approved_number_imitates_nobody_even_beside_its_neighbour() -> None:
    contacts = {key: make_contact(key) for key in ("+84987651243", "+84987651244")}
    number = phone.parse_number("0987651243")
    assert number is not None
    assert imitations(number, contacts) == ()


def test_both_readings_of_an_old_number_are_tried() -> None:
    official = "+842383803687"
    seen = SeenNumber(
        PhoneNumber("+84383803686", PhoneKind.MOBILE),
        0,
        10,
        other_readings=(PhoneNumber("+842383803686", PhoneKind.LANDLINE),),
    )
    contact = make_contact(official)
    assert imitations(seen, {official: contact}) == (Imitation("+84383803686", contact, "near_miss"),)


def test_one_contact_is_named_once() -> None:
    contact = make_contact("+842613546278")
    seen = phone.parse_number("0262 3546 278")
    assert seen is not None
    assert [found.how for found in imitations(seen, {contact.key: contact})] == ["swapped_prefix"]


def test_short_codes_have_no_neighbours() -> None:
    assert list(neighbours("short:113")) == []


@settings(deadline=None)
@given(st.text(string.digits, min_size=8, max_size=8))
def test_every_neighbour_is_another_number_and_comes_once(tail: str) -> None:
    keys = [key for key, _ in neighbours("+849" + tail)]
    assert "+849" + tail not in keys
    assert len(keys) == len(set(keys)) <= 89


@settings(deadline=None)
@given(st.text(string.digits, min_size=8, max_size=8), st.integers(0, 7), st.sampled_from(string.digits))
def test_one_changed_digit_is_seen_from_both_sides(tail: str, index: int, digit: str) -> None:
    other = tail[:index] + digit + tail[index + 1 :]
    if other != tail:
        assert ("+849" + other, "near_miss") in set(neighbours("+849" + tail))
        assert ("+849" + tail, "near_miss") in set(neighbours("+849" + other))


def found(key: str, how: str) -> set[str]:
    return {candidate for candidate, found_how in neighbours(key) if found_how == how}


def test_the_tails_of_a_foreign_number_are_whole_and_begin_with_no_zero() -> None:
    assert found("+95905738162", "foreign_tail") == {"+845905738162", "+84905738162"}
    assert found("+1900738162", "foreign_tail") == {"+841900738162", "+84900738162"}
    assert found("+5512345678", "foreign_tail") == {
        "+845512345678",
        "+84512345678",
        "+8412345678",
    }
    assert found("+12345678", "foreign_tail") == {"+8412345678"}
    assert found("+1234567", "foreign_tail") == set()
    assert found("+9100123456", "foreign_tail") == {"+849100123456", "+84100123456"}


def test_a_service_line_is_also_imitated_by_one_digit_dropped_or_added_after_its_prefix() -> None:
    near = found("+84180012345", "near_miss")
    dropped = {"+8418001234", "+8418001235", "+8418001245", "+8418001345", "+8418002345"}
    assert {key for key in near if len(key) == len("+8418001234")} == dropped
    added = {key for key in near if len(key) == len("+841800123456")}
    assert all(key.startswith("+841800") and key[7:].isdigit() for key in added)
    assert {"+841800123450", "+841800012345", "+841800123495"} <= added
    assert len(added) == len(
        {"1800" + "12345"[:at] + digit + "12345"[at:] for at in range(6) for digit in "0123456789"}
    )


def test_the_shortest_and_the_longest_line_have_no_neighbour_beyond_what_is_valid() -> None:
    shortest = found("+8418001234", "near_miss")
    longest = found("+841800123456", "near_miss")
    assert {len(key) for key in shortest} == {len("+8418001234"), len("+84180012345")}
    assert {len(key) for key in longest} == {len("+841800123456"), len("+84180012345")}


def test_a_police_line_is_dropped_from_and_added_to_between_seven_and_nine_digits() -> None:
    assert {len(key) for key in found("+846923456", "near_miss")} == {10, 11}
    assert {len(key) for key in found("+84692348560", "near_miss")} == {
        len("+84692348560"),
        len("+8469234856"),
    }
