"""Somebody needs an ambulance or the fire brigade now: that number, before anything is looked up."""

from dataclasses import replace

from bot import plain_answers
from bot.conversation.context import Context, Turn
from scamcheck.emergency import Emergency
from scamcheck.observables import Observables


def answer(seen: Observables, context: Context) -> Turn:
    """The number to call this minute. What was open in the conversation stays open."""
    reply = plain_answers.emergency(seen.emergency or Emergency.MEDICAL, context.texts)
    return Turn((context.standing(reply),), replace(context.memory, expects=None))
