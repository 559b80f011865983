"""Access to a Zalo Official Account: a token of about a day, renewed with one that works a single time.

What can go wrong is decided here: the claim is committed before Zalo is asked, the new pair is stored before
it is used, and where nobody can know whether the refresh token was used up, it is not used again. People are
told, the old access token serves as long as it lasts, and answers wait.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.channels.polling import unless
from bot.channels.zalo_http import AnswerLost, NeverLeft, make_client, post
from bot.channels.zalo_oa import AccessUnavailable
from bot.messages import Channel
from db import channel_tokens
from db.channel_tokens import StoredToken, TokenTaken
from db.engine import Database
from db.models import TokenState
from db.sealing import SealBroken, Sealer

KEEP_SECONDS: Final = 20.0
"""How often to look after the token: with a claim's 30 seconds, people hear of a lost one within a minute."""
REMEMBERED_SECONDS: Final = 30.0
"""How long a token is used without looking at the record again."""
REMIND: Final = timedelta(minutes=10)
WAIT_FOR_ANOTHER_SECONDS: Final = 5.0
RELINK_PAUSE: Final = 60.0
NO_RECORDS_PAUSE: Final = 5.0
STORE_ATTEMPTS: Final = 5
HASH_PURPOSE: Final = "zalo refresh token"
_STORE_PAUSE: Final = 0.2
_LOOK_AGAIN: Final = 0.1

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Pair:
    """What Zalo gave."""

    access: str
    refresh: str
    lifetime: timedelta


@dataclass(frozen=True, slots=True)
class _NotRenewed:
    """What is known of the refresh token after an attempt without a pair."""

    state: TokenState
    detail: str


