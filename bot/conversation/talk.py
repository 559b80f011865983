"""Hello, thanks, stop, who are you, what can you do: a fitting line, and always the way back to a check."""

import re
from dataclasses import replace

from bot.accounts import official_accounts
from bot.conversation.context import Context, Turn, say
from bot.conversation.words import plain
from bot.messages import Choice, Incoming, Link, Reply
from bot.replies import call_113
from db import checks, linking, people

_THANKS = ("cam on", "thank", "tks", "ok", "da", "vang", "uh", "u", "tam biet", "bye")
_WHO = (
    "la ai",
    "la gi",
    "ten gi",
    "ten ai",
    "lam duoc gi",
    "co phai",
    "cua ai",
    "lua dao",
    "sao biet",
    "sao tin",
)
_SCARED = re.compile(r"\b(?:so|lo|hoang|roi|cuu|giup|lam sao|help me|scared)\b")
_HELP = ("help", "menu", "huong dan", "giup")


async def answer(text: str, incoming: Incoming, context: Context) -> Turn:
    """A line that fits what was said."""
    said = plain(text)
    if any(phrase in said for phrase in _WHO):
        return await who("", incoming, context)
    if said.split(" ")[0] in _THANKS or said.startswith(("cam on", "xin cam on", "thank", "tam biet")):
        return say(Reply(context.texts.get("talk.thanks")), context.memory.without_question())
    if _SCARED.search(said) and said not in _HELP:
        return scared(context)
    if said.startswith(_HELP):
        return await menu("", incoming, context)
    return await hello("", incoming, context)


def scared(context: Context) -> Turn:
    """Somebody who says no more than that they are frightened: what is right whatever it was."""
    turn = _standing("scared", context)
    return say(replace(turn.replies[0], calls=(call_113(context.texts),)), turn.memory)


async def hello(_argument: str, _incoming: Incoming, context: Context) -> Turn:
    """The first words: what to do, and who speaks."""
    return _standing("hello", context)


async def who(_argument: str, _incoming: Incoming, context: Context) -> Turn:
    """/toilaai: who speaks, and which accounts are ours, so that a false one can be told."""
    turn = _standing("who", context)
    accounts = official_accounts(context.settings)
    if not accounts:
        return turn
    texts = context.texts
    named = {account: texts.get(f"account.{account.channel.value}") for account in accounts}
    lines = (
        texts.get("account.line", channel=channel, name=account.name) if account.name else channel
        for account, channel in named.items()
    )
    links = (
        Link(account.link, texts.get("account.open", channel=channel))
        for account, channel in named.items()
        if account.link
    )
    reply = replace(
        turn.replies[0],
        advice=(texts.get("account.ours"), *(f"– {line}" for line in lines), texts.get("account.others")),
        links=tuple(links),
    )
    return say(reply, turn.memory)


async def person(_argument: str, _incoming: Incoming, context: Context) -> Turn:
    """Somebody wants to speak with a human: there is none here, but there are some to call."""
    turn = _standing("person", context)
    return say(replace(turn.replies[0], calls=(call_113(context.texts),)), turn.memory)


async def join(_argument: str, _incoming: Incoming, context: Context) -> Turn:
    """Somebody of a school or of the police wants to take part: how that goes."""
    return _standing("join", context)


async def menu(_argument: str, _incoming: Incoming, context: Context) -> Turn:
    """/trogiup: everything that can be asked for."""
    return _standing("menu", context)


async def stop(_argument: str, _incoming: Incoming, context: Context) -> Turn:
    """/dung: nothing is sent any more that was not asked for."""
    for school in await people.followed_schools(context.session, context.conversation):
        await people.unfollow_school(context.session, context.conversation, school.id)
    for one in (context.conversation, *await linking.others_of(context.session, context.conversation)):
        await checks.want_no_corrections(context.session, one)
    texts = context.texts
    return say(
        Reply(texts.get("talk.stopped"), steps=texts.lines("talk.stopped_steps")),
        context.memory.without_question(),
    )


async def cancel(_argument: str, _incoming: Incoming, context: Context) -> Turn:
    """Whatever was being asked is not done."""
    return say(Reply(context.texts.get("talk.cancelled")), context.memory.without_question())


async def unreadable(_argument: str, incoming: Incoming, context: Context) -> Turn:
    """A picture, a voice message, a sticker: say so honestly, and the steps that are right anyway."""
    texts = context.texts
    key = "talk.withheld" if incoming.withheld else "talk.unreadable"
    page = context.settings.public_url
    reply = Reply(
        texts.get(key),
        steps=texts.lines(f"{key}_steps"),
        calls=(call_113(texts),) if incoming.withheld else (),
        links=(Link(page, texts.get("talk.web_page")),) if incoming.withheld and page else (),
    )
    return say(context.standing(reply), context.memory.without_question())


def _standing(key: str, context: Context) -> Turn:
    texts = context.texts
    reply = Reply(
        headline=texts.get(f"talk.{key}"),
        steps=texts.lines(f"talk.{key}_steps"),
        choices=tuple(Choice(token, texts.get(f"choice.{token}")) for token in ("on_phone", "sent_money")),
        notes=(texts.get("who.operator", operator=context.settings.operator),),
    )
    return say(context.standing(reply), context.memory.without_question())
