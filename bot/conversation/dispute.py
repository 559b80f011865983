"""A parent says that an answer was wrong. Recorded, looked at by people, changes nothing by itself."""

from bot.conversation.context import Context, Turn, say
from bot.messages import Incoming, Reply
from db import reports
from db.checks import CheckNotFound


async def tapped(check_id: str, _incoming: Incoming, context: Context) -> Turn:
    """A tap below an answer, or the words "sai rồi" about the last one."""
    texts = context.texts
    last = context.memory.last
    of_check = check_id or (last.id if last else "")
    try:
        await reports.file_dispute(context.session, context.conversation, check_id=of_check, now=context.now)
    except CheckNotFound:
        return say(Reply(texts.get("dispute.nothing")), context.memory.without_question())
    reply = Reply(texts.get("dispute.done"), steps=texts.lines("dispute.done_steps"))
    return say(reply, context.memory.without_question())
