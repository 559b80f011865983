"""Channels."""

from bot.channels.adapter import SENT, ChannelAdapter, SendKind, SendResult

__all__ = ["SENT", "ChannelAdapter", "SendKind", "SendResult"]
