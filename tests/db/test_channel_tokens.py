"""A token that works once is claimed by one, stored before use, and never used again where nobody can know."""

import asyncio
from datetime import timedelta

import pytest

from db import channel_tokens
from db.channel_tokens import LEASE, StoredToken, TokenTaken
from db.engine import Database
from db.models import TokenState
from tests.builders import NOW

PLACE = {"channel": "zalo_oa", "bot_account": "388"}
DAY = timedelta(hours=25)


async def linked(database: Database, given: str = "first") -> StoredToken:
    async with database.transaction() as session:
        await channel_tokens.link(
            session, **PLACE, refresh_token=f"sealed {given}", given=f"hash-of-{given}", now=NOW
        )
    return await stored(database)


async def stored(database: Database) -> StoredToken:
    async with database.reading() as session:
        token = await channel_tokens.token_of(session, **PLACE)
    assert token is not None
    return token


async def claimed(database: Database, token: StoredToken) -> StoredToken:
    async with database.transaction() as session:
        return await channel_tokens.claim_refresh(session, token, now=NOW)


async def store(database: Database, token: StoredToken) -> None:
    async with database.transaction() as session:
        await channel_tokens.store_pair(
            session, token, access_token="access", refresh_token="next", lifetime=DAY, now=NOW
        )


async def test_an_account_that_was_never_linked_has_no_token(database: Database) -> None:
    async with database.transaction() as session:
        assert await channel_tokens.token_of(session, **PLACE) is None
        assert not await channel_tokens.allow_one_more_try(session, **PLACE, now=NOW)


async def test_a_renewed_pair_is_due_before_it_expires(database: Database) -> None:
    claim = await claimed(database, await linked(database))
    assert (await stored(database)).state is TokenState.REFRESHING

    await store(database, claim)

    token = await stored(database)
    assert (token.state, token.access_token, token.refresh_token) == (TokenState.USABLE, "access", "next")
    assert token.access_due_at == NOW + timedelta(hours=20)
    assert token.access_expires_at == NOW + DAY
    assert token.lease_until is None


async def test_of_many_that_read_the_same_token_one_may_use_it(database: Database) -> None:
    token = await linked(database)

    outcomes = await asyncio.gather(*(claimed(database, token) for _ in range(8)), return_exceptions=True)

    assert sum(isinstance(outcome, StoredToken) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, TokenTaken) for outcome in outcomes) == 7


async def test_a_claim_that_ran_out_leaves_a_token_that_is_not_used_by_itself(database: Database) -> None:
    claim = await claimed(database, await linked(database))
    later = NOW + LEASE + timedelta(seconds=1)
    async with database.transaction() as session:
        assert not await channel_tokens.expire_claim(session, claim, now=NOW)
        assert await channel_tokens.expire_claim(session, claim, now=later)

    token = await stored(database)

    assert token.state is TokenState.UNKNOWN
    with pytest.raises(TokenTaken):
        await claimed(database, token)


async def test_an_answer_that_came_after_its_claim_ran_out_is_stored_all_the_same(database: Database) -> None:
    claim = await claimed(database, await linked(database))
    async with database.transaction() as session:
        await channel_tokens.expire_claim(session, claim, now=NOW + timedelta(minutes=1))

    await store(database, claim)

    assert (await stored(database)).state is TokenState.USABLE


async def test_a_pair_for_a_token_that_was_replaced_meanwhile_is_not_stored(database: Database) -> None:
    claim = await claimed(database, await linked(database))
    replaced = await linked(database, "second")
    assert (replaced.state, replaced.refresh_token) == (TokenState.USABLE, "sealed second")

    with pytest.raises(TokenTaken):
        await store(database, claim)


async def test_a_token_given_before_is_not_taken_for_a_new_one(database: Database) -> None:
    await linked(database)
    await linked(database, "second")

    async with database.transaction() as session:
        again = await channel_tokens.link(
            session, **PLACE, refresh_token="sealed first", given="hash-of-first", now=NOW
        )

    assert not again
    assert (await stored(database)).refresh_token == "sealed second"


@pytest.mark.parametrize("state", [TokenState.UNKNOWN, TokenState.REFUSED])
async def test_people_may_allow_one_more_try(database: Database, state: TokenState) -> None:
    claim = await claimed(database, await linked(database))
    async with database.transaction() as session:
        await channel_tokens.settle(session, claim, state, now=NOW)
    async with database.transaction() as session:
        assert await channel_tokens.allow_one_more_try(session, **PLACE, now=NOW)

    token = await stored(database)

    assert token.state is TokenState.USABLE
    assert token.refresh_token == "sealed first"
    with pytest.raises(TokenTaken):
        await store(database, claim)


async def test_a_token_in_use_needs_no_permission(database: Database) -> None:
    await linked(database)
    async with database.transaction() as session:
        assert not await channel_tokens.allow_one_more_try(session, **PLACE, now=NOW)
