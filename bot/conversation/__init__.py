"""The dialogues, one file each: events in, replies out, nothing of any channel."""

from bot.conversation.answering import Answering
from bot.conversation.context import Context, Knowledge
from bot.conversation.respond import respond
from bot.conversation.without_records import respond_without_records

__all__ = ["Answering", "Context", "Knowledge", "respond", "respond_without_records"]
