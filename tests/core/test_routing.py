"""Which school is meant, and which contacts are shown."""

from dataclasses import replace
from datetime import UTC, datetime

from scamcheck.claims import OwnerKind
from scamcheck.knowledge import NOBODY, Asker, Candidates, SchoolCandidate
from scamcheck.reasons import ReasonCode
from scamcheck.red_flags import Assessment, Scenario, Sign
from scamcheck.routing import Role, Routing, route
from tests.builders import (
    NOW,
    make_candidates,
    make_claim,
    make_commune,
    make_contact,
    make_observables,
    make_owner,
    make_school,
)

FIRST, SECOND = make_school("s1"), make_school("s2", name="Trường Tiểu học Ví Dụ Hai", commune_code=None)
POLICE = make_contact(
    "+842610005555", owner=make_owner(OwnerKind.POLICE, "p1", name="Công an xã Ví Dụ", commune_code="24000")
)
EVENING = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)


def routed(
    candidates: Candidates,
    asker: Asker = NOBODY,
    scenario: Scenario | None = None,
    now: datetime = NOW,
    claims: tuple[OwnerKind, ...] = (),
) -> Routing:
    observables = make_observables(claims=tuple(make_claim(kind) for kind in claims))
    return route(observables, candidates, asker, scenario, now)


def roles(routing: Routing) -> list[Role]:
    return [shown.role for shown in routing.contacts]


def test_a_school_named_in_full_is_chosen_alone_and_its_hotline_shown_first() -> None:
    candidates = make_candidates(
        schools=(SchoolCandidate(FIRST, 100, full=True),), owner_contacts=(make_contact(), POLICE)
    )
    routing = routed(candidates)
    assert routing.school == FIRST
    assert roles(routing) == [Role.SCHOOL, Role.COMMUNE_POLICE, Role.POLICE_113]
    assert routing.school_has_hotline
    assert routing.commune_has_police


def test_a_single_candidate_that_is_not_named_in_full_is_offered_never_chosen() -> None:
    candidates = make_candidates(
        schools=(SchoolCandidate(FIRST, 95),), owner_contacts=(make_contact(), POLICE)
    )
    routing = routed(candidates)
    assert (routing.school, routing.offered) == (None, (FIRST,))
    assert roles(routing) == [Role.POLICE_113]
    assert not routing.ask_school


def test_two_schools_named_in_full_are_offered() -> None:
    both = (SchoolCandidate(FIRST, 100, full=True), SchoolCandidate(SECOND, 100, full=True))
    assert routed(make_candidates(schools=both)).offered == (FIRST, SECOND)


def test_no_school_known_asks_for_one() -> None:
    routing = routed(make_candidates())
    assert routing.ask_school
    assert roles(routing) == [Role.POLICE_113]


def test_the_chosen_school_stands_until_another_is_named_in_full() -> None:
    asker = Asker(follows=("s2",), chosen_school="s1")
    known = make_candidates(asker_schools=(FIRST, SECOND))
    assert routed(known, asker).school == FIRST
    other = replace(known, schools=(SchoolCandidate(SECOND, 100, full=True),))
    assert routed(other, asker).school == SECOND


def test_the_only_followed_school_is_meant_when_none_is_named() -> None:
    assert routed(make_candidates(asker_schools=(FIRST,)), Asker(follows=("s1",))).school == FIRST


def test_of_several_followed_schools_the_named_one_is_meant() -> None:
    asker = Asker(follows=("s1", "s2"))
    followed = make_candidates(asker_schools=(FIRST, SECOND))
    assert routed(followed, asker).offered == (FIRST, SECOND)
    named = replace(followed, schools=(SchoolCandidate(SECOND, 90),))
    assert routed(named, asker).school == SECOND


def test_a_followed_school_is_not_meant_when_another_is_named() -> None:
    named = make_candidates(asker_schools=(FIRST,), schools=(SchoolCandidate(SECOND, 90),))
    routing = routed(named, Asker(follows=("s1",)))
    assert (routing.school, routing.offered) == (None, (SECOND,))


