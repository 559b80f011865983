"""The dry run of some rows: what is read from them, compared with the record and with earlier rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from db.importing.comparing import Found, Scope, compare
from db.importing.drafts import TAKEN, ContactDraft, Draft, Entry, SchoolDraft
from db.models import RowOutcome


@dataclass(slots=True)
class Seen:
    """Identifiers of earlier rows of the same file, with the row and the owner."""

    rows: dict[str, tuple[int, str]] = field(default_factory=dict[str, tuple[int, str]])

    def note(self, draft: Draft, row: int, found: Found) -> Found:
        """What becomes of a draft when an earlier row had the same identifier."""
        key = identity(draft)
        owner = (
            f"{draft.owner_kind}|{draft.owner_key}|{found.target}" if isinstance(draft, ContactDraft) else ""
        )
        earlier = self.rows.setdefault(key, (row, owner))
        if earlier == (row, owner) or found.outcome not in TAKEN:
            return found
        if earlier[1] != owner:
            return Found(RowOutcome.CONFLICT, "twice_other", str(earlier[0]))
        return replace(found, outcome=RowOutcome.DUPLICATE, why="twice", detail=str(earlier[0]))


@dataclass(frozen=True, slots=True)
class Checked:
    """One line of the report."""

    entry: Entry
    found: Found


def identity(draft: Draft) -> str:
    """What a file may say once."""
    return draft.key if isinstance(draft, SchoolDraft) else f"{draft.kind}|{draft.key}"


async def check(
    session: AsyncSession, entries: Sequence[Entry], scope: Scope, seen: Seen, now: datetime
) -> list[Checked]:
    """What becomes of each entry; `seen` remembers them for the next ones."""
    drafts = [entry.draft for entry in entries if entry.draft is not None]
    found = iter(await compare(session, drafts, scope, now))
    checked: list[Checked] = []
    for entry in entries:
        if entry.draft is None:
            assert entry.outcome is not None  # noqa: S101  # a row makes a draft, or says why not
            checked.append(Checked(entry, Found(entry.outcome, entry.why, entry.detail)))
        else:
            checked.append(Checked(entry, seen.note(entry.draft, entry.row, next(found))))
    return checked
