"""The web: chat page, JSON API, webhooks, health."""
