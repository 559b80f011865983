"""The policy table: which level each case gives, and why."""

from dataclasses import replace

import pytest

from scamcheck.claims import OwnerKind
from scamcheck.knowledge import (
    NOBODY,
    Asker,
    Candidates,
    IdentifierKind,
    Imitation,
    IndicatorStatus,
    SchoolCandidate,
    ScriptCandidate,
)
from scamcheck.observables import Observables
from scamcheck.phone import PhoneKind
from scamcheck.red_flags import Scenario, Sign, Voice
from scamcheck.verdict import THE_TEXT, AboutKind, Intent, Level, ReasonCode, Role, Verdict, decide
from tests.builders import (
    NOW,
    make_account,
    make_assessment,
    make_candidates,
    make_claim,
    make_contact,
    make_indicator,
    make_link,
    make_observables,
    make_owner,
    make_school,
    make_script,
    make_seen,
)


def decided(observables: Observables, candidates: Candidates | None = None, asker: Asker = NOBODY) -> Verdict:
    return decide(observables, candidates or make_candidates(), asker=asker, now=NOW)


def codes(verdict: Verdict) -> set[ReasonCode]:
    return {reason.code for reason in verdict.reasons}


# Row 1: the records cannot be reached.


def test_without_records_a_blatant_text_is_still_suspicious() -> None:
    observables = make_observables(assessment=make_assessment(suspicious=True))
    verdict = decide(observables, None, asker=NOBODY, now=NOW)
    assert verdict.level is Level.SUSPICIOUS
    assert ReasonCode.LISTS_UNAVAILABLE in codes(verdict)
    assert not verdict.lists_available


def test_without_records_anything_else_cannot_be_checked() -> None:
    verdict = decide(make_observables(numbers=(make_seen(),)), None, asker=NOBODY, now=NOW)
    assert verdict.level is Level.CANNOT_CHECK
    assert {finding.level for finding in verdict.findings} == {Level.CANNOT_CHECK}


# Row 2: confirmed.


@pytest.mark.parametrize(
    ("observables", "key", "kind"),
    [
        (make_observables(numbers=(make_seen(),)), "+84530000113", IdentifierKind.NUMBER),
        (make_observables(accounts=(make_account(),)), "970436:0530000113", IdentifierKind.BANK_ACCOUNT),
        (make_observables(links=(make_link("a.vi-du.top"),)), "vi-du.top", IdentifierKind.LINK),
    ],
)
def test_an_identifier_equal_to_a_confirmed_one_is_a_confirmed_scam(
    observables: Observables, key: str, kind: IdentifierKind
) -> None:
    verdict = decided(observables, make_candidates(indicators=(make_indicator(key, kind),)))
    assert verdict.level is Level.CONFIRMED_SCAM
    assert verdict.about.kind.value == kind.value
    assert verdict.intent is Intent.CHECK


def test_a_confirmed_number_in_a_warning_keeps_its_own_finding_and_the_text_is_no_scam() -> None:
    observables = make_observables(
        numbers=(make_seen(),), assessment=make_assessment(warning=True, suspicious=True)
    )
    verdict = decided(observables, make_candidates(indicators=(make_indicator(),)))
    by_kind = {finding.about.kind: finding.level for finding in verdict.findings}
    assert by_kind == {AboutKind.NUMBER: Level.CONFIRMED_SCAM, AboutKind.TEXT: Level.UNKNOWN}
    assert ReasonCode.MENTIONS_SCAM in codes(verdict)
    assert verdict.scenario is None


def test_the_most_severe_row_gives_the_level_and_names_what_it_is_about() -> None:
    observables = make_observables(
        numbers=(make_seen("+84530000999"), make_seen()), assessment=make_assessment(suspicious=True)
    )
    verdict = decided(observables, make_candidates(indicators=(make_indicator(),)))
    assert verdict.level is Level.CONFIRMED_SCAM
    assert verdict.about.key == "+84530000113"
    levels = {finding.about.key: finding.level for finding in verdict.findings}
    assert levels == {
        "+84530000999": Level.UNKNOWN,
        "+84530000113": Level.CONFIRMED_SCAM,
        "": Level.SUSPICIOUS,
    }


# Row 3: possible match.


