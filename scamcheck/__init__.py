"""The pure core of Gọi Lại: reads a message, compares it with what is known, decides. No I/O."""

from scamcheck.check import check
from scamcheck.knowledge import NOBODY, Asker, KnowledgeBase, KnowledgeUnavailable
from scamcheck.phone import PhoneNumber
from scamcheck.verdict import Level, Reason, Verdict

__all__ = [
    "NOBODY",
    "Asker",
    "KnowledgeBase",
    "KnowledgeUnavailable",
    "Level",
    "PhoneNumber",
    "Reason",
    "Verdict",
    "check",
]
