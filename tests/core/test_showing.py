"""Until when an official contact is shown."""

from datetime import timedelta

import pytest

from scamcheck.knowledge import IdentifierKind
from scamcheck.showing import Showing, showing
from tests.builders import NOW

NUMBER, LINK = IdentifierKind.NUMBER, IdentifierKind.LINK


@pytest.mark.parametrize(
    ("kind", "key", "days", "how"),
    [
        (NUMBER, "+842610001234", -1, Showing.CONFIRMED),
        (NUMBER, "+842610001234", 0, Showing.UNCONFIRMED),
        (NUMBER, "+842610001234", 89, Showing.UNCONFIRMED),
        (NUMBER, "+842610001234", 90, Showing.HIDDEN),
        (NUMBER, "+84912000001", -1, Showing.CONFIRMED),
        (NUMBER, "+84912000001", 0, Showing.HIDDEN),
        (NUMBER, "short:113", 1, Showing.UNCONFIRMED),
        (NUMBER, "unreadable", 1, Showing.UNCONFIRMED),
        (LINK, "truong.example/gioi-thieu", 1, Showing.UNCONFIRMED),
        (LINK, "truong.example/gioi-thieu", 90, Showing.HIDDEN),
    ],
)
def test_an_expired_mobile_may_be_anybodys_a_landline_stays_where_it_is(
    kind: IdentifierKind, key: str, days: int, how: Showing
) -> None:
    assert showing(kind, key, NOW, NOW + timedelta(days=days)) is how


def test_what_has_no_end_is_confirmed() -> None:
    assert showing(NUMBER, "+84912000001", None, NOW) is Showing.CONFIRMED
