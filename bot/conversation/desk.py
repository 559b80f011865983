"""Staff in chat: counts and case codes, proposals and marks. Approving and rejecting are done in the console.

No reported text, no number and no name goes out here: a chat app is outside the desk. What staff type about
an identifier is theirs, and is answered with the identifier masked.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from bot import identifiers
from bot.conversation.context import Context, Turn, say
from bot.conversation.memory import Expects
from bot.messages import Channel, Choice, Incoming, Link, Reply
from db import approvals, audit, chat_staff, incidents, work_list
from db.approval_rules import ProposalKind
from db.chat_staff import CODE_LASTS, DECISION_LINK_LASTS
from db.models import IncidentMark, Outcome
from db.rights import Actor, Permission
from db.work_list import WorkList
from scamcheck.knowledge import IdentifierKind
from scamcheck.observables import Observables, extract
from scamcheck.reasons import About, AboutKind

DECISION_PATH: Final = "/console/from-chat"
_MARKS: Final = {
    "desk_ours": IncidentMark.OURS,
    "desk_not_ours": IncidentMark.NOT_OURS,
    "desk_called": IncidentMark.PARENTS_CALLED,
}
_OFFERED: Final = 3
"""Proposals and incidents that get a button; the others are reached once these are done."""


async def link(code: str, _incoming: Incoming, context: Context) -> Turn:
    """/lienket with the code that the console shows, or the code alone."""
    texts = context.texts
    if not code.strip():
        return _plain(context, "desk.link_how")
    actor = await chat_staff.link(
        context.session, context.conversation, code, keys=context.keys, now=context.now
    )
    if actor is None:
        return _plain(context, "desk.link_refused")
    reply = Reply(
        headline=texts.get("desk.linked", role=texts.get(f"desk.role.{actor.role.value}")),
        steps=texts.lines("desk.linked_steps"),
        choices=(
            Choice("desk", texts.get("choice.desk")),
            Choice("desk_leave", texts.get("choice.desk_leave")),
        ),
    )
    return say(reply, context.memory.without_question())


async def read_in_group(code: str, context: Context) -> Reply:
    """A code that a whole group has read links nothing any more."""
    await chat_staff.burn(context.session, code, keys=context.keys, now=context.now)
    return Reply(context.texts.get("desk.link_in_group"))


async def leave(_argument: str, _incoming: Incoming, context: Context) -> Turn:
    """/huylienket: from now on this is a conversation like any other."""
    ended = await chat_staff.unlink(context.session, context.conversation, now=context.now)
    return _plain(context, "desk.left" if ended else "desk.not_linked")


async def overview(_argument: str, _incoming: Incoming, context: Context) -> Turn:
    """/banlamviec: how much waits, with case codes."""
    actor = await chat_staff.actor_in(context.session, context.conversation)
    if actor is None:
        return _plain(context, "desk.not_linked")
    waits = await work_list.work_list(context.session, actor=actor, now=context.now)
    texts = context.texts
    lines = tuple(_lines(waits, context))
    reply = Reply(
        headline=texts.get("desk.headline", role=texts.get(f"desk.role.{actor.role.value}")),
        steps=lines or texts.lines("desk.nothing"),
        choices=tuple(_choices(waits, actor, context)),
        notes=(texts.get("desk.note"),),
    )
    return say(reply, context.memory.without_question())


async def decide(proposal_id: str, _incoming: Incoming, context: Context) -> Turn:
    """A link into the console, where the second factor is asked for and the decision made."""
    actor = await chat_staff.actor_in(context.session, context.conversation)
    if actor is None:
        return _plain(context, "desk.not_linked")
    texts, base = context.texts, context.settings.public_url.rstrip("/")
    if context.channel is not Channel.WEB and not base:
        return _plain(context, "desk.no_address")
    try:
        token = await chat_staff.decision_link(
            context.session, actor=actor, proposal_id=proposal_id, now=context.now
        )
    except (LookupError, ValueError):
        return _plain(context, "desk.nothing_to_decide")
    path = f"{DECISION_PATH}/{token}"
    reply = Reply(
        headline=texts.get("desk.decide"),
        steps=texts.lines("desk.decide_steps", minutes=_minutes(DECISION_LINK_LASTS.total_seconds())),
        links=(Link(path if context.channel is Channel.WEB else base + path, texts.get("desk.open")),),
        choices=(Choice("desk", texts.get("choice.desk")),),
    )
    return say(reply, context.memory.without_question())


async def incident(case_code: str, _incoming: Incoming, context: Context) -> Turn:
    """Which mark a school sets on a report that names it; the report itself is read in the console."""
    texts = context.texts
    reply = Reply(
        headline=texts.get("desk.mark_ask", code=case_code[:16]),
        steps=texts.lines("desk.mark_steps"),
        choices=(
            *(Choice(f"{verb}:{case_code}", texts.get(f"choice.{verb}")) for verb in _MARKS),
            Choice("cancel", texts.get("choice.cancel")),
        ),
    )
    return say(reply, context.memory.without_question())


async def mark(verb: str, case_code: str, context: Context) -> Turn:
    """Set it."""
    actor = await chat_staff.actor_in(context.session, context.conversation)
    if actor is None:
        return _plain(context, "desk.not_linked")
    try:
        async with context.session.begin_nested():
            await incidents.mark(
                context.session, actor=actor, case_code=case_code, mark=_MARKS[verb], now=context.now
            )
    except (ValueError, LookupError, PermissionError) as fact:
        return await _refused(fact, actor, "incident.mark", f"report:{case_code[:16]}", context)
    reply = Reply(
        context.texts.get("desk.marked", code=case_code),
        choices=(Choice("desk", context.texts.get("choice.desk")),),
    )
    return say(reply, context.memory.without_question())


async def ours(case_code: str, _incoming: Incoming, context: Context) -> Turn:
    """It is the school's own matter."""
    return await mark("desk_ours", case_code, context)


