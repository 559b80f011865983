"""What people are told when the verdict on something they reported or asked about has changed."""

from bot import identifiers
from bot.messages import Reply
from bot.messages_json import reply_to_json
from bot.texts import load
from db.corrections import Correction
from scamcheck.observables import extract
from scamcheck.reasons import About, AboutKind


def payload_of(correction: Correction) -> str:
    """The message about one change, ready for the outbox; the identifier stays masked in it."""
    return reply_to_json(reply_of(correction))


def reply_of(correction: Correction) -> Reply:
    """Said in Vietnamese: who asked for it, asked in a conversation whose language is not kept."""
    texts = load("vi")
    kind = AboutKind(correction.kind.value)
    # The record knows a bank account as "BIN:number"; people know the number.
    key = correction.key.rpartition(":")[2] if kind is AboutKind.BANK_ACCOUNT else correction.key
    shown = identifiers.shown(About(kind, key), extract(""))
    thing = texts.first_fitting(f"thing.{kind.value}", {"shown": shown})
    change = "listed" if correction.listed else "withdrawn"
    return Reply(
        headline=texts.get(f"correction.{change}", thing=thing),
        steps=texts.lines(f"correction.{change}_steps"),
        notes=(texts.get("correction.stop"),),
    )
