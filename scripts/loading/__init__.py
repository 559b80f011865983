"""Measures the whole way of a message under load: webhook, commit, answer, send."""
