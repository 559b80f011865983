"""I am on the phone now: how to end the call, and the number to dial. No questions to test the caller."""

from dataclasses import replace

from bot.conversation.context import Context, Turn
from bot.conversation.memory import Expects
from bot.conversation.routing import routing_of
from bot.messages import Choice, Incoming, Reply
from bot.replies import call_113, calls, school_choices, school_label


async def tapped(_argument: str, _incoming: Incoming, context: Context) -> Turn:
    """The tap or the words "tôi đang nghe máy"."""
    texts = context.texts
    routing = await routing_of(context)
    shown = tuple(calls(routing.contacts, texts=texts, now=context.now)) or (call_113(texts),)
    if routing.school and not routing.school_has_hotline:
        advice = [texts.get("contact.no_hotline", school=school_label(routing.school, texts))]
    elif routing.school:
        advice = []
    else:
        advice = [
            *([] if routing.offered else [texts.get("contact.school_unknown")]),
            texts.get("contact.call_school"),
        ]
    offered = () if routing.school else routing.offered
    reply = context.standing(
        Reply(
            headline=texts.get("on_phone.headline"),
            steps=texts.lines("on_phone.steps"),
            calls=shown,
            advice=tuple(advice),
            question=texts.get("school.which") if offered else "",
            choices=(*school_choices(offered, texts), Choice("sent_money", texts.get("choice.sent_money"))),
        )
    )
    expects = None if routing.school else Expects.SCHOOL
    return Turn((reply,), replace(context.memory, menu=reply.choices, expects=expects))
