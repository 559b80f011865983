"""Hospitals, banks and agencies are found by their names, and never for a longer or an everyday name."""

import pytest

from scamcheck.claims import OwnerKind
from scamcheck.knowledge import NOBODY
from scamcheck.memory import MemoryKnowledgeBase
from scamcheck.observables import extract
from scamcheck.owner_names import OwnerNames
from scamcheck.text import read
from tests.builders import NOW, make_contact, make_owner

HOSPITAL = make_contact(
    "+842610000001", owner=make_owner(OwnerKind.HOSPITAL, "h", name="Bệnh viện Ví Dụ", short_name="Ví Dụ")
)
SECOND = make_contact(
    "+842610000002",
    owner=make_owner(OwnerKind.HOSPITAL, "h2", name="Bệnh viện Ví Dụ Hai", short_name="Ví Dụ Hai"),
)
BANK = make_contact(
    "+841900000001", owner=make_owner(OwnerKind.BANK, "b", name="Ngân hàng Ví Dụ", short_name="Ví Dụ")
)
AGENCY = make_contact(
    "+842610000003",
    owner=make_owner(OwnerKind.AGENCY, "a", name="Điện lực Ví Dụ Bằng Lăng", short_name="Điện lực Ví Dụ"),
)
PLAIN = make_contact(
    "+842610000004", owner=make_owner(OwnerKind.AGENCY, "p", name="Trung tâm Ví Dụ", short_name="Ví Dụ")
)
SCHOOL = make_contact("+842610000005", owner=make_owner(name="Bệnh viện Ví Dụ"))


@pytest.fixture
def names() -> OwnerNames:
    held = OwnerNames()
    for contact in (HOSPITAL, SECOND, BANK, AGENCY, PLAIN, SCHOOL):
        held.put(contact)
    return held


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("bệnh viện Ví Dụ gọi", [HOSPITAL]),
        ("BV Ví Dụ", [HOSPITAL]),
        ("benh vien da khoa vi du", [HOSPITAL]),
        ("bệnh viện Ví Dụ Hai gọi", [SECOND]),
        ("BỆNH VIỆN VÍ DỤ GỌI TÔI", [HOSPITAL]),
        ("bệnh viện Ví Dụ, Đà Lạt", [HOSPITAL]),
        ("ngân hàng ví dụ và bệnh viện ví dụ", [BANK, HOSPITAL]),
        ("điện lực Ví Dụ báo cắt điện", [AGENCY]),
        ("Điện lực Ví Dụ Bằng Lăng", [AGENCY]),
        ("trung tâm Ví Dụ", [PLAIN]),
        ("ví dụ như bệnh viện", []),
        ("bệnh viện Ví Dụ 2", []),
        ("bệnh viện Ví Dụ Ba", []),
        ("bệnh viện", []),
    ],
)
def test_who_is_named(names: OwnerNames, text: str, found: list[object]) -> None:
    assert list(names.contacts(read(text))) == found


def test_a_removed_contact_is_found_no_longer(names: OwnerNames) -> None:
    names.remove(HOSPITAL)
    names.remove(HOSPITAL)
    assert names.contacts(read("bệnh viện Ví Dụ")) == ()


async def test_a_named_hospital_stands_once_among_the_contacts_of_an_answer() -> None:
    known = MemoryKnowledgeBase(contacts=[HOSPITAL, AGENCY])
    gathered = await known.gather(extract("bệnh viện Ví Dụ hay điện lực Ví Dụ"), NOBODY, NOW)
    assert gathered.owner_contacts == (HOSPITAL, AGENCY)