def test_a_confirmed_account_without_its_bank_is_a_possible_match() -> None:
    observables = make_observables(accounts=(make_account(bin_=None, bank=None),))
    confirmed = make_indicator("970436:0530000113", IdentifierKind.BANK_ACCOUNT)
    verdict = decided(observables, make_candidates(indicators=(confirmed,)))
    assert verdict.level is Level.SUSPICIOUS
    assert codes(verdict) == {ReasonCode.POSSIBLE_MATCH}


def test_the_same_number_at_another_bank_is_no_match() -> None:
    observables = make_observables(accounts=(make_account(bin_="970415", bank="VietinBank"),))
    confirmed = make_indicator("970436:0530000113", IdentifierKind.BANK_ACCOUNT)
    verdict = decided(observables, make_candidates(indicators=(confirmed,)))
    assert verdict.level is Level.UNKNOWN


@pytest.mark.parametrize("key", ["+84773893472", "+842973893472"])
def test_a_reading_of_an_ambiguous_number_is_at_most_a_possible_match(key: str) -> None:
    seen = make_seen("+84773893472", others=("+842973893472",))
    verdict = decided(make_observables(numbers=(seen,)), make_candidates(indicators=(make_indicator(key),)))
    assert verdict.level is Level.SUSPICIOUS
    assert {ReasonCode.POSSIBLE_MATCH, ReasonCode.TWO_READINGS} <= codes(verdict)


# Row 4: temporary warning, forged display.


def test_a_temporary_warning_is_suspicious() -> None:
    warned = make_indicator(status=IndicatorStatus.TEMPORARY_WARNING)
    observables = make_observables(numbers=(make_seen("+84530000999"), make_seen()))
    verdict = decided(observables, make_candidates(indicators=(warned,)))
    assert verdict.level is Level.SUSPICIOUS
    assert codes(verdict) == {ReasonCode.TEMPORARY_WARNING}


def test_a_display_that_nothing_can_dial_from_is_suspicious() -> None:
    verdict = decided(
        make_observables(numbers=(make_seen("+84692348560", PhoneKind.POLICE_DEFENCE, forged=True),))
    )
    assert (verdict.level, codes(verdict)) == (Level.SUSPICIOUS, {ReasonCode.FORGED_DISPLAY})


@pytest.mark.parametrize(("voice", "level"), [(Voice.CALL, Level.SUSPICIOUS), (Voice.UNKNOWN, Level.UNKNOWN)])
def test_an_eleven_digit_mobile_is_forged_only_when_it_called(voice: Voice, level: Level) -> None:
    assessment = replace(make_assessment(), voice=voice)
    seen = make_seen("+84396123456", converted_from="01696123456")
    verdict = decided(make_observables(numbers=(seen,), assessment=assessment))
    assert verdict.level is level
    assert ReasonCode.OLD_NOTATION in codes(verdict)


def test_digits_in_a_range_that_no_telephone_has_are_a_forged_display() -> None:
    verdict = decided(make_observables("0502350546", malformed=("0502350546", "0912")))
    assert verdict.level is Level.SUSPICIOUS
    assert codes(verdict) == {ReasonCode.FORGED_DISPLAY, ReasonCode.MALFORMED_NUMBER}


# Row 5: imitation.


@pytest.mark.parametrize(
    ("how", "claimed", "alarming", "level"),
    [
        ("foreign_tail", False, False, Level.SUSPICIOUS),
        ("swapped_prefix", False, False, Level.SUSPICIOUS),
        ("near_miss", False, False, Level.UNKNOWN),
        ("near_miss", True, False, Level.SUSPICIOUS),
        ("near_miss", False, True, Level.SUSPICIOUS),
    ],
)
def test_imitation_counts_by_how_it_is_done_and_by_what_is_said(
    how: str, claimed: bool, alarming: bool, level: Level
) -> None:
    observables = make_observables(
        numbers=(make_seen("+842610001235", PhoneKind.LANDLINE),),
        claims=(make_claim(),) if claimed else (),
        assessment=make_assessment(alarming=alarming),
    )
    candidates = replace(make_candidates(), imitations=(Imitation("+842610001235", make_contact(), how),))
    verdict = decided(observables, candidates)
    assert verdict.level is level
    assert ReasonCode.IMITATES_OFFICIAL in codes(verdict)


