"""A whole check: read, gather, match, decide; and what a message joins from before."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scamcheck import Asker, KnowledgeUnavailable, Level, check
from scamcheck.knowledge import Candidates
from scamcheck.memory import MemoryKnowledgeBase
from scamcheck.observables import Observables, extract, without_text
from tests.builders import NOW, make_indicator, make_national

EMPTY = MemoryKnowledgeBase(contacts=make_national())
BLATANT = "con chị ngã cầu thang đang cấp cứu, chuyển ngay 30 triệu vào stk 0531000222 Vietcombank để mổ"


class Unreachable:
    async def gather(self, observables: Observables, asker: Asker, now: object) -> Candidates:
        raise KnowledgeUnavailable


async def test_a_blatant_text_is_suspicious_with_and_without_records() -> None:
    assert (await check(BLATANT, EMPTY, now=NOW)).level is Level.SUSPICIOUS
    assert (await check(BLATANT, Unreachable(), now=NOW)).level is Level.SUSPICIOUS


async def test_without_records_a_number_cannot_be_checked() -> None:
    assert (await check("0530 000 113", Unreachable(), now=NOW)).level is Level.CANNOT_CHECK


async def test_a_confirmed_number_never_lowers_a_level() -> None:
    knowledge = MemoryKnowledgeBase(indicators=(make_indicator(),))
    for text in (BLATANT, "chào bạn", "họp phụ huynh thứ bảy lúc 8 giờ", ""):
        assert (await check(f"{text} 0530 000 113", knowledge, now=NOW)).level is Level.CONFIRMED_SCAM


async def test_a_number_and_the_words_after_it_are_judged_as_one() -> None:
    earlier = without_text(extract("0530 000 222"))
    verdict = await check(
        "có người gọi nói con tôi đang cấp cứu, bảo chuyển tiền", EMPTY, asker=Asker(earlier=earlier), now=NOW
    )
    assert verdict.level is Level.SUSPICIOUS
    assert [seen.number.key for seen in verdict.observables.numbers] == ["+84530000222"]


def test_what_a_conversation_keeps_has_no_words() -> None:
    kept = without_text(extract(BLATANT))
    assert (kept.text.display, kept.text.folded, kept.malformed) == ("", "", ())
    assert kept.accounts


def test_identifiers_seen_before_are_joined_once() -> None:
    earlier = without_text(extract("0530 000 222, stk 0531000222 Vietcombank, vi-du.example/a"))
    joined = extract("0530000222 gọi tới", earlier)
    assert len(joined.numbers) == 1
    assert [account.number for account in joined.accounts] == ["0531000222"]


def test_an_account_named_twice_keeps_its_bank() -> None:
    seen = extract("stk 19036512345678, số tài khoản 19036512345678 Techcombank")
    assert [account.key for account in seen.accounts] == ["970407:19036512345678"]


def test_an_account_repeated_without_its_bank_is_the_same_account() -> None:
    seen = extract("stk 19036512345678 Techcombank nhé chị, đúng stk 19036512345678 nha")
    assert [account.key for account in seen.accounts] == ["970407:19036512345678"]


def test_one_number_at_two_banks_is_two_accounts() -> None:
    seen = extract("stk 19036512345678 Techcombank hoặc stk 19036512345678 Vietcombank")
    assert {account.key for account in seen.accounts} == {"970407:19036512345678", "970436:19036512345678"}


def test_an_observation_says_whether_it_has_an_identifier() -> None:
    assert extract("0530 000 222").has_identifier
    assert not extract("xin chào").has_identifier


@given(st.text(max_size=300))
async def test_any_text_is_answered_the_same_way_twice(text: str) -> None:
    first = await check(text, EMPTY, now=NOW)
    assert first == await check(text, EMPTY, now=NOW)
    assert replace(first).level in Level


@pytest.mark.parametrize(
    "story",
    [
        "có người gọi nói con học trường tiểu học ví dụ hoa sen bị tai nạn",
        "có người gọi nói con tôi đang cấp cứu, bảo chuyển 30 triệu vào tài khoản ngay",
    ],
)
@pytest.mark.parametrize("then", ["hỏi lại", "tiểu học Ví Dụ Hoa Sen", "chiều nay trời mưa to"])
def test_what_follows_an_alarming_story_takes_nothing_of_it_back(story: str, then: str) -> None:
    before = extract(story).assessment
    now = extract(then, without_text(extract(story))).assessment
    assert before.suspicious or before.early_stage
    assert (now.suspicious, now.early_stage) == (before.suspicious, before.early_stage)
