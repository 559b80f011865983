"""Each reason is true of what it is said about: beside an input that has it stands a near one that must not."""

from dataclasses import replace

import pytest

from scamcheck.claims import OwnerKind
from scamcheck.knowledge import (
    NOBODY,
    Candidates,
    IdentifierKind,
    Imitation,
    IndicatorStatus,
    SchoolCandidate,
    ScriptCandidate,
)
from scamcheck.observables import Observables
from scamcheck.phone import PhoneKind
from scamcheck.reasons import ReasonCode
from scamcheck.red_flags import Scenario, Sign, Voice
from scamcheck.verdict import Verdict, decide
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
    make_school,
    make_script,
    make_seen,
)

Code = ReasonCode
Input = tuple[Observables, Candidates | None]
EMPTY = make_candidates()
MOBILE = make_seen()
BANKLESS = make_account(bin_=None, bank=None)
HOTLINE = make_contact(MOBILE.number.key)
ACCOUNT = make_contact("970436:0530000113", kind=IdentifierKind.BANK_ACCOUNT)
CONFIRMED = make_candidates(indicators=(make_indicator(),))
CONFIRMED_ACCOUNT = make_candidates(
    indicators=(make_indicator("970436:0530000113", IdentifierKind.BANK_ACCOUNT),)
)
WARNED = make_candidates(indicators=(make_indicator(status=IndicatorStatus.TEMPORARY_WARNING),))
APPROVED = make_candidates(contacts=(HOTLINE, ACCOUNT))
ABROAD = make_seen("+85512345678", PhoneKind.FOREIGN, country="KH")
SATELLITE = make_seen("+881612345678", PhoneKind.SATELLITE, country="001")
SCHOOL = SchoolCandidate(make_school(), 100, full=True)
ITS_NUMBERS = make_candidates(schools=(SCHOOL,), owner_contacts=(make_contact(),))
ITS_ACCOUNT = make_candidates(
    schools=(SCHOOL,), owner_contacts=(make_contact("970436:1", kind=IdentifierKind.BANK_ACCOUNT),)
)
SCRIPT = replace(EMPTY, scripts=(ScriptCandidate(make_script(), 90),))
NEAR = replace(EMPTY, imitations=(Imitation(MOBILE.number.key, make_contact("+84530000114"), "near_miss"),))
EMERGENCY = make_assessment(suspicious=True)
WARNING = make_assessment(warning=True)


def numbers(*seen: object, **more: object) -> Observables:
    return make_observables(numbers=seen, **more)  # type: ignore[arg-type]


def signed(reason: str, **more: object) -> Observables:
    assessment = replace(EMERGENCY, signs=(Sign("any", 1.0, reason=reason),))
    return make_observables(assessment=assessment, **more)  # type: ignore[arg-type]


