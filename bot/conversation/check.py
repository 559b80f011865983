"""The main dialogue: judge what was pasted, forwarded or told, ask what is missing, and join what follows."""

from dataclasses import replace
from typing import Final

from bot.conversation import sent_money
from bot.conversation.context import Context, Turn
from bot.conversation.memory import Expects, LastCheck
from bot.conversation.words import says_money_was_sent
from bot.identifiers import words_beside
from bot.messages import Incoming, Reply
from bot.replies import SAID, fixed_steps, render
from db import checks
from scamcheck.check import judge as judged
from scamcheck.observables import Observables, extract, joined
from scamcheck.reasons import Level
from scamcheck.verdict import Verdict

SPOKEN: Final = {
    "child_emergency": "Có người lạ gọi điện nói con tôi bị tai nạn, đang cấp cứu ở bệnh viện.",
    "money": "Có số lạ gọi điện bảo tôi chuyển tiền gấp vào tài khoản cá nhân, giục chuyển ngay.",
    "authority": "Có người gọi điện xưng là công an, ngân hàng.",
    "link_otp": "Có người lạ gọi điện bảo tôi bấm đường link và đọc mã OTP.",
    "missed_call": "Chỉ có cuộc gọi nhỡ, chưa nói gì.",
}
"""What a tap on "what did the caller say?" stands for, as the core would hear it from a parent."""

NOTHING_NEW: Final = "hỏi lại"
"""Words that say nothing, for judging again what was seen before."""

IDENTIFIER_WORDS: Final = 6
"""Words up to which a message with an identifier may be the missing half of a story told before."""

ADDITION_WORDS: Final = 20
"""Words up to which a message without identifiers adds to what came before instead of starting anew."""


def whole_text(incoming: Incoming) -> str:
    """Everything to be judged: words, numbers of contact cards, link targets that the words hide."""
    hidden = (part for part in (*incoming.shared_numbers, *incoming.links) if part not in incoming.text)
    return "\n".join(part for part in (incoming.text, *hidden) if part)


def continues(now: Observables, last: LastCheck | None, *, asked: bool) -> bool:
    """Whether a message goes on with the last check: words after a number, a number after words.

    Two messages that each bring their own identifier, or their own long story, are two checks: a scam
    number asked about a minute ago must not colour an innocent message.
    """
    if last is None or now.malformed:
        return False
    if now.has_identifier:
        return is_bare(now) and not last.observables.has_identifier
    if asked or last.bare:
        return True
    still_open = last.level is Level.UNKNOWN or not last.observables.has_identifier
    return still_open and not now.assessment.suspicious and words_beside(now) <= ADDITION_WORDS


def is_bare(seen: Observables) -> bool:
    """Whether a message is hardly more than its identifiers: half a story."""
    return seen.has_identifier and words_beside(seen) <= IDENTIFIER_WORDS


async def judge(
    seen: Observables, context: Context, *, joining: LastCheck | None, already_said: bool = False
) -> Turn:
    """Check what was read, together with what was seen before if it goes on with that, and answer."""
    asker = await context.asker(
        chosen_school=context.memory.chosen_school or (joining.school_id if joining else None),
        earlier=joining.observables if joining else None,
    )
    whole = joined(seen, joining.observables) if joining else seen
    verdict = await judged(whole, context.knowledge, asker=asker, now=context.now)
    return await answer(verdict, context, already_said=already_said)


async def answer(verdict: Verdict, context: Context, *, already_said: bool = False) -> Turn:
    """Record a verdict and put it into words."""
    keys = [key for _, key in checks.identifiers_of(verdict.observables)]
    if context.limits.take_identifiers(context.person, map(context.keys.hmac, keys)):
        return overloaded(context, "too_many")
    check_id = await checks.record_check(
        context.session, context.conversation, verdict, keys=context.keys, now=context.now
    )
    reply = render(
        verdict,
        texts=context.texts,
        check_id=check_id,
        now=context.now,
        demo=context.settings.serves_demo,
        channel=context.channel,
        already_said=already_said,
    )
    memory = replace(
        context.memory,
        menu=reply.choices,
        expects=_expected(verdict, reply),
        last=LastCheck.of(verdict, check_id, context.now, bare=is_bare(verdict.observables)),
    )
    replies = (reply,)
    if says_money_was_sent(verdict.observables.text.folded) and verdict.level is not Level.OFFICIAL:
        # The first hours decide whether the money can be held: the bank comes before the explanation.
        replies = (await sent_money.urgent_reply(context, verdict.observables, verdict.routing), reply)
    return Turn(replies, memory)


def _expected(verdict: Verdict, reply: Reply) -> Expects | None:
    if any(choice.token.startswith("said:") for choice in reply.choices):
        return Expects.WHAT_WAS_SAID
    return None if verdict.routing.school else Expects.SCHOOL


async def said(argument: str, _incoming: Incoming, context: Context) -> Turn:
    """A tap on what the caller said: judged together with the identifiers of before."""
    if argument not in SAID:
        return expired(context)
    last = context.memory.last
    turn = await judge(extract(SPOKEN[argument]), context, joining=last, already_said=True)
    if last is None:
        reply = replace(turn.replies[0], notes=(context.texts.get("note.forgotten"), *turn.replies[0].notes))
        return replace(turn, replies=(reply, *turn.replies[1:]))
    return turn


async def how(argument: str, _incoming: Incoming, context: Context) -> Turn:
    """/kiemtra: with something behind it that is checked, alone it tells how."""
    if argument:
        return await judge(extract(argument), context, joining=None)
    return Turn(
        (context.standing(Reply(context.texts.get("talk.check_how"))),), context.memory.without_question()
    )


def expired(context: Context) -> Turn:
    """A button that no longer means anything."""
    return Turn((Reply(context.texts.get("talk.expired")),), context.memory.without_question())


def overloaded(context: Context, why: str) -> Turn:
    """Too much is asked at once: the steps that are right anyway, and 113."""
    return Turn((fixed_steps(context.texts, context.texts.get(f"talk.{why}")),), context.memory)
