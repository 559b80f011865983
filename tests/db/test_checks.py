"""A check keeps what its buttons need and nothing of what was asked."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from db import checks, models
from db.checks import CheckNotFound
from db.engine import Database
from db.keys import Keys
from scamcheck.knowledge import IdentifierKind
from scamcheck.observables import Observables
from scamcheck.red_flags import Scenario
from scamcheck.text import Text
from scamcheck.verdict import (
    THE_TEXT,
    Level,
    Reason,
    ReasonCode,
    Routing,
    Verdict,
)
from tests.builders import NOW, make_account, make_commune, make_link, make_seen
from tests.db.builders import make_commune as record_commune
from tests.db.builders import make_conversation

KEYS = Keys(b"a secret of this test only")


def make_verdict(
    words: str = "",
    *,
    level: Level = Level.UNKNOWN,
    codes: tuple[ReasonCode, ...] = (ReasonCode.NOTHING_FOUND,),
    commune: bool = False,
    scenario: Scenario | None = None,
    identifiers: bool = True,
) -> Verdict:
    return Verdict(
        level=level,
        about=THE_TEXT,
        findings=(),
        reasons=tuple(Reason(code) for code in codes),
        observables=Observables(
            Text(words, words),
            numbers=(make_seen(), make_seen()) if identifiers else (),
            accounts=(make_account(),) if identifiers else (),
            links=(make_link(),) if identifiers else (),
        ),
        routing=Routing(commune=make_commune() if commune else None),
        scenario=scenario,
    )


async def test_a_check_keeps_level_reasons_and_keyed_hashes_but_no_word_of_the_text(
    database: Database,
) -> None:
    verdict = make_verdict(
        "con tôi cấp cứu",
        level=Level.SUSPICIOUS,
        codes=(ReasonCode.SCENARIO, ReasonCode.SIGN_ASKS_MONEY, ReasonCode.SCENARIO),
        scenario=Scenario.CHILD_EMERGENCY,
    )
    async with database.transaction() as session:
        conversation = await make_conversation(session)
        public_id = await checks.record_check(session, conversation, verdict, keys=KEYS, now=NOW)
        kept = await checks.check_of(session, conversation, public_id)
        everything = [
            [str(value) for value in row]
            for table in ("check", "check_identifier")
            for row in await session.execute(text(f'SELECT * FROM "{table}"'))  # noqa: S608  # names of ours
        ]
    assert kept == checks.RecordedCheck(
        public_id, NOW.date(), Level.SUSPICIOUS, ("scenario", "sign_asks_money"), None
    )
    written = json.dumps(everything, ensure_ascii=False)
    assert "cấp cứu" not in written
    assert "530000113" not in written
    assert KEYS.hmac("number:+84530000113") in written
    assert len(everything) == 4


async def test_ids_of_checks_are_short_unguessable_and_fit_a_button(database: Database) -> None:
    async with database.transaction() as session:
        ids = [
            await checks.record_check(session, None, make_verdict(identifiers=False), keys=KEYS, now=NOW)
            for _ in range(20)
        ]
    assert len(set(ids)) == 20
    assert {len(id_) for id_ in ids} == {12}
    assert all(id_.replace("-", "").replace("_", "").isalnum() for id_ in ids)


async def test_the_commune_is_kept_only_when_the_registry_has_it(database: Database) -> None:
    verdict = make_verdict(commune=True)
    assert verdict.routing.commune is not None
    async with database.transaction() as session:
        conversation = await make_conversation(session)
        before = await checks.record_check(session, conversation, verdict, keys=KEYS, now=NOW)
        await record_commune(session, verdict.routing.commune.code)
        await session.flush()
        after = await checks.record_check(session, conversation, verdict, keys=KEYS, now=NOW)
        assert (await checks.check_of(session, conversation, before)).commune_code is None
        assert (
            await checks.check_of(session, conversation, after)
        ).commune_code == verdict.routing.commune.code


async def test_a_check_belongs_to_its_conversation(database: Database) -> None:
    async with database.transaction() as session:
        mine, other = await make_conversation(session), await make_conversation(session, "1002")
        public_id = await checks.record_check(session, mine, make_verdict(), keys=KEYS, now=NOW)
        with pytest.raises(CheckNotFound):
            await checks.check_of(session, other, public_id)
        with pytest.raises(CheckNotFound):
            await checks.want_correction(session, other, check_id=public_id, now=NOW)


async def test_a_correction_is_wanted_once_per_identifier(database: Database) -> None:
    async with database.transaction() as session:
        conversation = await make_conversation(session)
        public_id = await checks.record_check(session, conversation, make_verdict(), keys=KEYS, now=NOW)
        words_only = await checks.record_check(
            session, conversation, make_verdict(identifiers=False), keys=KEYS, now=NOW
        )
        assert await checks.want_correction(session, conversation, check_id=public_id, now=NOW) == 3
        assert await checks.want_correction(session, conversation, check_id=public_id, now=NOW) == 3
        assert await checks.want_correction(session, conversation, check_id=words_only, now=NOW) == 0
        assert len((await session.scalars(select(models.CorrectionRequest))).all()) == 3


async def test_checks_become_counts_after_thirty_days_and_small_counts_are_forgotten(
    database: Database,
) -> None:
    async with database.transaction() as session:
        conversation = await make_conversation(session)
        for level, times in ((Level.UNKNOWN, 5), (Level.SUSPICIOUS, 4)):
            for _ in range(times):
                public_id = await checks.record_check(
                    session, conversation, make_verdict(level=level), keys=KEYS, now=NOW
                )
        await checks.want_correction(session, conversation, check_id=public_id, now=NOW)
    async with database.transaction() as session:
        await checks.forget_old(session, NOW + timedelta(days=30))
        assert len((await session.scalars(select(models.Check))).all()) == 9
    async with database.transaction() as session:
        await checks.forget_old(session, NOW + timedelta(days=31))
        await checks.forget_old(session, NOW + timedelta(days=31))
    async with database.transaction() as session:
        counts = (await session.execute(select(models.CheckCount.level, models.CheckCount.count))).all()
        assert [tuple(row) for row in counts] == [(Level.UNKNOWN, 5)]
        for table in (models.Check, models.CheckIdentifier):
            assert await session.scalar(select(func.count()).select_from(table)) == 0
        assert len((await session.scalars(select(models.CorrectionRequest))).all()) == 3
        await checks.forget_old(session, NOW + timedelta(days=91))
        assert (await session.scalars(select(models.CorrectionRequest))).all() == []


def test_keyed_hashes_need_the_secret_and_do_not_show_it() -> None:
    assert Keys(b"a").hmac("+84530000113") != Keys(b"b").hmac("+84530000113")
    assert len(KEYS.hmac("x")) == 64
    assert "secret" not in repr(KEYS)


def test_the_identifiers_of_a_message_are_counted_once() -> None:
    found = checks.identifiers_of(make_verdict().observables)
    assert [kind for kind, _ in found] == [
        IdentifierKind.NUMBER,
        IdentifierKind.BANK_ACCOUNT,
        IdentifierKind.LINK,
    ]
