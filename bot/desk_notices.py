"""What staff are told in their chats: that something happened at the desk, never what about."""

from typing import Final

from bot.messages import Choice, Reply
from bot.messages_json import reply_to_json
from bot.texts import load
from db.models import Notice

_KNOWN: Final = "desk.notice"


def payload_of(notice: Notice) -> str:
    """The message about a notice, ready for the outbox."""
    return reply_to_json(reply_of(notice))


def reply_of(notice: Notice) -> Reply:
    """Said in Vietnamese, as the desk is; the subject is an opaque id and stays behind."""
    texts = load("vi")
    key = f"{_KNOWN}.{notice.topic.replace('.', '_')}"
    return Reply(
        headline=texts.get(key if key in texts else f"{_KNOWN}.other"),
        steps=texts.lines("desk.notice_steps"),
        choices=(Choice("desk", texts.get("choice.desk")),),
    )
