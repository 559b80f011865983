"""How well a school named in a text is found among the schools of a file."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from scamcheck.knowledge import School
from scamcheck.routing import Routing
from scripts.evaluation.checking import knowledge, verdicts
from scripts.evaluation.figures import Rate
from scripts.evaluation.rows import Row


@dataclass(slots=True)
class SchoolFigures:
    """Right schools among the offered; wrong ones chosen without asking, or offered where none is named."""

    offered: Rate = field(default_factory=Rate)
    wrong_alone: int = 0
    by_kind: dict[str, Rate] = field(default_factory=lambda: defaultdict(Rate))
    misses: list[tuple[Row, str]] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        """The figures under the keys that other tools read."""
        return {
            "offered": self.offered.value,
            "offered_interval": self.offered.interval,
            "wrong_alone": self.wrong_alone,
            "rows": self.offered.of,
            "by_kind": {kind: rate.as_json() for kind, rate in sorted(self.by_kind.items())},
        }


def measure(files: Sequence[Sequence[Row]]) -> SchoolFigures:
    """Ask each file's questions with that file's registry loaded."""
    figures = SchoolFigures()
    for file in files:
        registry = [_school(row) for row in file if row["type"] == "school"]
        queries = [row for row in file if row["type"] == "query"]
        asked = verdicts([row["text"] for row in queries], knowledge(schools=registry))
        for row, verdict in zip(queries, asked, strict=True):
            _count(figures, row, verdict.routing)
    return figures


def _count(figures: SchoolFigures, row: Row, routing: Routing) -> None:
    alone = routing.school.id if routing.school else None
    offered = [alone] if alone else [school.id for school in routing.offered]
    expect, must_not = set(row["expect"]), set(row.get("must_not", ()))
    wrong = (alone is not None and alone not in expect) or (not expect and bool(offered))
    figures.wrong_alone += wrong
    right = not wrong
    if expect:
        right = expect <= set(offered) and offered[0] not in must_not and alone not in must_not
        figures.offered.add(right)
        figures.by_kind[row.get("kind", "")].add(right)
    if not right:
        figures.misses.append((row, f"{'alone ' if alone else ''}{offered}"))


def _school(row: Row) -> School:
    return School(
        id=row["key"],
        level=row["level"],
        name=row["name"],
        commune=row["commune"],
        old_district=row.get("old_district", ""),
        province=row.get("province", ""),
        aliases=tuple(row.get("aliases", ())),
    )
