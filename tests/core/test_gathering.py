"""What is gathered for a message from the records in memory: for an asker, at a time."""

from dataclasses import replace
from datetime import timedelta

from scamcheck.claims import OwnerKind
from scamcheck.knowledge import NOBODY, Asker, Candidates, IdentifierKind
from scamcheck.memory import MemoryKnowledgeBase, account_keys, identifier_keys, names_owner
from scamcheck.observables import extract
from tests.builders import (
    NOW,
    make_account,
    make_claim,
    make_commune,
    make_contact,
    make_indicator,
    make_link,
    make_national,
    make_observables,
    make_owner,
    make_school,
    make_script,
    make_seen,
)

YESTERDAY = NOW - timedelta(days=1)
POLICE = make_contact(
    "+842610005555", owner=make_owner(OwnerKind.POLICE, "p1", name="Công an xã Ví Dụ", commune_code="24000")
)
BANK = make_contact("+841900000013", owner=make_owner(OwnerKind.BANK, "970436", name="Ngân hàng Ví Dụ"))
HOSPITAL = make_contact(
    "+842610007777", owner=make_owner(OwnerKind.HOSPITAL, "h1", name="Bệnh viện Ví Dụ", short_name="Ví Dụ")
)


def make_knowledge(*contacts: object, **records: object) -> MemoryKnowledgeBase:
    given = {"schools": (make_school(),), "communes": (make_commune(),), **records}
    return MemoryKnowledgeBase(contacts=(*contacts, *make_national()), **given)  # type: ignore[arg-type]


async def gathered(knowledge: MemoryKnowledgeBase, asker: Asker = NOBODY, **seen: object) -> Candidates:
    return await knowledge.gather(make_observables(**seen), asker, NOW)  # type: ignore[arg-type]


async def test_every_kind_of_identifier_is_looked_up_exactly() -> None:
    listed = (
        make_indicator(),
        make_indicator("970436:0530000113", IdentifierKind.BANK_ACCOUNT),
        make_indicator("vi-du.top", IdentifierKind.LINK),
        make_indicator("+84530000999"),
    )
    found = await gathered(
        make_knowledge(indicators=listed),
        numbers=(make_seen(),),
        accounts=(make_account(),),
        links=(make_link("a.vi-du.top"),),
    )
    assert found.indicators == listed[:3]


async def test_what_has_expired_counts_as_absent() -> None:
    long_ago = NOW - timedelta(days=90)
    knowledge = make_knowledge(
        make_contact(expires_at=long_ago), indicators=(make_indicator(expires_at=YESTERDAY),)
    )
    seen = (make_seen(), make_seen("+842610001234"), make_seen("+842610001235"))
    found = await gathered(knowledge, Asker(chosen_school="s1"), numbers=seen)
    assert (found.indicators, found.contacts, found.imitations, found.owner_contacts) == ((), (), (), ())


async def test_a_contact_and_the_number_that_imitates_it_are_both_found() -> None:
    found = await gathered(make_knowledge(make_contact()), numbers=(make_seen("+842610001234"),))
    assert [contact.key for contact in found.contacts] == ["+842610001234"]
    near = await gathered(make_knowledge(make_contact()), numbers=(make_seen("+842610001235"),))
    assert [imitation.how for imitation in near.imitations] == ["near_miss"]


async def test_an_asker_brings_the_contacts_of_chosen_and_followed_schools_and_their_police() -> None:
    other = replace(make_school("s2"), commune_code=None)
    knowledge = make_knowledge(
        make_contact(),
        make_contact("+842610002222", owner=make_owner(id_="s2")),
        POLICE,
        schools=(make_school(), other),
    )
    found = await gathered(knowledge, Asker(follows=("s2", "gone"), chosen_school="s1"))
    assert [contact.key for contact in found.owner_contacts] == [
        "+842610001234",
        "+842610002222",
        "+842610005555",
    ]
    assert [school.id for school in found.asker_schools] == ["s1", "s2"]
    assert found.commune_of == {"24000": make_commune()}


async def test_the_askers_commune_brings_its_police() -> None:
    found = await gathered(make_knowledge(POLICE), Asker(commune_code="24000"))
    assert found.owner_contacts == (POLICE,)
    assert (await gathered(make_knowledge(POLICE), Asker(commune_code="99999"))).owner_contacts == ()