SAID = make_claim()
HAS_AND_HAS_NOT: dict[ReasonCode, tuple[Input, Input]] = {
    Code.LISTS_UNAVAILABLE: ((numbers(MOBILE), None), (numbers(MOBILE), EMPTY)),
    Code.CONFIRMED_INDICATOR: (
        (numbers(MOBILE), CONFIRMED),
        (numbers(make_seen(others=("+842973893472",))), CONFIRMED),  # it may be another number altogether
    ),
    Code.POSSIBLE_MATCH: (
        (make_observables(accounts=(BANKLESS,)), CONFIRMED_ACCOUNT),
        (make_observables(accounts=(make_account(bin_="970415"),)), CONFIRMED_ACCOUNT),
    ),
    Code.TEMPORARY_WARNING: ((numbers(MOBILE), WARNED), (numbers(MOBILE), CONFIRMED)),
    Code.FORGED_DISPLAY: (
        (numbers(make_seen(forged=True)), EMPTY),
        (numbers(make_seen("+84396123456", converted_from="01696123456")), EMPTY),  # printed, it did not call
    ),
    Code.IMITATES_OFFICIAL: ((numbers(MOBILE), NEAR), (numbers(MOBILE), APPROVED)),
    Code.CLAIM_CONTRADICTED: (
        (numbers(MOBILE, claims=(make_claim(OwnerKind.BANK),)), APPROVED),
        (numbers(MOBILE, claims=(SAID,)), APPROVED),
    ),
    Code.NOT_ITS_ACCOUNT: (
        (make_observables(accounts=(make_account(),)), ITS_ACCOUNT),
        (make_observables(accounts=(make_account(),)), ITS_NUMBERS),  # it has no account to compare with
    ),
    Code.NOT_ON_ITS_LIST: (
        (numbers(MOBILE, claims=(SAID,)), ITS_NUMBERS),
        # "Teachers use their own phones" is nothing to say of a number that police confirmed.
        (numbers(MOBILE, claims=(SAID,)), replace(ITS_NUMBERS, indicators=(make_indicator(),))),
    ),
    Code.KNOWN_SCRIPT: ((make_observables(), SCRIPT), (make_observables(assessment=WARNING), SCRIPT)),
    Code.SCENARIO: (
        (make_observables(assessment=EMERGENCY), EMPTY),
        (make_observables(assessment=replace(EMERGENCY, warning=True)), EMPTY),
    ),
    Code.EARLY_STAGE: (
        (make_observables(assessment=make_assessment(early_stage=True)), EMPTY),
        (make_observables(assessment=EMERGENCY), EMPTY),
    ),
    Code.FOREIGN_CLAIMS_VIETNAM: (
        (numbers(ABROAD, claims=(SAID,)), EMPTY),
        (numbers(ABROAD, claims=(make_claim(OwnerKind.RELATIVE),)), EMPTY),
    ),
    Code.FOREIGN_NUMBER: ((numbers(ABROAD), EMPTY), (numbers(SATELLITE), EMPTY)),
    Code.SATELLITE_NUMBER: ((numbers(SATELLITE), EMPTY), (numbers(ABROAD), EMPTY)),
    Code.IMITATING_LINK: (
        (make_observables(links=(make_link(imitates="vneid.gov.vn"),)), EMPTY),
        (make_observables(links=(make_link(imitates="vneid.gov.vn"),), assessment=WARNING), EMPTY),
    ),
    Code.DOUBTFUL_LINK: (
        (make_observables(links=(make_link(odd=("shortener",)),)), EMPTY),
        (make_observables(links=(make_link(odd=("shortener",), imitates="vneid.gov.vn"),)), EMPTY),
    ),
    Code.MENTIONS_SCAM: (
        (make_observables(assessment=WARNING), EMPTY),
        (make_observables(assessment=EMERGENCY), EMPTY),
    ),
    Code.MATCHES_OFFICIAL: ((numbers(MOBILE), APPROVED), (numbers(MOBILE), ITS_NUMBERS)),
    Code.CALLER_ID_CAN_BE_FORGED: (
        (numbers(MOBILE), APPROVED),
        (make_observables(accounts=(make_account(),)), APPROVED),  # an account is on no display
    ),
    Code.ONLY_SHORT_CODES: (
        (numbers(make_seen("short:113", PhoneKind.SHORT)), EMPTY),
        (numbers(make_seen("short:113", PhoneKind.SHORT), MOBILE), EMPTY),
    ),
    Code.OLD_NOTATION: (
        (numbers(make_seen("+84396123456", converted_from="01696123456")), EMPTY),
        (numbers(MOBILE), EMPTY),
    ),
    Code.TWO_READINGS: (
        (numbers(make_seen(others=("+842973893472",))), EMPTY),
        (numbers(make_seen("+84396123456", converted_from="01696123456")), EMPTY),
    ),
    Code.UNUSUAL_NUMBER: ((numbers(make_seen(unusual=True)), EMPTY), (numbers(MOBILE), EMPTY)),
    Code.PAID_NUMBER: (
        (numbers(make_seen("+8419001234", PhoneKind.PAID)), EMPTY),
        # Its owner is known: that any company can rent one would only confuse.
        (
            numbers(make_seen("+8419001234", PhoneKind.PAID)),
            make_candidates(contacts=(make_contact("+8419001234"),)),
        ),
    ),
    Code.TOLL_FREE_NUMBER: (
        (numbers(make_seen("+8418001234", PhoneKind.TOLL_FREE)), EMPTY),
        (numbers(make_seen("+8419001234", PhoneKind.PAID)), EMPTY),
    ),
    Code.POLICE_RANGE: (
        (numbers(make_seen("+84692348560", PhoneKind.POLICE_DEFENCE)), EMPTY),
        (numbers(make_seen("+84692348560", PhoneKind.POLICE_DEFENCE, forged=True)), EMPTY),
    ),
    Code.MALFORMED_NUMBER: (
        (make_observables("09123", malformed=("09123",)), EMPTY),
        (make_observables("0502350546", malformed=("0502350546",)), EMPTY),  # ten digits, none missing
    ),
    Code.NOTHING_FOUND: ((numbers(MOBILE), EMPTY), (numbers(MOBILE), CONFIRMED)),
    Code.NOTHING_READABLE: (
        (make_observables("😀"), EMPTY),
        (make_observables("09123", malformed=("09123",)), EMPTY),
    ),
    Code.SIGN_STRANGER: (
        (signed("sign_stranger", numbers=(MOBILE,)), EMPTY),
        (signed("sign_stranger", numbers=(MOBILE,)), APPROVED),
    ),
    Code.SIGN_PRIVATE_ACCOUNT: (
        (signed("sign_private_account", accounts=(make_account(),)), EMPTY),
        (signed("sign_private_account", accounts=(make_account(),)), APPROVED),
    ),
} | {
    code: ((signed(code.value), EMPTY), (make_observables(assessment=WARNING), EMPTY))
    for code in ReasonCode
    if code.value.startswith("sign_") and code not in {Code.SIGN_STRANGER, Code.SIGN_PRIVATE_ACCOUNT}
}


def decided(given: Input) -> Verdict:
    observables, candidates = given
    return decide(observables, candidates, asker=NOBODY, now=NOW)


