"""In a class group: a short answer, no buttons, no private matters; the details in a private chat by link.

Channels hand over only what is addressed to us (mentioned, replied to, commanded); everything else is never
seen. Nothing about a group is remembered.
"""

from dataclasses import replace

from bot.conversation import check, desk, emergency
from bot.conversation.context import Context, Turn
from bot.conversation.memory import Memory
from bot.conversation.words import command_of, staff_code_in
from bot.messages import Channel, Incoming, Link, Reply
from scamcheck.check import check as judge
from scamcheck.reasons import Level
from scamcheck.verdict import Intent, Verdict

_GENERAL = ("hello", "menu", "who", "privacy", "check", "appeal")


async def answer(incoming: Incoming, context: Context) -> Turn:
    """One short answer, or none when nothing was said."""
    text = check.whole_text(incoming)
    if (code := staff_code_in(text)) is not None:
        return _once(await desk.read_in_group(code, context), context)
    command = command_of(text)
    if command and command[0] == "leave":
        return _leave(context)
    if command and command[0] == "check" and command[1]:
        text = command[1]
    elif command or (incoming.unreadable and not text.strip()):
        return _once(Reply(context.texts.get("group.hello")), context)
    if not text.strip():
        return Turn((), Memory())
    return await _to_words(text, context)


async def _to_words(text: str, context: Context) -> Turn:
    verdict = await judge(text, context.knowledge, now=context.now)
    if verdict.intent is Intent.EMERGENCY:
        return _once(emergency.answer(verdict.observables, context).replies[0], context)
    if verdict.intent is not Intent.CHECK:
        return _once(Reply(context.texts.get("group.hello")), context)
    turn = await check.answer(verdict, context, already_said=True)
    return _once(_short(turn.replies[-1], verdict), context)


def _leave(context: Context) -> Turn:
    """Whoever of the group says so is obeyed: staying unwanted costs more than being asked back."""
    if context.channel is Channel.TELEGRAM:
        return Turn((Reply(context.texts.get("group.leaving"), is_last=True),), Memory())
    return _once(Reply(context.texts.get("group.cannot_leave")), context)


def _short(reply: Reply, verdict: Verdict) -> Reply:
    """The level, the first steps, the numbers everybody may see; questions and reports belong in private."""
    alarm = verdict.level in (Level.CONFIRMED_SCAM, Level.SUSPICIOUS)
    return replace(
        reply,
        steps=reply.steps[: 2 if alarm else 1],
        calls=reply.calls[:2],
        advice=(),
        reasons=reply.reasons[:1],
        question="",
        choices=(),
    )


def _once(reply: Reply, context: Context) -> Turn:
    address = context.settings.public_url
    links = (Link(address, context.texts.get("group.details")),) if address.startswith("https://") else ()
    return Turn((replace(reply, links=links),), Memory())