async def not_ours(case_code: str, _incoming: Incoming, context: Context) -> Turn:
    """The school knows nothing of it."""
    return await mark("desk_not_ours", case_code, context)


async def parents_called(case_code: str, _incoming: Incoming, context: Context) -> Turn:
    """The school has called the parents."""
    return await mark("desk_called", case_code, context)


async def propose(words: str, _incoming: Incoming, context: Context) -> Turn:
    """/dexuat: an identifier and why; without them, ask."""
    actor = await chat_staff.actor_in(context.session, context.conversation)
    if actor is None:
        return _plain(context, "desk.not_linked")
    if not actor.may(Permission.PROPOSE_INDICATOR):
        return _plain(context, "desk.refused.other")
    if not words.strip():
        reply = Reply(context.texts.get("desk.propose_ask"), steps=context.texts.lines("desk.propose_steps"))
        return say(reply, replace(context.memory, expects=Expects.TO_PROPOSE))
    return await _propose(extract(words), actor, context)


async def typed(seen: Observables, context: Context) -> Turn:
    """What was asked for by `propose`."""
    actor = await chat_staff.actor_in(context.session, context.conversation)
    return _plain(context, "desk.not_linked") if actor is None else await _propose(seen, actor, context)


async def _propose(seen: Observables, actor: Actor, context: Context) -> Turn:
    texts = context.texts
    named = list(_named(seen))
    if len(named) != 1:
        return say(Reply(texts.get("desk.propose_one")), replace(context.memory, expects=Expects.TO_PROPOSE))
    [(kind, key, start, end)] = named
    reason = " ".join(f"{seen.text.display[:start]} {seen.text.display[end:]}".split()).strip(" ,;:.–-")
    try:
        async with context.session.begin_nested():
            await approvals.propose(
                context.session,
                actor=actor,
                kind=ProposalKind.CONFIRM_INDICATOR,
                payload={
                    "kind": kind.value,
                    "key": key,
                    "source": texts.get("desk.source"),
                    "verified_at": f"{context.now.date():%Y-%m-%d}",
                },
                reason=reason,
                now=context.now,
            )
    except (ValueError, LookupError, PermissionError) as fact:
        return await _refused(fact, actor, "proposal.propose", f"{kind.value}:{key}", context)
    about = About(
        AboutKind(kind.value), key.rpartition(":")[2] if kind is IdentifierKind.BANK_ACCOUNT else key
    )
    thing = texts.first_fitting(f"thing.{kind.value}", {"shown": identifiers.shown(about, seen)})
    reply = Reply(
        headline=texts.get("desk.proposed", thing=thing),
        steps=texts.lines("desk.proposed_steps"),
        choices=(Choice("desk", texts.get("choice.desk")),),
    )
    return say(reply, context.memory.without_question())


def _named(seen: Observables) -> Iterator[tuple[IdentifierKind, str, int, int]]:
    for number in seen.numbers:
        yield IdentifierKind.NUMBER, number.number.key, number.start, number.end
    for account in seen.accounts:
        key = f"{account.bin or '?'}:{account.number}"
        yield IdentifierKind.BANK_ACCOUNT, key, account.start, account.end
    for link_ in seen.links:
        yield IdentifierKind.LINK, link_.key, link_.start, link_.end


async def _refused(fact: Exception, actor: Actor, action: str, subject: str, context: Context) -> Turn:
    name = type(fact).__name__
    await audit.record(
        context.session,
        actor=actor,
        action=action,
        subject=subject,
        facts={"because": name},
        outcome=Outcome.REFUSED,
        now=context.now,
    )
    key = f"desk.refused.{name}"
    return _plain(context, key if key in context.texts else "desk.refused.other")


def _lines(waits: WorkList, context: Context) -> Iterator[str]:
    texts = context.texts
    if waits.queue is not None:
        yield texts.get("desk.queue", count=str(waits.queue))
    if waits.reports:
        yield texts.get("desk.reports", codes=", ".join(waits.reports))
    if waits.proposals is not None:
        yield texts.get("desk.proposals", count=str(waits.proposals))
    if waits.incidents is not None:
        yield texts.get("desk.incidents", count=str(waits.incidents))
    if waits.unmarked:
        yield texts.get("desk.reports", codes=", ".join(waits.unmarked))
    if waits.reconfirmations is not None:
        yield texts.get("desk.reconfirmations", count=str(waits.reconfirmations))


def _choices(waits: WorkList, actor: Actor, context: Context) -> Iterator[Choice]:
    texts = context.texts
    for number, one in enumerate(waits.waiting[:_OFFERED], start=1):
        kind = texts.get(f"desk.kind.{one.kind.value}")
        yield Choice(
            f"desk_case:{one.public_id}", texts.get("choice.desk_case", number=str(number), kind=kind)
        )
    for code in waits.unmarked[:_OFFERED]:
        yield Choice(f"desk_incident:{code}", texts.get("choice.desk_incident", code=code))
    if actor.may(Permission.PROPOSE_INDICATOR):
        yield Choice("desk_propose", texts.get("choice.desk_propose"))
    yield Choice("desk_leave", texts.get("choice.desk_leave"))


def _plain(context: Context, key: str) -> Turn:
    facts = {"minutes": _minutes(CODE_LASTS.total_seconds())} if key == "desk.link_how" else {}
    return say(Reply(context.texts.get(key, **facts)), context.memory.without_question())


def _minutes(seconds: float) -> str:
    return str(int(seconds) // 60)