def test_a_near_miss_inside_a_warning_is_only_a_reason() -> None:
    observables = make_observables(
        numbers=(make_seen("+842610001235"),),
        claims=(make_claim(),),
        assessment=make_assessment(warning=True),
    )
    candidates = replace(
        make_candidates(), imitations=(Imitation("+842610001235", make_contact(), "near_miss"),)
    )
    assert decided(observables, candidates).level is Level.UNKNOWN


@pytest.mark.parametrize(("warning", "level"), [(False, Level.SUSPICIOUS), (True, Level.UNKNOWN)])
def test_a_link_dressed_up_as_an_official_site_is_suspicious_outside_a_warning(
    warning: bool, level: Level
) -> None:
    link = make_link("vneid-vi-du.example", imitates="vneid.gov.vn")
    verdict = decided(
        make_observables(links=(link, make_link()), assessment=make_assessment(warning=warning))
    )
    assert verdict.level is level


# Row 6: contradictions.


def test_a_number_approved_for_somebody_else_contradicts_the_claim() -> None:
    school_contact = make_contact()
    observables = make_observables(
        numbers=(make_seen("+842610001234"),), claims=(make_claim(OwnerKind.POLICE),)
    )
    verdict = decided(observables, make_candidates(contacts=(school_contact,)))
    assert verdict.level is Level.SUSPICIOUS
    assert ReasonCode.CLAIM_CONTRADICTED in codes(verdict)


@pytest.mark.parametrize(
    ("claim", "owner", "named", "contradicted"),
    [
        (make_claim(OwnerKind.SCHOOL), make_owner(), (), False),
        (make_claim(OwnerKind.SCHOOL), make_owner(), ("s1",), False),
        (make_claim(OwnerKind.SCHOOL), make_owner(), ("s2",), True),
        (make_claim(OwnerKind.BANK, key="970415"), make_owner(OwnerKind.BANK, "970415"), (), False),
        (make_claim(OwnerKind.BANK, key="970436"), make_owner(OwnerKind.BANK, "970415"), (), True),
        (make_claim(OwnerKind.BANK), make_owner(OwnerKind.BANK, "970415"), (), False),
        (
            make_claim(OwnerKind.HOSPITAL, "vi du"),
            make_owner(OwnerKind.HOSPITAL, "h", short_name="Ví Dụ"),
            (),
            False,
        ),
        (make_claim(OwnerKind.POLICE), make_owner(OwnerKind.POLICE, "p"), (), False),
        (make_claim(OwnerKind.BANK), make_owner(OwnerKind.POLICE, "p"), (), True),
        (make_claim(OwnerKind.RELATIVE), make_owner(OwnerKind.POLICE, "p"), (), False),
    ],
)
def test_a_claim_is_contradicted_only_by_a_contact_of_another_owner(
    claim: object, owner: object, named: tuple[str, ...], contradicted: bool
) -> None:
    contact = make_contact(owner=owner)  # type: ignore[arg-type]
    schools = tuple(SchoolCandidate(make_school(id_), 90) for id_ in named)
    observables = make_observables(numbers=(make_seen("+842610001234"),), claims=(claim,))  # type: ignore[arg-type]
    verdict = decided(observables, make_candidates(contacts=(contact,), schools=schools))
    assert (ReasonCode.CLAIM_CONTRADICTED in codes(verdict)) is contradicted


def test_a_short_number_contradicts_nothing() -> None:
    contact = make_contact("short:113", owner=make_owner(OwnerKind.POLICE, "national"))
    observables = make_observables(numbers=(make_seen("short:113", PhoneKind.SHORT),), claims=(make_claim(),))
    assert ReasonCode.CLAIM_CONTRADICTED not in codes(
        decided(observables, make_candidates(contacts=(contact,)))
    )


@pytest.mark.parametrize(
    ("own_account", "contradicted"), [("970436:111", True), ("970436:0530000113", False), (None, False)]
)
def test_an_account_that_is_none_of_the_schools_own_is_suspicious(
    own_account: str | None, contradicted: bool
) -> None:
    own = (make_contact(own_account, kind=IdentifierKind.BANK_ACCOUNT),) if own_account else ()
    school = SchoolCandidate(make_school(), 100, full=True)
    observables = make_observables(accounts=(make_account(),), claims=(make_claim(),))
    verdict = decided(observables, make_candidates(owner_contacts=own, schools=(school,)))
    assert (ReasonCode.NOT_ITS_ACCOUNT in codes(verdict)) is contradicted


