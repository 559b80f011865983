"""Every sentence the bot can say, one file per language; nothing else in the code speaks to a person."""

from bot.texts.load import FactMissing, TextMissing, Texts, load

__all__ = ["FactMissing", "TextMissing", "Texts", "load"]
