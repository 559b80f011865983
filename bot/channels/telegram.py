"""The Telegram Bot API: updates become events, replies become calls, errors become honest results.

With `telegram_calls` alone in importing python-telegram-bot, and only for types and API calls: what was
acknowledged lives in our own inbox, never in a library's queue.
"""

import logging
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast
from urllib.parse import urlencode

# Before the import: the library then gives waiting times as timedelta, and does not warn on each 429.
os.environ.setdefault("PTB_TIMEDELTA", "true")

import httpx
from telegram import (
    Bot,
    BotCommand,
    CallbackQuery,
    Chat,
    ChatMember,
    Message,
    MessageEntity,
    Update,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.request import HTTPXRequest

from bot.channels.absent_library import note_absence
from bot.channels.adapter import SENT, SendKind, SendResult
from bot.channels.certificates import trusted
from bot.channels.events import (
    AnotherListener,
    PlatformUnavailable,
    Received,
    TokenRefused,
    UnintelligibleUpdate,
)
from bot.channels.telegram_calls import Calls, NeverLeft
from bot.channels.telegram_reply import Card, TelegramReply, for_telegram
from bot.channels.telegram_updates import Mention, Place, Said, UpdateReader, numbers_of_card
from bot.messages import Channel, Reply

note_absence()
# The libraries log whole addresses, and those contain the token; and on a broken answer what parents wrote.
logging.getLogger("httpx").setLevel(logging.WARNING)
logging.getLogger("httpcore").setLevel(logging.WARNING)
logging.getLogger("telegram").setLevel(logging.CRITICAL)

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
LONG_POLL_SECONDS = 25
NOT_SENT_PAUSE = 5.0
"""Seconds to wait after a connection that could not even be made."""
TOKEN_PAUSE = 60.0
"""Seconds to wait when the token was refused: answers stay queued until an operator has put in a new one."""
HALF_SENT_KEPT = 1000

_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


@dataclass(frozen=True, slots=True)
class TelegramCommand:
    """One line of the menu beside the text field."""

    name: str
    description: str


class TelegramChannel:
    """One Telegram bot. Needs no network until it is first used."""

    channel = Channel.TELEGRAM
    forgets_what_it_hands_out = False

    def __init__(
        self,
        token: str,
        *,
        api_base: str = "https://api.telegram.org",
        proxy: str | None = None,
        read_timeout: float = 10.0,
    ) -> None:
        # The number before the colon stays when a token is renewed or the bot renamed.
        self.bot_account = token.partition(":")[0]
        self._reader = UpdateReader(self.bot_account)
        base = api_base.rstrip("/")
        verify = trusted()
        self._calls = Calls(verify=verify, proxy=proxy, read_timeout=read_timeout)
        self._requests = HTTPXRequest(
            connection_pool_size=8,
            proxy=proxy,
            read_timeout=read_timeout,
            write_timeout=10.0,
            pool_timeout=5.0,
            httpx_kwargs={"verify": verify},
        )
        self._polling = HTTPXRequest(connection_pool_size=1, proxy=proxy, httpx_kwargs={"verify": verify})
        self._bot = Bot(
            token,
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            request=self._requests,
            get_updates_request=self._polling,
        )
        self._half_sent: dict[str, Reply] = {}

    def __repr__(self) -> str:
        return f"TelegramChannel(bot_account={self.bot_account!r})"

    @property
    def username(self) -> str | None:
        """Our name, without the @, once `introduce` has learnt it; links to us need it."""
        return self._reader.username

    async def close(self) -> None:
        """Close the connections."""
        await self._calls.close()
        await self._requests.shutdown()
        await self._polling.shutdown()

    # Listening

    async def introduce(self, commands: Mapping[str, tuple[TelegramCommand, ...]]) -> None:
        """Learn our own name and publish the menu, by language; the key "" is shown to everybody else."""
        try:
            self._reader.username = (await self._bot.get_me()).username
            for language, lines in commands.items():
                menu = [BotCommand(line.name, line.description) for line in lines]
                await self._bot.set_my_commands(menu, language_code=language or None)
        except TelegramError as error:
            raise _refusal(error) from None

    async def listen_by_polling(self) -> None:
        """Take the webhook away, keeping what waits: those are parents' questions."""
        try:
            await self._bot.delete_webhook(drop_pending_updates=False)
        except TelegramError as error:
            raise _refusal(error) from None

    async def listen_by_webhook(self, url: str, secret: str) -> None:
        """Ask Telegram to post each update to `url`, with `secret` in its header."""
        try:
            await self._bot.set_webhook(
                url, secret_token=secret, allowed_updates=ALLOWED_UPDATES, max_connections=40
            )
        except TelegramError as error:
            raise _refusal(error) from None

    async def fetch(self, offset: int, *, wait: int = LONG_POLL_SECONDS) -> list[Mapping[str, object]]:
        """Wait for updates from `offset` on. Asking for an offset tells Telegram to forget all before it.

        Raw, because the library reads a whole batch or nothing: one unreadable update would block all.
        """
        query = {
            "offset": offset,
            "timeout": wait,
            "allowed_updates": str(list(ALLOWED_UPDATES)).replace("'", '"'),
        }
        try:
            found = await self._polling.post(
                f"{self._bot.base_url}/getUpdates?{urlencode(query)}", read_timeout=wait + 10.0
            )
        except TelegramError as error:
            raise _refusal(error) from None
        except (KeyError, TypeError):
            raise PlatformUnavailable("NoResult") from None
        if not isinstance(found, list):
            raise PlatformUnavailable("NoList")
        return cast("list[Mapping[str, object]]", found)

    def read(self, raw: Mapping[str, object], received_at: datetime) -> Received | None:
        """Understand one update; None for what is not meant for us.

        Raises:
            UnintelligibleUpdate: it does not have the shape that the Bot API promises.
        """
        try:
            update = Update.de_json(dict(raw), None)
            return self._understand(update, received_at)
        except (TypeError, ValueError, KeyError, AttributeError, OverflowError, OSError) as error:
            raise UnintelligibleUpdate(type(error).__name__) from None

    async def answer_tap(self, tap: str) -> None:
        """Stop the spinner on a tapped button. Best effort: an old tap can no longer be answered."""
        try:
            await self._bot.answer_callback_query(tap)
        except TelegramError:
            return

    def _understand(self, update: Update, received_at: datetime) -> Received | None:
        tap, change = update.callback_query, update.my_chat_member
        if tap is not None:
            return self._reader.tapped(
                _place_of_tap(tap),
                tap.data or "",
                tap=tap.id,
                update_id=update.update_id,
                received_at=received_at,
            )
        if change is not None:
            gone = change.new_chat_member.status in (ChatMember.BANNED, ChatMember.LEFT)
            return self._reader.gone(_place(change.chat)) if gone else None
        message = update.message or update.edited_message
        if message is None or message.is_automatic_forward:
            return None
        if message.migrate_to_chat_id is not None:
            return self._reader.moved(_place(message.chat), message.migrate_to_chat_id)
        return self._reader.said(
            said(message),
            update_id=update.update_id,
            received_at=received_at,
            edited=update.edited_message is not None,
        )

    # Sending

    async def send(self, address: str, reply: Reply) -> SendResult:
        """Send one reply, text first, then the hotline's card. See `ChannelAdapter.send`."""
        try:
            await self._send(address, reply)
        except ChatMigrated as moved:
            return replace(await self._try(str(moved.new_chat_id), reply), new_address=str(moved.new_chat_id))
        except Exception as error:  # noqa: BLE001 - the edge to the platform: an odd answer is an outcome too
            return outcome(error)
        return SENT

    async def _try(self, address: str, reply: Reply) -> SendResult:
        try:
            await self._send(address, reply)
        except Exception as error:  # noqa: BLE001 - as above
            return outcome(error)
        return SENT

    async def _send(self, address: str, reply: Reply) -> None:
        chat_id, thread = Place.chat_and_thread(address)
        ours = for_telegram(reply)
        # The text may have arrived the last time and only what follows been refused: then only that is due.
        if self._half_sent.pop(address, None) != reply:
            await self._calls.send(
                f"{self._bot.base_url}/sendMessage",
                chat_id=chat_id,
                message_thread_id=thread,
                text=ours.text,
                entities=[{"type": "bold", "offset": 0, "length": ours.bold}] if ours.bold else None,
                link_preview_options={"is_disabled": True},
                reply_markup=_keyboard(ours),
            )
        if ours.card is None and not reply.is_last:
            return
        self._remember_half(address, reply)
        if ours.card is not None:
            await self._send_card(chat_id, thread, ours.card)
        if reply.is_last:
            await self._bot.leave_chat(chat_id)
        self._half_sent.pop(address, None)

    async def _send_card(self, chat_id: int, thread: int | None, card: Card) -> None:
        await self._calls.send(
            f"{self._bot.base_url}/sendContact",
            chat_id=chat_id,
            message_thread_id=thread,
            phone_number=card.phone,
            first_name=card.name,
            last_name=card.note or None,
        )

    def _remember_half(self, address: str, reply: Reply) -> None:
        self._half_sent[address] = reply
        while len(self._half_sent) > HALF_SENT_KEPT:
            del self._half_sent[next(iter(self._half_sent))]


def _keyboard(reply: TelegramReply) -> dict[str, object] | None:
    rows = [
        [
            {"text": button.label, "callback_data": button.token}
            if button.url is None
            else {"text": button.label, "url": button.url}
            for button in row
        ]
        for row in reply.rows
    ]
    return {"inline_keyboard": rows} if rows else None


def outcome(error: Exception) -> SendResult:
    """What is known about a message after this error."""
    detail = type(error).__name__
    match error:
        case RetryAfter():
            return SendResult(SendKind.RETRY_AFTER, _seconds(error), detail)
        case Forbidden():
            return SendResult(SendKind.BLOCKED, detail=detail)
        case InvalidToken() | Conflict():
            return SendResult(SendKind.RETRY_AFTER, TOKEN_PAUSE, detail)
        case BadRequest() | ChatMigrated():
            return SendResult(SendKind.FAILED, detail=detail)
        case NetworkError() if isinstance(error, NeverLeft) or isinstance(error.__cause__, _NEVER_LEFT):
            return SendResult(SendKind.RETRY_AFTER, NOT_SENT_PAUSE, type(error.__cause__).__name__)
        case _:
            cause = type(error.__cause__).__name__ if error.__cause__ else detail
            return SendResult(SendKind.AMBIGUOUS, detail=cause)


def _refusal(error: TelegramError) -> Exception:
    """The same for a listener. Never the error's words: they may repeat the token."""
    match error:
        case RetryAfter():
            return PlatformUnavailable("RetryAfter", retry_after=_seconds(error))
        case InvalidToken():
            return TokenRefused("Telegram refuses the bot token")
        case Conflict():
            return AnotherListener("Conflict")
        case _:
            return PlatformUnavailable(type(error.__cause__ or error).__name__)


def _seconds(error: RetryAfter) -> float:
    wait = error.retry_after
    return float(wait) if isinstance(wait, int) else wait.total_seconds()


def said(message: Message) -> Said:
    """What can matter here of a message, of the one it replies to, and of a quotation from elsewhere."""
    plain = _said_alone(message)
    elsewhere = message.external_reply
    quoted = message.quote.text if elsewhere is not None and message.quote is not None else ""
    card = elsewhere.contact if elsewhere is not None else None
    return replace(
        plain,
        quoted=quoted,
        numbers=plain.numbers + (numbers_of_card(card.phone_number, card.vcard) if card is not None else ()),
        answers=_said_alone(message.reply_to_message) if message.reply_to_message is not None else None,
    )


def _said_alone(message: Message) -> Said:
    sender, card = message.from_user, message.contact
    parse = message.parse_entities if message.text else message.parse_caption_entities
    named = parse([MessageEntity.MENTION, MessageEntity.TEXT_MENTION])
    return Said(
        place=_place(message.chat, message.message_thread_id if message.is_topic_message else None),
        sender=sender.id if sender is not None else None,
        # An administrator who hides behind the group is shown as a bot, with the group as sender.
        by_a_bot=sender is not None and sender.is_bot and message.sender_chat is None,
        text=message.text or message.caption or "",
        mentions=tuple(
            Mention(shown, entity.user.id if entity.user else None) for entity, shown in named.items()
        ),
        links=tuple(dict.fromkeys(_hidden_links(message))),
        numbers=numbers_of_card(card.phone_number, card.vcard) if card is not None else (),
        # Fields that this version of the library does not know may be content it cannot name.
        has_media=message.effective_attachment is not None or bool(message.api_kwargs),
        forwarded=message.forward_origin is not None,
        album=message.media_group_id,
    )


def _hidden_links(message: Message) -> Iterator[str]:
    """Where shown words and the buttons of a forwarded advertisement lead."""
    for entity in (*message.entities, *message.caption_entities):
        if entity.url:
            yield entity.url
    for row in message.reply_markup.inline_keyboard if message.reply_markup else ():
        for button in row:
            if button.url:
                yield button.url


def _place(chat: Chat, thread: int | None = None) -> Place:
    return Place(
        chat.id,
        thread,
        is_group=chat.type in (Chat.GROUP, Chat.SUPERGROUP),
        is_channel=chat.type == Chat.CHANNEL,
    )


def _place_of_tap(tap: CallbackQuery) -> Place:
    message = tap.message
    if message is None:
        return Place(tap.from_user.id)
    # An old message is given without its content (`InaccessibleMessage`), but with its chat.
    topic = message.message_thread_id if isinstance(message, Message) and message.is_topic_message else None
    return _place(message.chat, topic)
