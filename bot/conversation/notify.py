"""To be told if the answer changes: an opt-in for the identifiers of one check, kept 90 days."""

from bot.conversation.context import Context, Turn, say
from bot.messages import Incoming, Reply
from db import checks
from db.checks import CheckNotFound


async def tapped(check_id: str, _incoming: Incoming, context: Context) -> Turn:
    """A tap below an answer, or the words, about the last one."""
    texts = context.texts
    last = context.memory.last
    of_check = check_id or (last.id if last else "")
    try:
        wanted = await checks.want_correction(
            context.session, context.conversation, check_id=of_check, now=context.now
        )
    except CheckNotFound:
        wanted = 0
    if not wanted:
        return say(Reply(texts.get("notify.nothing")), context.memory.without_question())
    return say(
        Reply(texts.get("notify.done"), steps=texts.lines("notify.done_steps")),
        context.memory.without_question(),
    )
