"""/noi: one person on several channels. A code from here, typed there, and a yes on both sides."""

import secrets
from collections.abc import Iterable
from typing import Final

from bot.accounts import official_accounts
from bot.conversation.context import Context, Turn, say
from bot.conversation.follow_school import MAX_FOLLOWED
from bot.limits import LINK_CODES_PER_HOUR, LINK_TRIES_PER_HOUR
from bot.messages import Channel, Choice, ConversationId, Incoming, Link, Reply
from bot.messages_json import reply_to_json
from db import linking, outbox
from db.linking import (
    ALPHABET,
    CODE_LENGTH,
    CodeNotOpen,
    CodeOfThisConversation,
    LinkedAlready,
    LinkNotOpen,
    TooMuchToLink,
)
from db.models import ChannelName, Conversation, Lane
from scamcheck.duty_hours import VIETNAM

LINK_PREFIX: Final = "l_"


async def by_link(parameter: str, context: Context) -> Turn | None:
    """The parameter of a deep link; None when it carries no code."""
    if not parameter.startswith(LINK_PREFIX):
        return None
    return await _typed(parameter.removeprefix(LINK_PREFIX), context)


async def asked(argument: str, _incoming: Incoming, context: Context) -> Turn:
    """/noi: with a code, it is typed here; else who waits for a yes, or a new code."""
    if argument:
        return await _typed(argument, context)
    waiting = await linking.waiting_for(context.session, context.conversation, context.now)
    return _ask_here(waiting, context) if waiting else await _new_code(context)


async def looked(_argument: str, _incoming: Incoming, context: Context) -> Turn:
    """A tap on "I have typed it": as /noi, but without a new code, which would undo the one just typed."""
    waiting = await linking.waiting_for(context.session, context.conversation, context.now)
    if waiting:
        return _ask_here(waiting, context)
    texts = context.texts
    reply = Reply(
        texts.get("link.not_yet"),
        steps=texts.lines("link.not_yet_steps"),
        choices=(Choice("link_seen", texts.get("choice.link_seen")), _cancel(context)),
    )
    return say(reply, context.memory.without_question())


async def agreed(link_id: str, _incoming: Incoming, context: Context) -> Turn:
    """The yes where the code was typed. The other side has the last word."""
    try:
        link = await linking.agree(
            context.session, context.conversation, link_id=_number(link_id), now=context.now
        )
    except LinkNotOpen:
        return _plain("link.expired", context)
    texts = context.texts
    told = Reply(
        texts.get("link.typed", channel=_name(context.conversation, context)),
        steps=texts.lines("link.typed_steps"),
    )
    _tell(link.asking, told, context)
    return _plain("link.agreed", context, channel=_name(link.asking, context))


async def joined(link_id: str, _incoming: Incoming, context: Context) -> Turn:
    """The last yes, where the code came from."""
    try:
        link = await linking.link(
            context.session,
            context.conversation,
            link_id=_number(link_id),
            most_followed=MAX_FOLLOWED,
            now=context.now,
        )
    except LinkNotOpen:
        return _plain("link.expired", context)
    except TooMuchToLink:
        return _plain("link.too_much", context, limit=str(MAX_FOLLOWED))
    _tell(link.answering, _linked_with(link.asking, context), context, stays_true=True)
    return say(_linked_with(link.answering, context), context.memory.without_question())


async def refused(_argument: str, _incoming: Incoming, context: Context) -> Turn:
    """A no, on either side."""
    await linking.refuse(context.session, context.conversation)
    return _plain("link.refused", context)


async def parted(_argument: str, _incoming: Incoming, context: Context) -> Turn:
    """This conversation is a person of its own again; the others hear of it."""
    others = await linking.part(context.session, context.conversation, context.now)
    if not others:
        return _plain("link.not_linked", context)
    texts = context.texts
    for other in others:
        left = Reply(texts.get("link.left", channel=_name(context.conversation, context)))
        _tell(other, left, context, stays_true=True)
    return _plain("link.parted", context)


def channels_of(conversations: Iterable[Conversation], context: Context) -> str:
    """The channels of conversations, in words, each once."""
    return ", ".join(dict.fromkeys(_name(one, context) for one in conversations))


