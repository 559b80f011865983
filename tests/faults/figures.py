"""What the fault tests counted, for the table at the end of a run."""

from dataclasses import dataclass, field

from tests.faults.checker import Findings


@dataclass
class Figures:
    """One column for each test that counts."""

    _columns: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])

    def note(self, what: str, found: Findings, **others: object) -> None:
        self._columns[what] = {
            **{name.replace("_", " "): str(value) for name, value in others.items()},
            "events": str(found.events),
            "acknowledged and lost": str(len(found.lost)),
            "unanswered": str(len(found.unanswered)),
            "double effects": str(found.double_effects),
            "conversations out of order": str(len(found.disordered)),
            "answers that came again": str(found.duplicates),
        }

    def lines(self) -> list[str]:
        """The table; no line when nothing was counted."""
        if not self._columns:
            return []
        names = list(dict.fromkeys(name for column in self._columns.values() for name in column))
        rows = [["", *self._columns]]
        rows += [[name, *(column.get(name, "") for column in self._columns.values())] for name in names]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
