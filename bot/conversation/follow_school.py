"""Following a school: by a deep link from its poster, by search, and leaving it again."""

from dataclasses import replace
from typing import Final

from bot.conversation.context import Context, Turn, say
from bot.conversation.memory import Expects
from bot.conversation.routing import routing_of
from bot.messages import Choice, Incoming, Reply
from bot.replies import calls, school_label
from db import people
from scamcheck.knowledge import School
from scamcheck.routing import Role

MAX_FOLLOWED: Final = 7
"""A family has fewer children; and a numbered list must leave a digit for the rest."""
LINK_PREFIX: Final = "s_"
_OF_A_SCHOOL = (Role.SCHOOL, Role.SCHOOL_BACKUP)


async def by_link(parameter: str, context: Context) -> Turn | None:
    """The parameter of a deep link; None when it is not about a school."""
    if not parameter.startswith(LINK_PREFIX):
        return None
    return await _follow(parameter.removeprefix(LINK_PREFIX), context)


async def tapped(school_id: str, _incoming: Incoming, context: Context) -> Turn:
    """A tap on "Theo dõi …"."""
    return await _follow(school_id, context)


async def asked(argument: str, _incoming: Incoming, context: Context) -> Turn:
    """/theodoi: search with a name behind it, else the list of followed schools."""
    if argument:
        return await named(argument, context) or _ask(context, "look_up.not_found")
    followed = await people.followed_schools(context.session, context.conversation)
    if not followed:
        return _ask(context, "follow.none")
    texts = context.texts
    reply = Reply(
        headline=texts.get("follow.list"),
        steps=tuple(texts.get("follow.list_item", school=school_label(school, texts)) for school in followed),
        advice=(texts.get("follow.add"),),
        choices=tuple(
            Choice(f"unfollow:{school.id}", texts.get("choice.unfollow", school=school_label(school, texts)))
            for school in followed[:MAX_FOLLOWED]
        ),
    )
    return say(reply, replace(context.memory, expects=Expects.SCHOOL_TO_FOLLOW))


async def named(name: str, context: Context) -> Turn | None:
    """A typed name of a school to follow; None when it names none."""
    found = await context.knowledge.search_schools(name[:200])
    if not found:
        return None
    texts = context.texts
    reply = Reply(
        headline=texts.get("follow.candidates"),
        choices=(
            *(Choice(f"follow:{one.school.id}", school_label(one.school, texts)) for one in found[:5]),
            Choice("cancel", texts.get("choice.school_none")),
        ),
    )
    return say(reply, replace(context.memory, expects=Expects.SCHOOL_TO_FOLLOW))


async def left(school_id: str, _incoming: Incoming, context: Context) -> Turn:
    """A tap on "Bỏ theo dõi …"."""
    school = await context.knowledge.school(school_id)
    if school is None or not await people.unfollow_school(context.session, context.conversation, school_id):
        return await asked("", _incoming, context)
    texts = context.texts
    chosen = None if context.memory.chosen_school == school_id else context.memory.chosen_school
    return say(
        Reply(texts.get("follow.undone", school=school_label(school, texts))),
        replace(context.memory.without_question(), chosen_school=chosen),
    )


async def _follow(school_id: str, context: Context) -> Turn:
    texts = context.texts
    school = await context.knowledge.school(school_id)
    if school is None:
        return _ask(context, "follow.unknown_school")
    followed = await people.followed_schools(context.session, context.conversation)
    already = any(one.id == school.id for one in followed)
    if not already and len(followed) >= MAX_FOLLOWED:
        return say(
            Reply(texts.get("follow.too_many", limit=str(MAX_FOLLOWED))), context.memory.without_question()
        )
    await people.follow_school(context.session, context.conversation, school.id, context.now)
    return await _followed(school, "follow.already" if already else "follow.done", context)


async def _followed(school: School, key: str, context: Context) -> Turn:
    texts = context.texts
    label = school_label(school, texts)
    routing = await routing_of(context, school_id=school.id)
    shown = [contact for contact in routing.contacts if contact.role in _OF_A_SCHOOL]
    reply = context.standing(
        Reply(
            headline=texts.get(key, school=label),
            steps=texts.lines("follow.done_steps"),
            calls=tuple(calls(shown, texts=texts, now=context.now)),
            advice=() if shown else (texts.get("contact.no_hotline", school=label),),
            choices=(Choice(f"unfollow:{school.id}", texts.get("choice.unfollow_it")),),
        )
    )
    return say(reply, context.memory.without_question())


def _ask(context: Context, key: str) -> Turn:
    return say(Reply(context.texts.get(key)), replace(context.memory, expects=Expects.SCHOOL_TO_FOLLOW))
