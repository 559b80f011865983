"""Trying a script before it is proposed: the real check with the draft among the records. Nothing is kept."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from api.rendering import headline_text
from bot import replies, texts
from bot.messages import Channel
from scamcheck.check import check
from scamcheck.knowledge import Asker, Candidates, KnowledgeBase, Script
from scamcheck.observables import Observables, extract
from scamcheck.reasons import Level
from scamcheck.scripts import ScriptIndex

MOST_EXAMPLES: Final = 12
_BETWEEN: Final = re.compile(r"\n[ \t]*\n")
_ALARM: Final = (Level.SUSPICIOUS, Level.CONFIRMED_SCAM)


class WithDraft:
    """The records of now, and a script that is not among them yet."""

    def __init__(self, records: KnowledgeBase, draft: Script) -> None:
        self._records = records
        self._draft_id = draft.id
        self._index = ScriptIndex((draft,))

    async def gather(self, observables: Observables, asker: Asker, now: datetime) -> Candidates:
        """As the records gather, with the draft in the place of the script that it would replace.

        Raises:
            KnowledgeUnavailable: the records cannot be reached.
        """
        found = await self._records.gather(observables, asker, now)
        others = (one for one in found.scripts if one.script.id != self._draft_id)
        both = (*self._index.candidates(observables.text), *others)
        return replace(found, scripts=tuple(sorted(both, key=lambda one: (-one.score, one.script.id))))


@dataclass(frozen=True, slots=True)
class Tried:
    """What a parent would see for one example."""

    text: str
    level: Level
    headline: str
    reasons: tuple[str, ...]
    score: float
    """How near the draft is, 0 to 100; 0 below what counts."""
    level_before: Level
    """Without the draft."""
    is_scam: bool
    """What whoever wrote the example says it is."""

    @property
    def is_right(self) -> bool:
        """Whether a scam is recognised, or a genuine message left alone."""
        return (self.level in _ALARM) is self.is_scam

    @property
    def is_false_alarm(self) -> bool:
        """Whether a genuine message is taken for the draft's."""
        return not self.is_scam and bool(self.score)


def examples_in(written: str) -> list[str]:
    """The examples of a box: an empty line stands between two."""
    return [one.strip() for one in _BETWEEN.split(written.replace("\r\n", "\n")) if one.strip()]


async def try_script(
    draft: Script,
    *,
    scams: Sequence[str],
    genuine: Sequence[str],
    records: KnowledgeBase,
    now: datetime,
    demo: bool,
) -> list[Tried]:
    """Check every example with the draft and without."""
    marked = [*((text, True) for text in scams), *((text, False) for text in genuine)]
    index = ScriptIndex((draft,))
    tried: list[Tried] = []
    for text, is_scam in marked[:MOST_EXAMPLES]:
        before = await check(text, records, now=now)
        verdict = await check(text, WithDraft(records, draft), now=now)
        reply = replies.render(
            verdict, texts=texts.load("vi"), check_id=None, now=now, demo=demo, channel=Channel.WEB
        )
        near = index.candidates(extract(text).text)
        tried.append(
            Tried(
                text=text,
                level=verdict.level,
                headline=headline_text(reply.headline),
                reasons=reply.reasons,
                score=near[0].score if near else 0.0,
                level_before=before.level,
                is_scam=is_scam,
            )
        )
    return tried
