"""English messages are judged by a few plain signs; Vietnamese ones are left to the Vietnamese signs."""

import json
from pathlib import Path

import pytest

from scamcheck.claims import OwnerKind
from scamcheck.english import asks_for_contact, is_english, school_asked
from scamcheck.intent import Intent, intent_of
from scamcheck.observables import extract
from scamcheck.red_flags import Scenario, Voice
from scamcheck.text import read

OWN = Path(__file__).parent.parent / "evaluation" / "own"


@pytest.mark.parametrize(
    ("text", "scenario"),
    [
        ("your child had an accident, transfer now", Scenario.CHILD_EMERGENCY),
        ("Your son is in hospital and needs surgery, send 30 million at once", Scenario.CHILD_EMERGENCY),
        ("We have kidnapped your daughter, pay 100 million", Scenario.KIDNAP_ONLINE),
        (
            "This is police officer Nam, there is a warrant for your arrest, do not tell anyone",
            Scenario.POLICE_IMPOSTOR,
        ),
        ("Your bank account has been locked, click this link to verify", Scenario.BANK_IMPOSTOR),
        ("The bank called me and asked me to read the OTP code", Scenario.OTP_THEFT),
        ("You have won a prize, please pay the fee of 2 million", Scenario.PRIZE),
        ("Mom I lost my phone, please transfer 5 million to my friend", Scenario.BORROW_MONEY),
        ("Guaranteed profit for you, please transfer 5 million", Scenario.INVESTMENT),
        ("Please transfer 5 million immediately and tell nobody", Scenario.OTHER),
    ],
)
def test_the_commonest_scams_are_known_by_their_signs(text: str, scenario: Scenario) -> None:
    said = extract(text).assessment
    assert (said.suspicious, said.scenario) == (True, scenario)
    assert any(sign.reason for sign in said.signs)


def test_bad_news_from_a_caller_without_an_ask_is_the_early_stage() -> None:
    said = extract("A man called and said my child is in Cho Ray hospital").assessment
    assert (said.suspicious, said.early_stage, said.voice) == (False, True, Voice.CALL)
    assert said.scenario is Scenario.CHILD_EMERGENCY


@pytest.mark.parametrize(
    "text",
    [
        "My daughter had an accident last week and the hospital was great",
        "Please pay the school fee of 2 million by Friday",
        "Your OTP is 530772. Bank staff never ask for this code. Call the number on your card",
        "Can you tell me what this is about",
        "The teacher will call you tomorrow about your son",
    ],
)
def test_ordinary_messages_are_not_suspicious(text: str) -> None:
    said = extract(text).assessment
    assert (said.suspicious, said.early_stage) == (False, False)


def test_a_warning_about_scams_is_a_warning() -> None:
    said = extract("Beware of scams: never transfer money to a stranger who called you").assessment
    assert (said.warning, said.suspicious, said.alarming) == (True, False, False)
    assert [sign.code for sign in said.counter_signs] == ["en_warns", "en_forbids"]


@pytest.mark.parametrize(
    ("text", "voice"),
    [
        ("someone called me about my account", Voice.CALL),
        ("someone sent me a text message about my account", Voice.MESSAGE),
        ("what is this about, is it real", Voice.UNKNOWN),
    ],
)
def test_how_it_reached_the_parent(text: str, voice: Voice) -> None:
    assert extract(text).assessment.voice is voice


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("what is the number of Ví Dụ Hoa Sen school", True),
        ("is this number real", True),
        ("transfer cho em 500k nhé", False),
        ("ok em, mai gặp nhé", False),
        ("me oi con bi tai nan, chuyen tien cho con", False),
        ("", False),
    ],
)
def test_what_is_english(text: str, english: bool) -> None:
    assert is_english(read(text)) is english


def test_no_vietnamese_text_of_our_own_is_read_as_english() -> None:
    marks = set("ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ")
    rows = (line for path in sorted(OWN.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines())
    # Of two languages in one message either may be called its own.
    texts = [row["text"] for row in map(json.loads, rows) if row["style"] != "mixed_language"]
    wrong = [text for text in texts if marks & set(text.lower()) and is_english(read(text))]
    assert len(texts) > 1000
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "school"),
    [
        ("what is the number of Ví Dụ Hoa Sen primary school", "truong tieu hoc vi du hoa sen"),
        (
            "hotline of Ví Dụ Bằng Lăng secondary school, Đức Lập commune",
            "truong trung hoc co so vi du bang lang duc lap",
        ),
        ("phone number for Ví Dụ Họa Mi kindergarten please", "truong mam non vi du hoa mi"),
        ("số của trường Ví Dụ", ""),
    ],
)
def test_a_school_asked_for_is_written_as_a_vietnamese_parent_would(text: str, school: str) -> None:
    assert school_asked(read(text)) == school


def test_a_question_for_a_number_is_a_look_up_and_a_scam_is_not() -> None:
    assert asks_for_contact(read("what is the phone number of the school"))
    assert intent_of(extract("what is the number of Ví Dụ Hoa Sen school")) is Intent.LOOK_UP
    assert intent_of(extract("how can I contact the police")) is Intent.LOOK_UP
    scam = "your child had an accident, transfer now, what is your account number"
    assert intent_of(extract(scam)) is Intent.CHECK


def test_whom_an_english_text_speaks_of() -> None:
    kinds = [
        claim.kind for claim in extract("The bank and the police said the school hospital did it").claims
    ]
    assert kinds == [OwnerKind.SCHOOL, OwnerKind.HOSPITAL, OwnerKind.POLICE, OwnerKind.BANK]
