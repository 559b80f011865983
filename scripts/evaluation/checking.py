"""Runs the real check on the records that every installation ships, or on a file's own."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from scamcheck.check import check
from scamcheck.knowledge import Contact, School
from scamcheck.memory import MemoryKnowledgeBase
from scamcheck.places import shipped as shipped_communes
from scamcheck.reasons import Level
from scamcheck.scripts import shipped as shipped_scripts
from scamcheck.verdict import Verdict

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
"""One moment for every evaluation, so that two runs agree."""

POSITIVE = frozenset({Level.SUSPICIOUS, Level.CONFIRMED_SCAM})


def knowledge(*, schools: Iterable[School] = (), contacts: Iterable[Contact] = ()) -> MemoryKnowledgeBase:
    """The shipped communes and scripts, with the schools and contacts of a file."""
    return MemoryKnowledgeBase(
        schools=schools, communes=shipped_communes(), contacts=contacts, scripts=shipped_scripts()
    )


def verdicts(texts: Sequence[str], known: MemoryKnowledgeBase) -> list[Verdict]:
    """One verdict per text, in order."""

    async def run() -> list[Verdict]:
        return [await check(text, known, now=NOW) for text in texts]

    return asyncio.run(run())
