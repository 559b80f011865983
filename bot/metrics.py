"""What operators watch: counts and times, never a person, a number or a word of a message."""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY: Final = CollectorRegistry()
_SECONDS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0)

ACCEPTED: Final = Counter(
    "goilai_events_accepted", "Events committed to the inbox.", ("channel", "new"), registry=REGISTRY
)
NOT_ACCEPTED: Final = Counter(
    "goilai_events_not_accepted", "Events that could not be committed.", ("channel",), registry=REGISTRY
)
ANSWERED: Final = Counter(
    "goilai_events_answered", "Events answered and committed.", ("channel",), registry=REGISTRY
)
FAILED: Final = Counter(
    "goilai_events_failed", "Attempts at an answer that failed.", ("channel",), registry=REGISTRY
)
SET_ASIDE: Final = Counter(
    "goilai_events_set_aside", "Events set aside after five failures.", ("channel",), registry=REGISTRY
)
SENDS: Final = Counter(
    "goilai_sends", "What came of sends.", ("channel", "lane", "result"), registry=REGISTRY
)
ANSWER_SECONDS: Final = Histogram(
    "goilai_answer_seconds",
    "From an event's commit to the commit of its answer.",
    buckets=_SECONDS,
    registry=REGISTRY,
)
INBOX_WAITING: Final = Gauge("goilai_inbox_waiting", "Events not yet answered.", registry=REGISTRY)
INBOX_OLDEST: Final = Gauge(
    "goilai_inbox_oldest_seconds", "Age of the oldest event not yet answered.", registry=REGISTRY
)
OUTBOX_WAITING: Final = Gauge("goilai_outbox_waiting", "Messages not yet sent.", registry=REGISTRY)
OUTBOX_OLDEST: Final = Gauge(
    "goilai_outbox_oldest_seconds", "Age of the oldest message not yet sent.", registry=REGISTRY
)
