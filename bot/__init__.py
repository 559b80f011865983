"""The conversation: turns messages into checks and verdicts into words, on any channel."""
