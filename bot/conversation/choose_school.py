"""Which school: offered, typed freely, or none of these. Its number comes after the choice."""

from collections.abc import Sequence
from dataclasses import replace

from bot.conversation import check, look_up
from bot.conversation.context import Context, Turn, say
from bot.conversation.memory import Expects
from bot.messages import Incoming, Reply
from bot.replies import school_choices, school_label
from scamcheck.knowledge import School
from scamcheck.observables import extract

MAX_OFFERED = 5
NONE = "none"


async def tapped(argument: str, _incoming: Incoming, context: Context) -> Turn:
    """A tap on a school, or on "không phải trường này"."""
    if argument == NONE:
        return ask(context, "contact.school_unknown")
    school = await context.knowledge.school(argument)
    return check.expired(context) if school is None else await with_school(school, context)


async def with_school(school: School, context: Context) -> Turn:
    """Go on with this school: the last check again with its contacts, or its contacts alone."""
    looked_up = context.memory.expects is Expects.SCHOOL_TO_LOOK_UP
    context = replace(context, memory=replace(context.memory, chosen_school=school.id))
    last = context.memory.last
    if last is None or looked_up:
        return await look_up.show(school, context)
    return await check.judge(extract(check.NOTHING_NEW), context, joining=last, already_said=True)


async def typed(name: str, context: Context) -> Turn | None:
    """Words typed where a school is expected; None when they name none and may mean something else."""
    found = await context.knowledge.search_schools(name[:200])
    full = [candidate.school for candidate in found if candidate.full]
    if len(full) == 1:
        return await with_school(full[0], context)
    schools = [candidate.school for candidate in found][:MAX_OFFERED]
    return offer(schools, context) if schools else None


def offer(schools: Sequence[School], context: Context) -> Turn:
    """Ask which of these it is; also when there is only one."""
    texts = context.texts
    one = len(schools) == 1
    reply = Reply(
        headline=texts.get("school.is_it", school=school_label(schools[0], texts))
        if one
        else texts.get("school.which"),
        choices=tuple(school_choices(schools, texts)),
    )
    return say(reply, replace(context.memory, expects=context.memory.expects or Expects.SCHOOL))


def ask(context: Context, key: str) -> Turn:
    """Ask for the school's name."""
    expects = context.memory.expects
    if expects not in (Expects.SCHOOL_TO_FOLLOW, Expects.SCHOOL_TO_LOOK_UP):
        expects = Expects.SCHOOL
    reply = Reply(context.texts.get(key), advice=(context.texts.get("contact.call_school"),))
    return say(reply, replace(context.memory, expects=expects))