async def _new_code(context: Context) -> Turn:
    if context.limits.take(LINK_CODES_PER_HOUR, context.person):
        return _plain("link.too_often", context)
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    await linking.ask(context.session, context.conversation, code=code, keys=context.keys, now=context.now)
    texts = context.texts
    shown = f"{code[:4]}-{code[4:]}"
    others = await linking.others_of(context.session, context.conversation)
    linked = (texts.get("link.linked_with", channels=channels_of(others, context)),) if others else ()
    part = (Choice("unlink", texts.get("choice.unlink")),) if others else ()
    reply = Reply(
        texts.get("link.code", code=shown),
        steps=texts.lines("link.code_steps", code=shown),
        advice=linked,
        choices=(Choice("link_seen", texts.get("choice.link_seen")), *part, _cancel(context)),
        links=tuple(_ways(code, context)),
    )
    return say(reply, context.memory.without_question())


def _ways(code: str, context: Context) -> Iterable[Link]:
    """Our other accounts, to open or to scan; Telegram's takes the code along."""
    for account in official_accounts(context.settings):
        if account.channel in {context.channel, Channel.WEB} or not account.link:
            continue
        carried = f"?start={LINK_PREFIX}{code}" if account.channel is Channel.TELEGRAM else ""
        channel = context.texts.get(f"account.{account.channel.value}")
        yield Link(account.link + carried, context.texts.get("account.open", channel=channel), scan=True)


async def _typed(said: str, context: Context) -> Turn:
    if context.limits.take(LINK_TRIES_PER_HOUR, context.person):
        return _plain("link.too_often", context)
    code = "".join(letter for letter in said.upper() if letter.isalnum())
    try:
        link = await linking.type_in(
            context.session, context.conversation, code=code, keys=context.keys, now=context.now
        )
    except CodeNotOpen:
        return _plain("link.not_open", context)
    except CodeOfThisConversation:
        return _plain("link.same_place", context)
    except LinkedAlready:
        return _plain("link.already", context)
    texts = context.texts
    facts = {
        "channel": _name(link.asking, context),
        "time": link.asked_at.astimezone(VIETNAM).strftime("%H:%M"),
    }
    reply = Reply(
        texts.get("link.ask_there", channel=facts["channel"]),
        steps=texts.lines("link.ask_there_steps", **facts),
        choices=(
            Choice(f"link_yes:{link.id}", texts.get("choice.link_yes")),
            Choice("link_no", texts.get("choice.link_no")),
        ),
    )
    return say(reply, context.memory.without_question())


def _ask_here(link: linking.Link, context: Context) -> Turn:
    texts = context.texts
    reply = Reply(
        texts.get("link.ask_here", channel=_name(link.answering, context)),
        steps=texts.lines("link.ask_here_steps"),
        choices=(
            Choice(f"link_join:{link.id}", texts.get("choice.link_yes")),
            Choice("link_no", texts.get("choice.link_no")),
        ),
    )
    return say(reply, context.memory.without_question())


def _linked_with(other: Conversation, context: Context) -> Reply:
    texts = context.texts
    return Reply(texts.get("link.done", channel=_name(other, context)), steps=texts.lines("link.done_steps"))


def _tell(conversation: Conversation, reply: Reply, context: Context, *, stays_true: bool = False) -> None:
    """Write to the other side. For a page only what stays true lies ready until its next visit."""
    on_page = conversation.channel is ChannelName.WEB
    if on_page and not stays_true:
        return
    outbox.enqueue(
        context.session,
        conversation=ConversationId(
            Channel(conversation.channel.value), conversation.bot_account, conversation.address
        ),
        inbox_id=None,
        lane=Lane.BULK if on_page else Lane.ANSWER,
        payload=reply_to_json(reply),
        now=context.now,
    )


def _plain(key: str, context: Context, **facts: str) -> Turn:
    texts = context.texts
    steps = texts.lines(f"{key}_steps", **facts) if f"{key}_steps" in texts else ()
    return say(Reply(texts.get(key, **facts), steps=steps), context.memory.without_question())


def _cancel(context: Context) -> Choice:
    return Choice("link_no", context.texts.get("choice.cancel"))


def _name(conversation: Conversation, context: Context) -> str:
    return context.texts.get(f"account.{conversation.channel.value}")


def _number(link_id: str) -> int:
    """Tokens are input: what is no number names no request."""
    return int(link_id) if link_id.isascii() and link_id.isdigit() and len(link_id) < 18 else 0
