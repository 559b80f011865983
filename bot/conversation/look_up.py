"""Looking up: the approved contact of a school, or whose number this is. No verdict."""

from dataclasses import replace

from bot import plain_answers
from bot.conversation import check
from bot.conversation.context import Context, Turn, say
from bot.conversation.memory import Expects
from bot.conversation.routing import routing_of
from bot.messages import Choice, Incoming, Reply
from bot.replies import school_choices
from scamcheck.english import is_english, school_asked
from scamcheck.knowledge import School
from scamcheck.verdict import Verdict


async def asked(argument: str, _incoming: Incoming, context: Context) -> Turn:
    """/tim, with or without a school's name behind it."""
    if not argument:
        return _which(context)
    return await named(argument, context)


async def named(name: str, context: Context) -> Turn:
    """A school's name to look up."""
    found = await context.knowledge.search_schools(name[:200])
    full = [candidate.school for candidate in found if candidate.full]
    if len(full) == 1:
        return await show(full[0], context)
    return _offer(tuple(candidate.school for candidate in found), context)


async def answer(verdict: Verdict, text: str, context: Context) -> Turn:
    """A message that asks for a contact. Whose number it is, only a check may answer."""
    texts, now = context.texts, context.now
    if verdict.observables.has_identifier:
        plain = plain_answers.short_number(verdict.observables, verdict.routing, texts, now)
        return (
            await check.answer(verdict, context, already_said=True)
            if plain is None
            else _plainly(plain, context)
        )
    if (place := plain_answers.place(verdict, texts, now)) is not None:
        return _plainly(place, context)
    if verdict.routing.school and verdict.routing.school.id not in {*(await context.asker()).follows}:
        return await show(verdict.routing.school, context)
    if verdict.routing.offered:
        return _offer(verdict.routing.offered, context)
    if not any(claim.name for claim in verdict.observables.claims) and not is_english(
        verdict.observables.text
    ):
        return _which(context)
    return await named(school_asked(verdict.observables.text) or text, context)


def prefix(text: str, context: Context) -> Turn | None:
    """What numbers are that begin with the digits asked about; None when that was not asked."""
    reply = plain_answers.prefix(text, context.texts)
    return None if reply is None else _plainly(reply, context)


def _plainly(reply: Reply, context: Context) -> Turn:
    return say(context.standing(reply), context.memory.without_question())


async def show(school: School, context: Context) -> Turn:
    """The approved contacts of a school."""
    routing = await routing_of(context, school_id=school.id)
    reply = replace(
        plain_answers.school_contacts(school, routing, context.texts, context.now),
        choices=(Choice(f"follow:{school.id}", context.texts.get("choice.follow_it")),),
    )
    return say(context.standing(reply), replace(context.memory, chosen_school=school.id, expects=None))


def _offer(schools: tuple[School, ...], context: Context) -> Turn:
    if not schools:
        return _which(context, "look_up.not_found")
    texts = context.texts
    reply = Reply(headline=texts.get("look_up.candidates"), choices=tuple(school_choices(schools[:5], texts)))
    return say(reply, replace(context.memory, expects=Expects.SCHOOL_TO_LOOK_UP))


def _which(context: Context, key: str = "look_up.which") -> Turn:
    reply = Reply(context.texts.get(key))
    return say(reply, replace(context.memory, expects=Expects.SCHOOL_TO_LOOK_UP))
