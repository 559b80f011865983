"""What followers of a school are told when it has another name, became part of another, or has closed."""

from bot.messages import Reply
from bot.messages_json import reply_to_json
from bot.texts import load
from db.models import FollowerNews


def payload_of(news: FollowerNews) -> str:
    """The message for one follower, ready for the outbox."""
    return reply_to_json(reply_of(news))


def reply_of(news: FollowerNews) -> Reply:
    """Said in Vietnamese, as corrections are; no number, which may change again before it is read."""
    texts = load("vi")
    facts = {"school": news.school, "became": news.became}
    return Reply(
        headline=texts.get(f"news.{news.kind.value}", **facts),
        steps=texts.lines(f"news.{news.kind.value}_steps"),
        notes=(texts.get("correction.stop"),),
    )
