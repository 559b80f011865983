"""Which dialogue an event belongs to. When alarming signs are present, a check always wins."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Final

from bot.conversation import (
    appeal,
    check,
    choose_school,
    desk,
    dispute,
    emergency,
    follow_school,
    group,
    link_channels,
    look_up,
    notify,
    on_the_phone,
    privacy,
    report,
    sent_money,
    talk,
)
from bot.conversation.context import Context, Turn, say
from bot.conversation.memory import KEPT, STATE, Expects, Memory, from_data, to_data
from bot.conversation.wishes import wishes_to_report
from bot.conversation.words import case_code_in, chosen, command_of, menu_digit, plain, staff_code_in
from bot.messages import Incoming, Reply
from db import people
from scamcheck.check import judge
from scamcheck.intent import intent_of
from scamcheck.observables import Observables, extract
from scamcheck.verdict import Intent

Handler = Callable[[str, Incoming, Context], Awaitable[Turn]]

_VERBS: Final[Mapping[str, Handler]] = {
    "said": check.said,
    "school": choose_school.tapped,
    "report": report.asked,
    "report_yes": report.agreed,
    "dispute": dispute.tapped,
    "notify": notify.tapped,
    "sent_money": sent_money.tapped,
    "on_phone": on_the_phone.tapped,
    "follow": follow_school.tapped,
    "unfollow": follow_school.left,
    "menu": talk.menu,
    "privacy": privacy.rights,
    "data": privacy.data,
    "erase": privacy.erase_asked,
    "erase_yes": privacy.erase,
    "appeal": appeal.how,
    "cancel": talk.cancel,
    "link_seen": link_channels.looked,
    "link_yes": link_channels.agreed,
    "link_join": link_channels.joined,
    "link_no": link_channels.refused,
    "unlink": link_channels.parted,
    "erase_here": privacy.erase_here,
    "desk": desk.overview,
    "desk_case": desk.decide,
    "desk_incident": desk.incident,
    "desk_ours": desk.ours,
    "desk_not_ours": desk.not_ours,
    "desk_called": desk.parents_called,
    "desk_propose": desk.propose,
    "desk_leave": desk.leave,
}
"""What a tap's token may start. Tokens are input: each handler looks again at what it names."""

_COMMANDS: Final[Mapping[str, Handler]] = {
    **{verb: _VERBS[verb] for verb in ("report", "dispute", "notify", "sent_money", "on_phone")},
    **{verb: _VERBS[verb] for verb in ("menu", "privacy", "data", "erase", "appeal", "cancel")},
    "hello": talk.hello,
    "check": check.how,
    "look_up": look_up.asked,
    "follow": follow_school.asked,
    "who": talk.who,
    "person": talk.person,
    "join": talk.join,
    "stop": talk.stop,
    "leave": talk.menu,
    "link": link_channels.asked,
    "link_no": link_channels.refused,
    "desk_link": desk.link,
    **{verb: _VERBS[verb] for verb in ("desk", "desk_propose", "desk_leave")},
}

_NEVER_LIMITED: Final = frozenset(
    {"sent_money", "on_phone", "erase", "erase_yes", "erase_here", "data", "unlink", "link_no"}
)
"""Help in the minute of need, and a person's rights, do not wait for a limit."""

_NAME_WORDS: Final = 14
"""Words up to which a message may be a school's name."""


async def respond(incoming: Incoming, context: Context) -> tuple[Reply, ...]:
    """Answer one event inside the context's transaction, and remember what is open for fifteen minutes."""
    dialogue = people.dialogue_of(context.conversation, context.now)
    memory = from_data(dialogue.data, context.now) if dialogue else Memory()
    turn = await _turn(incoming, replace(context, memory=memory))
    if not turn.forget:
        empty = turn.memory == Memory()
        people.save_dialogue(
            context.conversation,
            state=None if empty else STATE,
            data={} if empty else to_data(turn.memory),
            expires_at=None if empty else context.now + KEPT,
        )
    return turn.replies