def codes(given: Input) -> list[ReasonCode]:
    return [reason.code for reason in decided(given).reasons]


def test_every_reason_stands_in_the_table() -> None:
    assert set(HAS_AND_HAS_NOT) == set(ReasonCode)


@pytest.mark.parametrize("code", list(ReasonCode))
def test_a_reason_is_given_where_it_holds_and_not_where_it_merely_nearly_does(code: ReasonCode) -> None:
    has, has_not = HAS_AND_HAS_NOT[code]
    assert code in codes(has)
    assert code not in codes(has_not)


def facts(given: Input, code: ReasonCode) -> dict[str, str]:
    return dict(next(reason.facts for reason in decided(given).reasons if reason.code is code))


@pytest.mark.parametrize(
    ("observables", "kinds"),
    [
        (make_observables(), ["text"]),
        (numbers(MOBILE, make_seen("+84530000999")), ["number"]),
        (make_observables(accounts=(make_account(),), links=(make_link(),)), ["bank_account", "link"]),
        (numbers(MOBILE, make_seen("short:113", PhoneKind.SHORT)), ["number"]),
    ],
)
def test_that_nothing_was_found_is_said_of_each_kind_of_thing_given_and_of_no_other(
    observables: Observables, kinds: list[str]
) -> None:
    verdict = decided((observables, EMPTY))
    assert [reason.about.kind for reason in verdict.reasons if reason.code is Code.NOTHING_FOUND] == kinds


def test_that_nothing_was_found_is_not_said_of_a_number_of_which_something_is_known() -> None:
    verdict = decided((numbers(ABROAD, MOBILE), EMPTY))
    assert [reason.about.key for reason in verdict.reasons if reason.code is Code.NOTHING_FOUND] == [
        MOBILE.number.key
    ]


def test_what_is_left_over_is_not_named_as_a_kind_of_scam() -> None:
    other = make_assessment(suspicious=True, scenario=Scenario.OTHER)
    assert facts((make_observables(assessment=other), EMPTY), Code.SCENARIO) == {}
    assert facts((make_observables(assessment=EMERGENCY), EMPTY), Code.SCENARIO) == {
        "scenario": "child_emergency"
    }


def test_only_of_a_number_that_a_teacher_may_have_at_home_is_it_said_that_teachers_have_their_own() -> None:
    paid = make_seen("+8419001234", PhoneKind.PAID)
    assert set(facts((numbers(MOBILE, claims=(SAID,)), ITS_NUMBERS), Code.NOT_ON_ITS_LIST)) == {"owner"}
    assert set(facts((numbers(paid, claims=(SAID,)), ITS_NUMBERS), Code.NOT_ON_ITS_LIST)) == {"place"}
    alarming = numbers(MOBILE, claims=(SAID,), assessment=make_assessment(alarming=True))
    assert set(facts((alarming, ITS_NUMBERS), Code.NOT_ON_ITS_LIST)) == {"place"}
    assert Code.NOT_ON_ITS_LIST not in codes((numbers(ABROAD, claims=(SAID,)), ITS_NUMBERS))
    forged = make_seen("+84692348560", PhoneKind.POLICE_DEFENCE, forged=True)
    assert Code.NOT_ON_ITS_LIST not in codes((numbers(forged, claims=(SAID,)), ITS_NUMBERS))


def test_the_school_whose_list_it_is_not_on_is_named_as_the_directory_names_it() -> None:
    for name, said in (("Ví Dụ", "TH Ví Dụ"), ("Trường Tiểu học Ví Dụ", "Trường Tiểu học Ví Dụ")):
        known = replace(ITS_NUMBERS, schools=(SchoolCandidate(make_school(name=name), 95),))
        assert facts((numbers(MOBILE, claims=(SAID,)), known), Code.NOT_ON_ITS_LIST)["owner"] == said


def test_a_number_that_none_of_the_schools_of_a_name_has_is_on_none_of_their_lists() -> None:
    both = (SchoolCandidate(make_school(), 95), SchoolCandidate(make_school("s2", name="Khác"), 95))
    candidates = make_candidates(schools=both, owner_contacts=(make_contact(),))
    assert facts((numbers(MOBILE, claims=(SAID,)), candidates), Code.NOT_ON_ITS_LIST) == {}
    its_own = numbers(make_seen("+842610001234", PhoneKind.LANDLINE), claims=(SAID,))
    assert Code.NOT_ON_ITS_LIST not in codes((its_own, candidates))


def test_a_stranger_beside_an_approved_number_is_still_a_stranger() -> None:
    observables = signed("sign_stranger", numbers=(MOBILE, make_seen("+84530000999")))
    assert Code.SIGN_STRANGER in codes((observables, APPROVED))


def test_an_eleven_digit_mobile_that_called_is_a_forged_display() -> None:
    seen = make_seen("+84396123456", converted_from="01696123456")
    called = replace(make_assessment(), voice=Voice.CALL)
    assert Code.FORGED_DISPLAY in codes((numbers(seen, assessment=called), EMPTY))
