"""The answer when the records are gone: the words are still judged; the fixed steps and 113 always stand."""

from dataclasses import replace
from datetime import datetime

from bot import plain_answers
from bot.conversation import check as checking
from bot.conversation.words import command_of
from bot.messages import Incoming, Reply
from bot.replies import call_113, fixed_steps, render
from bot.texts import load
from scamcheck.check import check
from scamcheck.knowledge import Asker, Candidates, KnowledgeUnavailable
from scamcheck.observables import Observables

_URGENT = ("sent_money", "on_phone")


class NoRecords:
    """A knowledge base that cannot be reached."""

    async def gather(
        self,
        observables: Observables,  # noqa: ARG002 - the port names them
        asker: Asker,  # noqa: ARG002
        now: datetime,  # noqa: ARG002
    ) -> Candidates:
        """Never returns."""
        raise KnowledgeUnavailable


async def respond_without_records(incoming: Incoming, now: datetime) -> tuple[Reply, ...]:
    """What can be said without any record. Remembers and records nothing; never raises for any message."""
    texts = load(incoming.language)
    verb, _, argument = (incoming.action or "").partition(":")
    text = checking.whole_text(incoming)
    command = command_of(text)
    urgent = verb if verb in _URGENT else command[0] if command else ""
    if urgent in _URGENT:
        return (
            Reply(
                headline=texts.get(f"{urgent}.headline"),
                steps=texts.lines(f"{urgent}.steps"),
                calls=(call_113(texts),),
                advice=(texts.get("contact.no_police_unknown_place"),),
            ),
        )
    if verb == "said":
        text = checking.SPOKEN.get(argument, "")
    if not text.strip():
        unread = "talk.withheld" if incoming.withheld else "talk.unreadable"
        key = unread if incoming.unreadable else "headline.cannot_check"
        return (fixed_steps(texts, texts.get(key)),)
    verdict = await check(text, NoRecords(), now=now)
    if (plain := plain_answers.answer_without_records(verdict, texts)) is not None:
        return (plain,)
    reply = render(
        verdict,
        texts=texts,
        check_id=None,
        now=now,
        demo=False,
        channel=incoming.conversation.channel,
        already_said=True,
    )
    return (reply if reply.calls else replace(reply, calls=(call_113(texts),)),)