def test_a_number_missing_from_the_schools_list_is_only_a_reason() -> None:
    school = SchoolCandidate(make_school(), 100, full=True)
    observables = make_observables(
        numbers=(make_seen(), make_seen("short:113", PhoneKind.SHORT)), claims=(make_claim(),)
    )
    verdict = decided(observables, make_candidates(owner_contacts=(make_contact(),), schools=(school,)))
    assert verdict.level is Level.UNKNOWN
    assert [reason.code for reason in verdict.reasons] == [ReasonCode.NOT_ON_ITS_LIST]


def test_a_school_without_a_list_gives_no_such_reason() -> None:
    school = SchoolCandidate(make_school(), 100, full=True)
    observables = make_observables(numbers=(make_seen(),), claims=(make_claim(),))
    verdict = decided(observables, make_candidates(schools=(school,)))
    assert ReasonCode.NOT_ON_ITS_LIST not in codes(verdict)


@pytest.mark.parametrize(
    ("claims", "warning", "level"),
    [
        ((make_claim(OwnerKind.POLICE),), False, Level.SUSPICIOUS),
        ((), False, Level.UNKNOWN),
        ((make_claim(OwnerKind.POLICE),), True, Level.UNKNOWN),
    ],
)
def test_a_foreign_number_is_suspicious_only_with_a_vietnamese_claim(
    claims: tuple[object, ...], warning: bool, level: Level
) -> None:
    seen = make_seen("+85512345678", PhoneKind.FOREIGN, country="KH")
    observables = make_observables(
        numbers=(seen, make_seen()),
        claims=claims,
        assessment=make_assessment(warning=warning),  # type: ignore[arg-type]
    )
    verdict = decided(observables)
    assert verdict.level is level
    assert ReasonCode.FOREIGN_NUMBER in codes(verdict)


# Rows 7 and 8: words.


def test_a_known_script_is_suspicious_and_lends_its_scenario() -> None:
    script = ScriptCandidate(make_script(Scenario.PARCEL), 92.0)
    verdict = decided(make_observables(), replace(make_candidates(), scripts=(script,)))
    assert (verdict.level, verdict.scenario) == (Level.SUSPICIOUS, Scenario.PARCEL)
    assert ReasonCode.KNOWN_SCRIPT in codes(verdict)


def test_a_script_inside_a_warning_is_not_held_against_it() -> None:
    script = ScriptCandidate(make_script(), 92.0)
    observables = make_observables(assessment=make_assessment(warning=True))
    verdict = decided(observables, replace(make_candidates(), scripts=(script,)))
    assert verdict.level is Level.UNKNOWN


def test_the_signs_that_decided_are_told_once_each_heaviest_first() -> None:
    signs = (
        Sign("emergency", 1.0, reason="sign_emergency"),
        Sign("account", 3.0, reason="sign_private_account"),
        Sign("hurt", 2.0, reason="sign_emergency"),
        Sign("inner", 9.0),
    )
    assessment = replace(make_assessment(suspicious=True), signs=signs)
    verdict = decided(make_observables(assessment=assessment))
    assert [reason.code for reason in verdict.reasons] == [
        ReasonCode.SCENARIO,
        ReasonCode.SIGN_PRIVATE_ACCOUNT,
        ReasonCode.SIGN_EMERGENCY,
    ]


def test_an_emergency_without_an_ask_is_the_early_stage() -> None:
    verdict = decided(make_observables(assessment=make_assessment(early_stage=True)))
    assert (verdict.level, verdict.early_stage) == (Level.SUSPICIOUS, True)


def test_a_full_scenario_is_not_the_early_stage() -> None:
    verdict = decided(make_observables(assessment=make_assessment(suspicious=True, early_stage=True)))
    assert (verdict.level, verdict.early_stage) == (Level.SUSPICIOUS, False)


# Row 9: official.


