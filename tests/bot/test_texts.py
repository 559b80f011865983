"""Every sentence exists in both languages, fits, and claims nothing that nobody can know."""

import re
import unicodedata
from hashlib import sha256

import pytest

from bot.replies import HEADLINE_LIMIT, SAID
from bot.texts import FactMissing, TextMissing, Texts, load
from bot.texts.load import placeholders
from scamcheck.reasons import AboutKind, Level, ReasonCode
from scamcheck.red_flags import Scenario, Voice
from scamcheck.routing import Role

VI = load("vi")
EN = load("en")
LANGUAGES = pytest.mark.parametrize("texts", [VI, EN], ids=["vi", "en"])

LONGEST = {
    "thing": "Đường dẫn " + "w" * 48,
    "it": "đường dẫn " + "w" * 48,
    "shown": "0912 ••• 678",
    "unit": "Phòng An ninh mạng và phòng, chống tội phạm sử dụng công nghệ cao Công",
    "date": "24/11/2026",
    "owner": "Trường Phổ thông dân tộc nội trú Trung học cơ sở và Trung học phổ thông",
    "school": "Trường Phổ thông dân tộc nội trú Trung học cơ sở và Trung học phổ thông, xã Quảng Trực",
}


@pytest.mark.parametrize("key", sorted({*VI, *EN}))
def test_each_sentence_is_said_in_both_languages(key: str) -> None:
    assert key in VI
    assert key in EN


@pytest.mark.parametrize("key", sorted(VI))
def test_a_translation_needs_no_facts_that_the_original_does_not_have(key: str) -> None:
    ours = [placeholders(template) for template in VI.templates(key)]
    theirs = [placeholders(template) for template in EN.templates(key)]
    assert theirs == ours


@LANGUAGES
def test_every_level_reason_scenario_and_role_has_words(texts: Texts) -> None:
    assert all(f"level.{level.value}" in texts for level in Level)
    assert all(f"scenario.{scenario.value}" in texts for scenario in Scenario)
    assert all(f"steps.scenario.{scenario.value}" in texts for scenario in Scenario)
    assert all(f"steps.first.{voice.value}" in texts for voice in Voice)
    assert all(f"role.{role.value}" in texts for role in Role)
    assert all(f"thing.{kind.value}" in texts for kind in AboutKind)
    for code in ReasonCode:
        by_kind = all(f"reason.{code.value}.{kind.value}" in texts for kind in AboutKind)
        assert f"reason.{code.value}" in texts or by_kind


@LANGUAGES
def test_every_reason_can_be_said_knowing_only_what_it_is_about(texts: Texts) -> None:
    for key in texts:
        if key.startswith("reason."):
            assert placeholders(texts.templates(key)[-1]) <= {"thing", "it"}


@LANGUAGES
def test_every_headline_can_be_said_knowing_nothing(texts: Texts) -> None:
    assert all(not placeholders(texts.templates(key)[-1]) for key in texts if key.startswith("headline."))


@LANGUAGES
def test_every_headline_has_a_way_to_fit(texts: Texts) -> None:
    for key in texts:
        if key.startswith("headline."):
            said = texts.first_fitting(key, LONGEST, HEADLINE_LIMIT)
            assert len(said) <= HEADLINE_LIMIT
            assert not said.endswith("…"), said


@LANGUAGES
def test_choices_fit_a_button_and_their_tokens_a_callback(texts: Texts) -> None:
    for key in texts:
        if key.startswith("choice.") and "{" not in texts.templates(key)[0]:
            assert len(texts.get(key)) <= 40, key
    assert all(len(f"said:{said}".encode()) <= 64 for said in SAID)


CLAIMS_SAFETY = re.compile(
    r"\b(an toàn|yên tâm|tin cậy|đáng tin|vô hại|chính chủ|safe|harmless|trustworthy|genuine|reliable)\b",
    re.IGNORECASE,
)
ALLOWED = ("không có nghĩa là an toàn", "does not mean it is safe")


@LANGUAGES
def test_no_sentence_claims_that_anything_is_harmless(texts: Texts) -> None:
    for key in texts:
        for template in texts.templates(key):
            said = template
            for allowed in ALLOWED:
                said = said.replace(allowed, "")
            assert not CLAIMS_SAFETY.search(said), key


@LANGUAGES
def test_the_answer_that_nothing_is_known_says_what_that_does_not_mean(texts: Texts) -> None:
    assert all(
        any(allowed in template for allowed in ALLOWED) for template in texts.templates("headline.unknown")
    )


@LANGUAGES
def test_sentences_are_calm_and_carry_no_green_mark(texts: Texts) -> None:
    for key in texts:
        for template in texts.templates(key):
            assert "!" not in template, key
            assert not set(template) & set("✅✔🟢☑"), key
            assert unicodedata.normalize("NFC", template) == template, key
            assert template.strip() == template, key


def test_each_verdict_headline_starts_with_the_words_of_its_level() -> None:
    starts = {
        "headline.confirmed": "⛔ ĐỪNG CHUYỂN TIỀN",
        "headline.official_number": "☎️ CÚP MÁY, TỰ BẤM GỌI LẠI",
        "headline.unknown": "❔ CHƯA CÓ THÔNG TIN",
        "headline.cannot_check": "🔧 CHƯA KIỂM TRA ĐƯỢC",
        "headline.early": "⚠️ GIỐNG BƯỚC ĐẦU CỦA MỘT VỤ LỪA",
    }
    for key, start in starts.items():
        assert all(template.startswith(start) for template in VI.templates(key))


def test_a_missing_sentence_is_an_error() -> None:
    with pytest.raises(TextMissing):
        VI.get("headline.nowhere")


def test_a_missing_fact_is_an_error() -> None:
    with pytest.raises(FactMissing):
        VI.get("report.filed")
    with pytest.raises(FactMissing):
        VI.first_fitting("report.filed", {})


def test_the_most_telling_sentence_whose_facts_are_known_is_said() -> None:
    said = VI.first_fitting("reason.foreign_number", {"thing": "Số +855 ••• 78", "country": "Campuchia"})
    assert "Campuchia" in said
    assert "(" not in VI.first_fitting("reason.foreign_number", {"thing": "Số +855 ••• 78"})


def test_what_fits_nowhere_is_cut_and_says_so() -> None:
    assert VI.first_fitting("talk.thanks", {}, 12).endswith("…")


def test_braces_in_a_fact_stay_text() -> None:
    assert VI.get("report.filed", code="{thing}").endswith("{thing}")


def test_a_language_we_do_not_speak_gets_vietnamese() -> None:
    assert load("fr").language == "vi"


CONSENT_TEXTS = {"2026-11-b": "8d70335118529a09"}


def test_the_consent_text_has_a_version_and_a_changed_text_a_new_one() -> None:
    asked = "\n".join((VI.get("report.ask"), *VI.lines("report.consent")))
    version = VI.get("report.consent_version")
    assert EN.get("report.consent_version") == version
    assert CONSENT_TEXTS[version] == sha256(asked.encode()).hexdigest()[:16]
