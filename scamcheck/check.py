"""The whole of a check: read, gather, match, decide."""

from datetime import datetime

from scamcheck.knowledge import NOBODY, Asker, KnowledgeBase, KnowledgeUnavailable
from scamcheck.observables import Observables, extract
from scamcheck.verdict import Verdict, decide


async def check(text: str, knowledge: KnowledgeBase, *, asker: Asker = NOBODY, now: datetime) -> Verdict:
    """Judge one message, as `asker` would need it answered at `now` (aware).

    Deterministic in its arguments and what `knowledge` returns. Never raises for any text: when the records
    cannot be reached the words are still judged, and the verdict says so.
    """
    return await judge(extract(text, asker.earlier), knowledge, asker=asker, now=now)


async def judge(
    observables: Observables, knowledge: KnowledgeBase, *, asker: Asker = NOBODY, now: datetime
) -> Verdict:
    """As `check`, for a message that was read already, together with what `asker` said earlier."""
    try:
        candidates = await knowledge.gather(observables, asker, now)
    except KnowledgeUnavailable:
        candidates = None
    return decide(observables, candidates, asker=asker, now=now)