def test_identifiers_of_one_owner_are_official_and_the_display_can_be_forged() -> None:
    link = make_contact("truong-vi-du.example", kind=IdentifierKind.LINK)
    observables = make_observables(
        numbers=(make_seen("+842610001234"), make_seen("short:113", PhoneKind.SHORT)),
        links=(make_link("truong-vi-du.example"),),
    )
    verdict = decided(observables, make_candidates(contacts=(make_contact(), link)))
    assert verdict.level is Level.OFFICIAL
    assert ReasonCode.CALLER_ID_CAN_BE_FORGED in codes(verdict)
    assert verdict.findings[0].level is Level.OFFICIAL


@pytest.mark.parametrize("alarming", [True, False])
def test_an_official_number_never_makes_an_alarming_text_harmless(alarming: bool) -> None:
    observables = make_observables(
        numbers=(make_seen("+842610001234"),), assessment=make_assessment(alarming=alarming)
    )
    verdict = decided(observables, make_candidates(contacts=(make_contact(),)))
    assert (verdict.level is Level.OFFICIAL) is not alarming
    assert ReasonCode.MATCHES_OFFICIAL in codes(verdict)


def test_an_unknown_number_beside_an_official_one_is_unknown() -> None:
    observables = make_observables(numbers=(make_seen("+842610001234"), make_seen()))
    assert decided(observables, make_candidates(contacts=(make_contact(),))).level is Level.UNKNOWN


def test_numbers_of_two_owners_are_not_official() -> None:
    other = make_contact("+842610009999", owner=make_owner(id_="s2"))
    observables = make_observables(numbers=(make_seen("+842610001234"), make_seen("+842610009999")))
    assert decided(observables, make_candidates(contacts=(make_contact(), other))).level is Level.UNKNOWN


def test_short_numbers_alone_are_unknown() -> None:
    observables = make_observables(numbers=(make_seen("short:113", PhoneKind.SHORT),))
    verdict = decided(observables)
    assert (verdict.level, codes(verdict)) == (Level.UNKNOWN, {ReasonCode.ONLY_SHORT_CODES})


# Rows 10 and 11.


@pytest.mark.parametrize("text", ["", "   ", "😀😀", "?!…"])
def test_nothing_readable_cannot_be_checked(text: str) -> None:
    verdict = decided(make_observables(text))
    assert (verdict.level, codes(verdict)) == (Level.CANNOT_CHECK, {ReasonCode.NOTHING_READABLE})


def test_a_number_that_cannot_be_read_is_asked_for_again() -> None:
    verdict = decided(make_observables("09123456", malformed=("09123456",)))
    assert (verdict.level, codes(verdict)) == (Level.CANNOT_CHECK, {ReasonCode.MALFORMED_NUMBER})


def test_odd_digits_in_a_long_text_do_not_hide_what_it_says() -> None:
    verdict = decided(make_observables(" ".join(["chu"] * 20), malformed=("09123456",)))
    assert verdict.level is Level.UNKNOWN


def test_nothing_found_is_unknown_and_says_so() -> None:
    verdict = decided(make_observables(accounts=(make_account(),)))
    assert (verdict.level, codes(verdict)) == (Level.UNKNOWN, {ReasonCode.NOTHING_FOUND})


def test_what_the_numbering_plan_knows_is_a_reason_only() -> None:
    observables = make_observables(
        numbers=(make_seen("+881612345678", PhoneKind.SATELLITE, country="001"), make_seen(unusual=True)),
        links=(make_link(odd=("shortener",)),),
    )
    verdict = decided(observables)
    assert verdict.level is Level.UNKNOWN
    assert codes(verdict) == {
        ReasonCode.SATELLITE_NUMBER,
        ReasonCode.UNUSUAL_NUMBER,
        ReasonCode.DOUBTFUL_LINK,
    }


def test_the_same_case_gives_the_same_verdict() -> None:
    observables = make_observables(numbers=(make_seen(),), assessment=make_assessment(suspicious=True))
    assert decided(observables) == decided(observables)


def test_every_check_shows_113() -> None:
    for observables in (make_observables(), make_observables(assessment=make_assessment(suspicious=True))):
        assert Role.POLICE_113 in {shown.role for shown in decided(observables).routing.contacts}


