"""How to appeal when one's own number, account or site carries a warning."""

from bot.conversation.context import Context, Turn, say
from bot.messages import Incoming, Reply


async def how(_argument: str, _incoming: Incoming, context: Context) -> Turn:
    """Whom to turn to, and with what; no papers are taken in chat."""
    texts = context.texts
    where = context.settings.appeal_contact
    reply = Reply(
        headline=texts.get("appeal.headline"),
        steps=texts.lines("appeal.steps"),
        advice=(texts.get("appeal.contact", contact=where),) if where else (),
    )
    return say(context.standing(reply), context.memory.without_question())