def test_outside_duty_hours_the_backup_comes_first_and_both_are_marked() -> None:
    hotline = make_contact(hours="T2-T6 07:00-17:00")
    backup = make_contact("+84530000777", is_backup=True)
    other = make_contact("+842610008888", owner=make_owner(id_="s9"))
    candidates = make_candidates(asker_schools=(FIRST,), owner_contacts=(hotline, backup, other))
    asker = Asker(chosen_school="s1")
    assert roles(routed(candidates, asker))[:2] == [Role.SCHOOL, Role.SCHOOL_BACKUP]
    evening = routed(candidates, asker, now=EVENING).contacts[:2]
    assert [(shown.role, shown.off_duty) for shown in evening] == [
        (Role.SCHOOL_BACKUP, False),
        (Role.SCHOOL, True),
    ]


def test_a_school_without_a_hotline_is_said_to_have_none() -> None:
    routing = routed(make_candidates(asker_schools=(FIRST,)), Asker(chosen_school="s1"))
    assert routing.school == FIRST
    assert not routing.school_has_hotline
    assert (routing.commune, routing.commune_has_police) == (make_commune(), False)


def test_a_child_emergency_adds_the_ambulance_and_a_named_hospital() -> None:
    hospital = make_contact(
        "+842610007777", owner=make_owner(OwnerKind.HOSPITAL, "h1", name="Bệnh viện Ví Dụ")
    )
    candidates = make_candidates(owner_contacts=(hospital,))
    routing = routed(candidates, scenario=Scenario.CHILD_EMERGENCY, claims=(OwnerKind.HOSPITAL,))
    assert routing.hospital_named
    assert roles(routing) == [Role.HOSPITAL, Role.POLICE_113, Role.AMBULANCE_115]


def test_an_emergency_told_without_any_scam_still_adds_the_ambulance_but_a_warning_does_not() -> None:
    told = Assessment(signs=(Sign("medical", 1.0, reason=ReasonCode.SIGN_EMERGENCY),))
    for assessment, expected in (
        (told, [Role.POLICE_113, Role.AMBULANCE_115]),
        (replace(told, warning=True), [Role.POLICE_113]),
    ):
        routing = route(make_observables(assessment=assessment), make_candidates(), NOBODY, None, NOW)
        assert roles(routing) == expected


def test_an_online_kidnapping_puts_113_first() -> None:
    candidates = make_candidates(asker_schools=(FIRST,), owner_contacts=(make_contact(), POLICE))
    routing = routed(candidates, Asker(chosen_school="s1"), Scenario.KIDNAP_ONLINE)
    assert roles(routing) == [Role.POLICE_113, Role.CHILD_HELPLINE_111, Role.SCHOOL, Role.COMMUNE_POLICE]


def test_the_only_commune_named_gives_its_police_and_several_are_offered() -> None:
    one = replace(make_candidates(owner_contacts=(POLICE,)), communes=(make_commune(),))
    assert Role.COMMUNE_POLICE in roles(routed(one))
    two = replace(one, communes=(make_commune(), make_commune("24001", "Phường Ví Dụ")))
    routing = routed(two)
    assert (routing.commune, len(routing.communes_offered)) == (None, 2)
    assert Role.COMMUNE_POLICE not in roles(routing)


def test_without_records_no_contact_is_shown() -> None:
    assert routed(Candidates()).contacts == ()


def test_the_askers_commune_gives_its_police() -> None:
    routing = routed(make_candidates(owner_contacts=(POLICE,)), Asker(commune_code="24000"))
    assert Role.COMMUNE_POLICE in roles(routing)


def test_the_approved_number_that_an_official_message_shows_is_the_first_to_call_back() -> None:
    shown = make_contact("+842610009999", owner=make_owner(OwnerKind.AGENCY, "a1", name="Cơ quan Ví Dụ"))
    other = make_contact("+842610008888", owner=make_owner(OwnerKind.AGENCY, "a2", name="Cơ quan Ví Dụ Hai"))
    candidates = make_candidates(contacts=(other, shown))
    routing = route(make_observables(), candidates, NOBODY, None, NOW, official="a1")
    assert routing.contacts[0].contact == shown
    assert roles(routing) == [Role.AGENCY, Role.POLICE_113]


def test_what_is_unconfirmed_comes_after_what_is_confirmed_whatever_the_hour() -> None:
    unconfirmed = make_contact("+842610001111", expires_at=NOW)
    backup = make_contact("+842610002222", is_backup=True)
    candidates = make_candidates(asker_schools=(FIRST,), owner_contacts=(unconfirmed, backup))
    routing = routed(candidates, Asker(chosen_school="s1"))
    assert [shown.contact for shown in routing.contacts][:2] == [backup, unconfirmed]
    assert routing.school_has_hotline