def test_up_to_twelve_words_a_number_that_cannot_be_read_is_what_the_message_is_about() -> None:
    twelve, thirteen = (" ".join(["chu"] * count) for count in (12, 13))
    assert decided(make_observables(twelve, malformed=("09123",))).level is Level.CANNOT_CHECK
    assert decided(make_observables(thirteen, malformed=("09123",))).level is Level.UNKNOWN


@pytest.mark.parametrize("also", ["account", "link", "both"])
def test_a_short_number_beside_an_account_or_a_link_is_not_all_there_is(also: str) -> None:
    observables = make_observables(
        numbers=(make_seen("short:113", PhoneKind.SHORT),),
        accounts=(make_account(),) if also != "link" else (),
        links=(make_link(),) if also != "account" else (),
    )
    assert ReasonCode.ONLY_SHORT_CODES not in codes(decided(observables))


# What a verdict carries besides its level.


def test_a_verdict_carries_what_was_seen_and_how_it_reached_the_parent() -> None:
    observables = make_observables(assessment=replace(make_assessment(), voice=Voice.CALL))
    verdict = decided(observables)
    assert verdict.observables is observables
    assert (verdict.voice, verdict.lists_available) == (Voice.CALL, True)


def test_a_headline_is_about_the_first_identifier_or_the_text() -> None:
    assert decided(make_observables(numbers=(make_seen(),))).about.key == make_seen().number.key
    assert decided(make_observables()).about == THE_TEXT
    assert decided(make_observables("😀")).about == THE_TEXT


def test_a_level_or_missing_records_make_every_message_a_check() -> None:
    greeting, confirmed = make_observables("xin chao"), make_indicator()
    assert decided(greeting).intent is Intent.TALK
    assert decide(greeting, None, asker=NOBODY, now=NOW).intent is Intent.CHECK
    listed = replace(greeting, numbers=(make_seen(),), text=make_observables("cua ai").text)
    assert decided(listed).intent is Intent.LOOK_UP
    assert decided(listed, make_candidates(indicators=(confirmed,))).intent is Intent.CHECK


def test_the_contacts_fit_the_scenario() -> None:
    kidnapped = make_observables(assessment=make_assessment(suspicious=True, scenario=Scenario.KIDNAP_ONLINE))
    assert Role.CHILD_HELPLINE_111 in {shown.role for shown in decided(kidnapped).routing.contacts}
    early = make_assessment(early_stage=True, scenario=Scenario.CHILD_EMERGENCY)
    assert decided(make_observables(assessment=early)).scenario is Scenario.CHILD_EMERGENCY


def test_the_matched_contact_comes_first_only_where_everything_is_official() -> None:
    contact = make_contact("+842610001234", owner=make_owner(OwnerKind.AGENCY, "a"))
    number = make_seen("+842610001234", PhoneKind.LANDLINE)
    known = make_candidates(contacts=(contact,))
    official = decided(make_observables(numbers=(number,)), known)
    assert official.level is Level.OFFICIAL
    assert official.routing.contacts[0].contact == contact
    warned = replace(known, indicators=(make_indicator(number.number.key),))
    listed = decided(make_observables(numbers=(number,)), warned)
    assert contact not in [shown.contact for shown in listed.routing.contacts]


def test_a_finding_has_the_worst_level_and_all_reasons_of_its_identifier() -> None:
    key = make_seen().number.key
    both = make_candidates(
        indicators=(make_indicator(), make_indicator(status=IndicatorStatus.TEMPORARY_WARNING))
    )
    (number, text) = decided(make_observables(numbers=(make_seen(),)), both).findings
    assert (number.about.key, number.level, text.level) == (key, Level.CONFIRMED_SCAM, Level.UNKNOWN)
    assert [reason.code for reason in number.reasons] == [
        ReasonCode.CONFIRMED_INDICATOR,
        ReasonCode.TEMPORARY_WARNING,
    ]


def test_only_the_identifiers_that_match_are_found_official() -> None:
    number = make_seen("+842610001234", PhoneKind.LANDLINE)
    known = make_candidates(contacts=(make_contact("+842610001234"),))
    (found, text) = decided(make_observables(numbers=(number,)), known).findings
    assert (found.level, text.level) == (Level.OFFICIAL, Level.UNKNOWN)
    (first, second, _) = decided(make_observables(numbers=(number, make_seen())), known).findings
    assert (first.level, second.level) == (Level.UNKNOWN, Level.UNKNOWN)