async def test_a_bank_is_found_by_its_number_and_a_hospital_by_its_whole_short_name() -> None:
    knowledge = make_knowledge(BANK, HOSPITAL)
    named = (make_claim(OwnerKind.BANK, key="970436"), make_claim(OwnerKind.HOSPITAL, "vi du"))
    assert (await gathered(knowledge, claims=named)).owner_contacts == (BANK, HOSPITAL)
    unnamed = (
        make_claim(OwnerKind.BANK, key="970415"),
        make_claim(OwnerKind.HOSPITAL),
        make_claim(OwnerKind.HOSPITAL, "vi"),
        make_claim(OwnerKind.SCHOOL, "vi du"),
    )
    assert (await gathered(knowledge, claims=unnamed)).owner_contacts == ()


async def test_national_numbers_are_always_at_hand() -> None:
    found = await gathered(make_knowledge())
    assert [contact.key for contact in found.national] == ["short:113", "short:115", "short:111"]


def test_the_contacts_of_one_school_are_those_that_have_not_expired() -> None:
    backup = make_contact("+84530000777", is_backup=True, expires_at=YESTERDAY)
    knowledge = make_knowledge(make_contact(), backup)
    assert [contact.key for contact in knowledge.contacts_for_school("s1", NOW)] == ["+842610001234"]


def test_an_expired_landline_is_still_one_to_call_for_90_days_but_matches_nothing() -> None:
    knowledge = make_knowledge(make_contact(expires_at=YESTERDAY))
    later = NOW + timedelta(days=90)
    assert [contact.key for contact in knowledge.contacts_for_school("s1", NOW)] == ["+842610001234"]
    assert knowledge.contacts_for_school("s1", later) == ()


async def test_an_expired_landline_in_a_message_is_official_no_more() -> None:
    knowledge = make_knowledge(make_contact(expires_at=YESTERDAY))
    assert (await gathered(knowledge, numbers=(make_seen("+842610001234"),))).contacts == ()


async def test_a_changed_contact_takes_the_place_of_the_old_one() -> None:
    knowledge = make_knowledge(make_contact(), POLICE, BANK)
    knowledge.put_contact(replace(make_contact(), key="+842610004321"))
    assert [contact.key for contact in knowledge.contacts_for_school("s1", NOW)] == ["+842610004321"]
    assert (await gathered(knowledge, numbers=(make_seen("+842610001234"),))).contacts == ()
    for held in ("contact-+842610001234", POLICE.id, BANK.id, "nobody's", "contact-short:111"):
        knowledge.remove_contact(held)
    found = await gathered(knowledge, Asker(chosen_school="s1"), numbers=(make_seen("+842610004322"),))
    assert (found.owner_contacts, found.imitations) == ((), ())
    assert [contact.key for contact in found.national] == ["short:113", "short:115"]


async def test_schools_and_scripts_come_and_go() -> None:
    knowledge = make_knowledge()
    knowledge.put_school(make_school("s9", name="Trường Tiểu học Ví Dụ Mới"))
    assert [found.school.id for found in knowledge.school_index.search("tieu hoc vi du moi")][:1] == ["s9"]
    knowledge.remove_school("s9")
    knowledge.remove_school("s9")
    assert "s9" not in {found.school.id for found in knowledge.school_index.search("tieu hoc vi du moi")}
    text = "con cua chi bi tai nan giao thong dang cap cuu tai benh vien can chuyen tien mo gap cho chau"
    knowledge.put_script(replace(make_script(), text=text))
    observables = extract(text)
    assert (await knowledge.gather(observables, NOBODY, NOW)).scripts[0].script.id == "script-1"
    knowledge.remove_script("script-1")
    assert (await knowledge.gather(observables, NOBODY, NOW)).scripts == ()


def test_an_account_without_a_bank_is_tried_at_every_bank_and_without_one() -> None:
    assert account_keys(make_account("123")) == ("970436:123", "?:123")
    keys = account_keys(make_account("123", bin_=None, bank=None))
    assert {"970436:123", "970415:123", "?:123"} <= set(keys)


def test_every_reading_of_a_number_is_a_key_and_each_key_comes_once() -> None:
    seen = make_seen("+84773893472", others=("+842973893472",))
    keys = identifier_keys(make_observables(numbers=(seen, seen)))
    assert keys == (
        (IdentifierKind.NUMBER, "+84773893472"),
        (IdentifierKind.NUMBER, "+842973893472"),
    )


def test_a_claim_of_another_kind_names_no_owner() -> None:
    assert names_owner(make_claim(OwnerKind.HOSPITAL, "vi du"), HOSPITAL)
    assert not names_owner(make_claim(OwnerKind.POLICE, "vi du"), HOSPITAL)
