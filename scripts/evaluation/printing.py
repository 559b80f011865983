"""The figures as tables for a terminal."""

from collections.abc import Iterator

from scripts.evaluation.identifiers import LookalikeFigures, NumberFigures
from scripts.evaluation.rows import Row
from scripts.evaluation.schools import SchoolFigures
from scripts.evaluation.texts import WORST, TextFigures

_SHOWN = 160


def text_lines(figures: TextFigures) -> Iterator[str]:
    """The tables about words."""
    yield "TEXTS"
    yield f"  recall                      {figures.recall.as_text()}"
    yield f"  false alarms                {figures.false_alarm.as_text()}"
    yield f"  recall, very short apart    {figures.recall_without_very_short.as_text()}"
    yield f"  alarms, very short apart    {figures.false_alarm_without_very_short.as_text()}"
    if figures.spam_flagged.of:
        yield f"  adverts flagged             {figures.spam_flagged.as_text()}"
    if figures.ambiguous_flagged.of:
        yield f"  undecidable rows flagged    {figures.ambiguous_flagged.as_text()}"
    for label, rates in figures.by.items():
        yield f"  by {label} (scam: recall; legit: false alarms)"
        for name, rate in sorted(rates.items()):
            yield f"    {name:44} {rate.as_text()}"
    yield from _worst("missed scams", figures.misses)
    yield from _worst("false alarms", figures.alarms)


def number_lines(figures: NumberFigures) -> Iterator[str]:
    """The tables about identifiers."""
    yield "NUMBERS"
    yield f"  exact                       {figures.exact.as_text()}"
    yield f"  exact, hard rows            {figures.hard.as_text()}"
    yield f"  wrong identifiers           {figures.wrong}"
    for kind, rate in sorted(figures.by_kind.items()):
        yield f"    {kind:44} {rate.as_text()}"
    for row, problem in figures.misread[:WORST]:
        yield f"  misread {_said(row)} -> {problem}"


def lookalike_lines(figures: LookalikeFigures) -> Iterator[str]:
    """The tables about look-alikes."""
    yield "LOOK-ALIKES"
    yield f"  found                       {figures.recall.as_text()}"
    yield f"  same number recognised      {figures.same.as_text()}"
    yield f"  other numbers flagged       {figures.false_alarm.as_text()}"
    for row in figures.missed[:WORST]:
        yield f"  wrong {row.get('id', '')} {row['expect']}: {row['seen']} for {row['official']}"


def school_lines(figures: SchoolFigures) -> Iterator[str]:
    """The tables about schools."""
    yield "SCHOOLS"
    yield f"  right among the offered     {figures.offered.as_text()}"
    yield f"  wrong ones alone            {figures.wrong_alone}"
    for kind, rate in sorted(figures.by_kind.items()):
        yield f"    {kind:44} {rate.as_text()}"
    for row, got in figures.misses[:WORST]:
        yield f"  wrong {_said(row)} -> {got}, expected {row['expect']}"


def _worst(title: str, found: list[tuple[float, Row]]) -> Iterator[str]:
    if found:
        yield f"  worst {title} ({len(found)})"
        for score, row in found[:WORST]:
            yield f"    {score:6.2f} {_said(row)}"


def _said(row: Row) -> str:
    text = " ".join(str(row["text"]).split())
    return f"{row.get('id', '')} {text[:_SHOWN]}{'…' if len(text) > _SHOWN else ''}"
