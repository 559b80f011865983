"""The same message written differently keeps its level and reasons; more evidence never lowers a level."""

from datetime import UTC, datetime

import pytest

from scamcheck.check import check
from scamcheck.knowledge import IdentifierKind, Indicator
from scamcheck.memory import MemoryKnowledgeBase
from scamcheck.observables import extract
from scamcheck.reasons import Level
from scripts.metamorphic import SAMPLES, broken, main, variations
from tests.builders import make_indicator

NOW = datetime(2026, 11, 24, tzinfo=UTC)
RANK = (Level.OFFICIAL, Level.UNKNOWN, Level.CANNOT_CHECK, Level.SUSPICIOUS, Level.CONFIRMED_SCAM)
CONFIRMED = "0530 990 118"


def confirmed() -> Indicator:
    return make_indicator(kind=IdentifierKind.NUMBER, key="+84530990118")


def test_level_and_reasons_stay_however_a_message_is_written() -> None:
    assert list(broken(160)) == []


def test_variations_are_other_texts_and_the_same_for_the_same_seed() -> None:
    found = list(variations(40))

    assert found == list(variations(40))
    assert sum(text != sample for sample, _, text in found) > 30


def test_the_command_tells_how_many_it_tried(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["8"]) == 0
    assert "8 variations, 0 changed" in capsys.readouterr().out


@pytest.mark.parametrize("prefix", ["Công an cảnh báo: ", "[CẢNH BÁO] ", "Khuyến cáo! ", "TB: "])
def test_words_of_warning_before_a_live_text_do_not_turn_it_off(prefix: str) -> None:
    for sample in SAMPLES:
        live = extract(sample).assessment
        if live.suspicious or live.early_stage:
            found = extract(prefix + sample).assessment
            assert found.suspicious or found.early_stage, sample


@pytest.mark.parametrize("sample", SAMPLES)
async def test_a_confirmed_number_never_lowers_a_level(sample: str) -> None:
    known = MemoryKnowledgeBase(indicators=[confirmed()])
    before = await check(sample, known, now=NOW)
    after = await check(f"{sample}. Gọi {CONFIRMED}", known, now=NOW)

    assert RANK.index(after.level) >= RANK.index(before.level)
    assert after.level is Level.CONFIRMED_SCAM