class OaTokens:
    """The tokens of one account, shared by all processes through the database."""

    def __init__(  # noqa: PLR0913 - what identifies an account and its application
        self,
        database: Database,
        sealer: Sealer,
        *,
        oa_id: str,
        app_id: str,
        app_secret: str,
        old_app_secret: str = "",
        given: str,
        oauth_base: str,
        clock: Callable[[], datetime],
        read_timeout: float = 10.0,
    ) -> None:
        self._database = database
        self._sealer = sealer
        self._place = {"channel": Channel.ZALO_OA.value, "bot_account": oa_id}
        self._app_id = app_id
        self._app_secrets = [secret for secret in (app_secret, old_app_secret) if secret]
        self._given = given
        self._url = f"{oauth_base.rstrip('/')}/v4/oa/access_token"
        self._clock = clock
        self._client = make_client(read_timeout)
        self._lock = asyncio.Lock()
        self._linked = False
        self._unstored: tuple[StoredToken, _Pair] | None = None
        self._renewing: set[asyncio.Task[None]] = set()
        self._memory: tuple[str, datetime, float] | None = None
        self._reminded: datetime | None = None
        self.needs_people = False
        """Somebody has to link the account again; seen at the last look."""

    def __repr__(self) -> str:
        return f"OaTokens(oa_id={self._place['bot_account']!r})"

    async def close(self) -> None:
        """Wait for what Zalo is about to answer: it must be stored. Then close the connections."""
        await asyncio.gather(*self._renewing, return_exceptions=True)
        await self._client.aclose()

    async def current(self, *, refused: str | None = None) -> str:
        """A token that works, as far as is known. See `AccessTokens.current`."""
        if refused is None and (access := self._remembered()):
            return access
        try:
            async with self._lock:
                return await self._current(refused)
        except AccessUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - the records are away; the answers wait in them too
            raise AccessUnavailable(type(error).__name__, retry_after=NO_RECORDS_PAUSE) from None

    async def keep(self, stop: asyncio.Event) -> None:
        """Renew the token in time and call for people when one is needed, until `stop`."""
        while not stop.is_set():
            try:
                async with self._lock:
                    await self._look_after()
            except Exception as error:  # noqa: BLE001 - the records are away; they may come back
                log.warning("zalo_oa.token_not_looked_after", error=type(error).__name__)
            await unless(stop, asyncio.sleep(KEEP_SECONDS))

    # One at a time in this process

    async def _current(self, refused: str | None) -> str:
        token = await self._stored()
        access = self._usable_access(token, refused)
        if access is not None:
            return access
        if token is not None and token.state is TokenState.USABLE:
            await self._refreshed(token)
        token = await self._waited_for_another()
        access = self._usable_access(token, refused)
        if access is None:
            self._call_for_people(token)
            raise AccessUnavailable("NoAccessToken", retry_after=RELINK_PAUSE)
        return access

    async def _look_after(self) -> None:
        token = await self._stored()
        if token is not None and token.state is TokenState.USABLE and self._is_due(token):
            await self._refreshed(token)
            token = await self._stored()
        self._call_for_people(token)

    async def _stored(self) -> StoredToken | None:
        """The tokens of the record, after what is pending there is settled."""
        await self._store_what_is_not_yet()
        now = self._clock()
        if self._given and not self._linked:
            async with self._database.transaction() as session:
                linked = await channel_tokens.link(
                    session,
                    **self._place,
                    refresh_token=self._sealer.seal(self._given),
                    given=self._sealer.hmac(HASH_PURPOSE, self._given),
                    now=now,
                )
            self._linked = True
            if linked:
                log.info("zalo_oa.linked")
        token = await self._read()
        if token is not None and _claim_is_over(token, now):
            with contextlib.suppress(TokenTaken):
                async with self._database.transaction() as session:
                    await channel_tokens.expire_claim(session, token, now=now)
            token = await self._read()
        return token

    async def _read(self) -> StoredToken | None:
        async with self._database.reading() as session:
            return await channel_tokens.token_of(session, **self._place)

    async def _waited_for_another(self) -> StoredToken | None:
        """The tokens once no process is renewing them, or after a while."""
        deadline = asyncio.get_running_loop().time() + WAIT_FOR_ANOTHER_SECONDS
        while True:
            token = await self._stored()
            waiting = token is not None and token.state is TokenState.REFRESHING
            if not waiting or asyncio.get_running_loop().time() > deadline:
                return token
            await asyncio.sleep(_LOOK_AGAIN)

    async def _refreshed(self, token: StoredToken) -> None:
        """Renew, and go on with it although nobody may wait any more: the answer comes once."""
        task = asyncio.create_task(self._refresh(token))
        self._renewing.add(task)
        task.add_done_callback(self._renewing.discard)
        await asyncio.shield(task)

    async def _refresh(self, token: StoredToken) -> None:
        """Use the refresh token up, if no other process does."""
        refresh_token = self._opened(token.refresh_token)
        if refresh_token is None:
            log.error("zalo_oa.token_unreadable", do="link the account again: SECRET is another one now")
            return
        try:
            async with self._database.transaction() as session:
                token = await channel_tokens.claim_refresh(session, token, now=self._clock())
        except TokenTaken:
            return
        renewed = await self._ask_with_each_secret(refresh_token)
        if isinstance(renewed, _Pair):
            self._unstored = token, renewed
            await self._store_what_is_not_yet()
            return
        log.error("zalo_oa.not_renewed", token=renewed.state, error=renewed.detail)
        await self._settle(token, renewed.state)

    async def _ask_with_each_secret(self, refresh_token: str) -> _Pair | _NotRenewed:
        """While the application's key is being changed Zalo knows one of two; a refusal uses nothing up."""
        renewed = await self._ask(refresh_token, self._app_secrets[0])
        for app_secret in self._app_secrets[1:]:
            if not isinstance(renewed, _NotRenewed) or renewed.state is not TokenState.REFUSED:
                break
            renewed = await self._ask(refresh_token, app_secret)
        return renewed

    async def _ask(self, refresh_token: str, app_secret: str) -> _Pair | _NotRenewed:
        try:
            answer = await post(
                self._client,
                self._url,
                form={"refresh_token": refresh_token, "app_id": self._app_id, "grant_type": "refresh_token"},
                headers={"secret_key": app_secret},
            )
        except NeverLeft as fault:
            return _NotRenewed(TokenState.USABLE, str(fault))
        except AnswerLost as fault:
            return _NotRenewed(TokenState.UNKNOWN, str(fault))
        access, refresh = answer.body.get("access_token"), answer.body.get("refresh_token")
        lifetime = answer.number("expires_in")
        if isinstance(access, str) and isinstance(refresh, str) and access and refresh:
            return _Pair(access, refresh, timedelta(seconds=lifetime or 3600))
        if answer.status < 500 and (error := answer.number("error")):
            return _NotRenewed(TokenState.REFUSED, f"Error{error}")
        return _NotRenewed(TokenState.UNKNOWN, f"Status{answer.status}")

    async def _store_what_is_not_yet(self) -> None:
        """Store the pair that Zalo gave. Until it is stored nobody uses it; it is kept as long as we live.

        Raises:
            Exception: whatever the database said at the last attempt.
        """
        for attempt in range(1, STORE_ATTEMPTS + 1):
            if self._unstored is None:
                return
            try:
                await self._store(*self._unstored)
            except TokenTaken:
                log.warning("zalo_oa.pair_not_needed")
            except Exception as error:
                log.warning("zalo_oa.pair_not_stored", error=type(error).__name__, attempt=attempt)
                if attempt == STORE_ATTEMPTS:
                    raise
                await asyncio.sleep(_STORE_PAUSE * attempt)
                continue
            self._unstored = None

    async def _store(self, token: StoredToken, pair: _Pair) -> None:
        async with self._database.transaction() as session:
            await channel_tokens.store_pair(
                session,
                token,
                access_token=self._sealer.seal(pair.access),
                refresh_token=self._sealer.seal(pair.refresh),
                lifetime=pair.lifetime,
                now=self._clock(),
            )

    async def _settle(self, token: StoredToken, state: TokenState) -> None:
        try:
            async with self._database.transaction() as session:
                await channel_tokens.settle(session, token, state, now=self._clock())
        except TokenTaken:
            return

    def _usable_access(self, token: StoredToken | None, refused: str | None) -> str | None:
        if token is None or token.access_token is None or token.access_expires_at is None:
            return None
        access = self._opened(token.access_token)
        if access is None or access == refused or token.access_expires_at <= self._clock():
            return None
        self._memory = access, token.access_expires_at, asyncio.get_running_loop().time()
        return access

    def _remembered(self) -> str | None:
        if self._memory is None:
            return None
        access, expires_at, since = self._memory
        young = asyncio.get_running_loop().time() - since < REMEMBERED_SECONDS
        return access if young and expires_at > self._clock() else None

    def _opened(self, sealed: str) -> str | None:
        try:
            return self._sealer.open(sealed)
        except SealBroken:
            return None

    def _is_due(self, token: StoredToken) -> bool:
        return token.access_due_at is None or token.access_due_at <= self._clock()

    def _call_for_people(self, token: StoredToken | None) -> None:
        hopeless = token is None or token.state in (TokenState.UNKNOWN, TokenState.REFUSED)
        self.needs_people = hopeless
        now = self._clock()
        if hopeless and (self._reminded is None or now - self._reminded >= REMIND):
            self._reminded = now
            log.error(
                "zalo_oa.link_needed",
                state=token.state if token else "never linked",
                do="put a new refresh token in ZALO_OA_REFRESH_TOKEN and restart, or run `goilai zalo link`",
            )
        if not hopeless:
            self._reminded = None


def _claim_is_over(token: StoredToken, now: datetime) -> bool:
    return token.state is TokenState.REFRESHING and (token.lease_until is None or token.lease_until < now)