async def _turn(incoming: Incoming, context: Context) -> Turn:
    verb, argument, handler = _handler(incoming, context)
    if verb not in _NEVER_LIMITED and (refusal := context.limits.take_check(context.person)):
        return check.overloaded(context, "overloaded" if refusal.limit == "checks_by_all" else "too_many")
    if incoming.is_group:
        return await group.answer(incoming, context)
    for by_link in (follow_school.by_link, link_channels.by_link) if incoming.start else ():
        if (opened := await by_link(incoming.start or "", context)) is not None:
            return opened
    if handler is not None:
        return await handler(argument, incoming, context)
    if incoming.action is not None:
        return check.expired(context)
    return await _words(incoming, context)


def _handler(incoming: Incoming, context: Context) -> tuple[str, str, Handler | None]:
    """The dialogue that a tap, a command, or an answer to the open menu leads to."""
    if incoming.action is not None:
        verb, _, argument = incoming.action.partition(":")
        return verb, argument, _VERBS.get(verb)
    if (picked := chosen(incoming.text, context.memory.menu)) is not None:
        verb, _, argument = picked.token.partition(":")
        return verb, argument, _VERBS.get(verb)
    if (command := command_of(incoming.text)) is not None:
        return *command, _COMMANDS.get(command[0])
    if (code := staff_code_in(incoming.text)) is not None:
        return "desk_link", code, desk.link
    if (code := case_code_in(incoming.text)) is not None:
        return "status", code, report.status
    return "", "", None


async def _words(incoming: Incoming, context: Context) -> Turn:
    text = check.whole_text(incoming)
    if (nothing := await _nothing_to_judge(text, incoming, context)) is not None:
        return nothing
    seen = extract(text)
    intent = intent_of(seen)
    if intent is Intent.EMERGENCY:
        return emergency.answer(seen, context)
    known = look_up.prefix(text, context) or await _expected(text, seen, context)
    if known is not None:
        return known
    asked = context.memory.expects is Expects.WHAT_WAS_SAID
    if intent is Intent.TALK:
        return await talk.answer(text, incoming, context)
    if intent is Intent.LOOK_UP:
        asker = await context.asker()
        verdict = await judge(seen, context.knowledge, asker=asker, now=context.now)
        if verdict.intent is Intent.LOOK_UP:
            return await look_up.answer(verdict, text, context)
    last = context.memory.last
    joining = last if check.continues(seen, last, asked=asked) else None
    turn = await check.judge(seen, context, joining=joining, already_said=asked and joining is not None)
    return report.asked_after(turn, context) if wishes_to_report(plain(text)) else turn


async def _nothing_to_judge(text: str, incoming: Incoming, context: Context) -> Turn | None:
    """Nothing was written, or a digit for a menu that has no such line."""
    if not text.strip():
        return await (talk.unreadable if incoming.unreadable else talk.hello)("", incoming, context)
    if menu_digit(text) is not None and not incoming.shared_numbers:
        return _not_on_menu(context)
    return None


async def _expected(text: str, seen: Observables, context: Context) -> Turn | None:
    """An answer to what was asked: which school, what to propose. Anything alarming is a message to check."""
    expects = context.memory.expects
    if expects in (None, Expects.WHAT_WAS_SAID) or _alarms(seen):
        return None
    if expects is Expects.TO_PROPOSE:
        return await desk.typed(seen, context)
    if seen.has_identifier or len(text.split()) > _NAME_WORDS:
        return None
    if expects is Expects.SCHOOL_TO_FOLLOW:
        return await follow_school.named(text, context)
    return await choose_school.typed(text, context)


def _alarms(seen: Observables) -> bool:
    said = seen.assessment
    return said.suspicious or said.early_stage or said.alarming or said.warning


def _not_on_menu(context: Context) -> Turn:
    texts = context.texts
    if not context.memory.menu:
        return say(Reply(texts.get("talk.not_understood")), context.memory.without_question())
    return say(Reply(texts.get("talk.not_on_menu"), choices=context.memory.menu), context.memory)
