"""Looking up: the approved contact of a school, or whose number this is. No verdict."""

from dataclasses import replace

from bot.conversation import check
from bot.conversation.context import Context, Turn, say
from bot.conversation.memory import Expects
from bot.conversation.routing import routing_of
from bot.messages import Choice, Incoming, Reply
from bot.replies import calls, commune_name, school_choices, school_label
from scamcheck.claims import OwnerKind
from scamcheck.knowledge import School
from scamcheck.routing import Role
from scamcheck.verdict import Verdict

_OF_A_SCHOOL = (Role.SCHOOL, Role.SCHOOL_BACKUP)
_ROLES_OF_PLACE = {
    OwnerKind.POLICE: (Role.COMMUNE_POLICE, Role.POLICE_113),
    OwnerKind.HOSPITAL: (Role.HOSPITAL, Role.AMBULANCE_115),
    OwnerKind.BANK: (Role.BANK,),
}
_NATIONAL = (Role.POLICE_113, Role.AMBULANCE_115)


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
    if verdict.observables.has_identifier:
        return await check.answer(verdict, context, already_said=True)
    if (place := _place_of(verdict)) is not None:
        return _place(place, verdict, context)
    if verdict.routing.school and verdict.routing.school.id not in {*(await context.asker()).follows}:
        return await show(verdict.routing.school, context)
    if verdict.routing.offered:
        return _offer(verdict.routing.offered, context)
    return await named(text, context)


def _place_of(verdict: Verdict) -> OwnerKind | None:
    """Police, a hospital or a bank that is asked for. A school in the same words is what is meant."""
    kinds = {claim.kind for claim in verdict.observables.claims}
    if OwnerKind.SCHOOL in kinds:
        return None
    return next((kind for kind in _ROLES_OF_PLACE if kind in kinds), None)


def _place(kind: OwnerKind, verdict: Verdict, context: Context) -> Turn:
    """The approved numbers of a place that is no school, or in words how to reach it."""
    texts, routing = context.texts, verdict.routing
    shown = [contact for contact in routing.contacts if contact.role in _ROLES_OF_PLACE[kind]]
    own = any(contact.role not in _NATIONAL for contact in shown)
    if own:
        advice = ()
    elif kind is OwnerKind.POLICE:
        commune = routing.commune and commune_name(routing.commune.name)
        advice = (
            texts.get("contact.no_police", commune=commune)
            if commune
            else texts.get("contact.no_police_unknown_place"),
        )
    else:
        advice = (texts.get("contact.hospital" if kind is OwnerKind.HOSPITAL else "contact.card_bank"),)
    reply = Reply(
        headline=texts.get("look_up.place_found" if own else "look_up.place_none"),
        steps=(texts.get("look_up.found_steps"),) if own else (),
        calls=tuple(calls(shown, texts=texts, now=context.now)),
        advice=advice,
    )
    return say(context.standing(reply), context.memory.without_question())


async def show(school: School, context: Context) -> Turn:
    """The approved contacts of a school."""
    texts = context.texts
    routing = await routing_of(context, school_id=school.id)
    shown = [contact for contact in routing.contacts if contact.role in _OF_A_SCHOOL]
    label = school_label(school, texts)
    reply = context.standing(
        Reply(
            headline=texts.get("look_up.found", owner=label)
            if shown
            else texts.get("look_up.none", school=label),
            steps=(texts.get("look_up.found_steps"),) if shown else (),
            calls=tuple(calls(shown, texts=texts, now=context.now)),
            advice=() if shown else (texts.get("contact.no_hotline", school=label),),
            choices=(Choice(f"follow:{school.id}", texts.get("choice.follow_it")),),
        )
    )
    return say(reply, replace(context.memory, chosen_school=school.id, expects=None))


def _offer(schools: tuple[School, ...], context: Context) -> Turn:
    if not schools:
        return _which(context, "look_up.not_found")
    texts = context.texts
    reply = Reply(headline=texts.get("look_up.candidates"), choices=tuple(school_choices(schools[:5], texts)))
    return say(reply, replace(context.memory, expects=Expects.SCHOOL_TO_LOOK_UP))


def _which(context: Context, key: str = "look_up.which") -> Turn:
    reply = Reply(context.texts.get(key))
    return say(reply, replace(context.memory, expects=Expects.SCHOOL_TO_LOOK_UP))
