"""Records that are put and removed one by one leave the same answers as records that were there from the start."""

from dataclasses import replace

import pytest

from scamcheck.claims import OwnerKind
from scamcheck.knowledge import NOBODY, Candidates, Contact, IdentifierKind, Owner, School, Script
from scamcheck.memory import MemoryKnowledgeBase
from scamcheck.observables import extract
from scamcheck.places import shipped
from tests.builders import NOW
from tests.core.registry import make_registry

SCHOOL = School("new", "TH", "Ví Dụ Bình Minh", "Xã Ví Dụ Mới", None, "Huyện Ví Dụ", "Lâm Đồng")
SCRIPT = Script(
    "kb",
    "Ví dụ",
    "Chào chị, em gọi từ bưu cục ví dụ, kiện hàng của chị đang bị giữ vì thiếu giấy tờ, chị đóng phí lưu kho trước trưa nay nhé",
    "parcel",
)


def make_contact(key: str = "+842633555001", kind: OwnerKind = OwnerKind.SCHOOL, id_: str = "c1") -> Contact:
    owner = Owner(kind, "new", "Ví Dụ", "Ví Dụ", commune_code="24736")
    return Contact(id_, IdentifierKind.NUMBER, key, owner, "đường dây nóng", key)


async def gathered(records: MemoryKnowledgeBase, text: str) -> Candidates:
    return await records.gather(extract(text), NOBODY, NOW)


async def school_ids(records: MemoryKnowledgeBase, text: str) -> list[str]:
    return [found.school.id for found in (await gathered(records, text)).schools]


async def test_a_school_that_was_put_is_found_by_name_and_by_its_own_new_place() -> None:
    records = MemoryKnowledgeBase(schools=make_registry(), communes=shipped())
    assert await school_ids(records, "trường tiểu học Ví Dụ Bình Minh") == []
    records.put_school(SCHOOL)
    assert await school_ids(records, "trường tiểu học Ví Dụ Bình Minh xã Ví Dụ Mới") == ["new"]


async def test_a_school_that_was_put_again_is_known_by_its_new_name_only() -> None:
    records = MemoryKnowledgeBase(schools=(*make_registry(), SCHOOL), communes=shipped())
    records.put_school(replace(SCHOOL, name="Ví Dụ Ban Mai"))
    assert await school_ids(records, "trường tiểu học Ví Dụ Bình Minh") == []
    assert await school_ids(records, "trường tiểu học Ví Dụ Ban Mai") == ["new"]


async def test_a_school_that_was_removed_is_offered_no_longer_and_its_namesakes_stay() -> None:
    records = MemoryKnowledgeBase(schools=make_registry(), communes=shipped())
    before = await school_ids(records, "trường Ngô Gia Tự")
    records.remove_school(before[0])
    assert set(await school_ids(records, "trường Ngô Gia Tự")) == set(before[1:])
    assert before[0] not in records.schools
    records.remove_school("unheard of")


@pytest.mark.parametrize("kind", [OwnerKind.SCHOOL, OwnerKind.POLICE, OwnerKind.BANK])
async def test_a_contact_counts_from_when_it_is_put_until_it_is_removed(kind: OwnerKind) -> None:
    records = MemoryKnowledgeBase(communes=shipped())
    contact = make_contact(kind=kind)
    records.put_contact(contact)
    assert (await gathered(records, "02633 555 001")).contacts == (contact,)
    assert (await gathered(records, "02633 555 002")).imitations != ()
    moved = replace(contact, key="+842633555900")
    records.put_contact(moved)
    assert (await gathered(records, "02633 555 001")).contacts == ()
    assert (await gathered(records, "02633 555 900")).contacts == (moved,)
    records.remove_contact("c1")
    records.remove_contact("c1")
    assert (await gathered(records, "02633 555 900")).contacts == ()
    assert (await gathered(records, "02633 555 901")).imitations == ()


async def test_a_national_number_can_be_removed() -> None:
    records = MemoryKnowledgeBase(contacts=[make_contact("short:113", OwnerKind.POLICE)])
    assert len((await gathered(records, "chào")).national) == 1
    records.remove_contact("c1")
    assert (await gathered(records, "chào")).national == ()


async def test_a_script_matches_from_when_it_is_put_until_it_is_removed() -> None:
    records = MemoryKnowledgeBase()
    records.put_script(SCRIPT)
    assert [found.script.id for found in (await gathered(records, SCRIPT.text)).scripts] == ["kb"]
    told_anew = replace(SCRIPT, name="Ví dụ khác")
    records.put_script(told_anew)
    assert [found.script for found in (await gathered(records, SCRIPT.text)).scripts] == [told_anew]
    records.remove_script("kb")
    records.remove_script("kb")
    assert (await gathered(records, SCRIPT.text)).scripts == ()


async def test_a_school_known_by_its_place_only_can_be_removed() -> None:
    records = MemoryKnowledgeBase(schools=make_registry(), communes=shipped())
    assert await school_ids(records, "trường PTDTNT Lạc Dương") == ["nt3"]
    records.remove_school("nt3")
    assert "nt3" not in await school_ids(records, "trường PTDTNT Lạc Dương")
