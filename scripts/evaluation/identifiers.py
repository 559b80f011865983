"""How well identifiers are read, and look-alikes of official numbers told apart."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from scamcheck.bank_account import bank_named
from scamcheck.claims import OwnerKind
from scamcheck.knowledge import Contact, IdentifierKind, Owner
from scamcheck.observables import Observables, extract
from scamcheck.phone import parse_number
from scamcheck.reasons import ReasonCode
from scamcheck.text import fold
from scripts.evaluation.checking import knowledge, verdicts
from scripts.evaluation.figures import Rate
from scripts.evaluation.rows import Row

Identifiers = dict[str, set[str]]


@dataclass(slots=True)
class NumberFigures:
    """Rows read exactly, identifiers that are plainly wrong, and the rows where something was off."""

    exact: Rate = field(default_factory=Rate)
    hard: Rate = field(default_factory=Rate)
    wrong: int = 0
    by_kind: dict[str, Rate] = field(default_factory=lambda: defaultdict(Rate))
    misread: list[tuple[Row, str]] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        """The figures under the keys that other tools read."""
        return {
            "exact": self.exact.value,
            "exact_interval": self.exact.interval,
            "wrong": self.wrong,
            "rows": self.exact.of,
            "hard": self.hard.as_json(),
            "by_kind": {kind: rate.as_json() for kind, rate in sorted(self.by_kind.items())},
        }


@dataclass(slots=True)
class LookalikeFigures:
    """Look-alikes found, spellings of the same number recognised, other numbers left in peace."""

    recall: Rate = field(default_factory=Rate)
    same: Rate = field(default_factory=Rate)
    false_alarm: Rate = field(default_factory=Rate)
    missed: list[Row] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        """The figures under the keys that other tools read."""
        return {
            "recall": self.recall.value,
            "recall_interval": self.recall.interval,
            "false_alarm": self.false_alarm.value,
            "false_alarm_interval": self.false_alarm.interval,
            "same": self.same.as_json(),
            "rows": self.recall.of + self.same.of + self.false_alarm.of,
        }


def measure_numbers(files: Sequence[Sequence[Row]]) -> NumberFigures:
    """Read every text and compare what was seen with what a careful person would see."""
    figures = NumberFigures()
    for row in (row for file in files for row in file):
        seen = extract(row["text"])
        problems = list(_problems(row["expect"], seen))
        figures.exact.add(not problems)
        figures.by_kind[row.get("kind", "")].add(not problems)
        if row["expect"].get("hard"):
            figures.hard.add(not problems)
        figures.wrong += _wrong(row["expect"], seen)
        if problems:
            figures.misread.append((row, "; ".join(problems)))
    return figures


def measure_lookalikes(files: Sequence[Sequence[Row]]) -> LookalikeFigures:
    """Check each seen number with its official one loaded as an approved contact."""
    figures = LookalikeFigures()
    for row in (row for file in files for row in file):
        (verdict,) = verdicts([row["seen"]], knowledge(contacts=[_official(row)]))
        imitates = any(reason.code is ReasonCode.IMITATES_OFFICIAL for reason in verdict.reasons)
        same = any(seen.number.key == row["official"] for seen in verdict.observables.numbers)
        if row["expect"] == "lookalike":
            right = imitates
            figures.recall.add(imitates)
        elif row["expect"] == "same":
            right = same and not imitates
            figures.same.add(right)
        else:
            right = not imitates and not same
            figures.false_alarm.add(not right)
        if not right:
            figures.missed.append(row)
    return figures


def _official(row: Row) -> Contact:
    owner = Owner(OwnerKind.SCHOOL, "official", row.get("official_name", ""))
    seen = parse_number(row["official"])
    key = seen.number.key if seen else row["official"]
    return Contact("official", IdentifierKind.NUMBER, key, owner, "", row["official"])


def _seen(observables: Observables) -> Identifiers:
    return {
        "phones": {seen.number.key for seen in observables.numbers},
        "accounts": {f"{account.bin or '?'}:{account.number}" for account in observables.accounts},
        "urls": {link.host.removeprefix("www.") for link in observables.links},
    }


def _told(expect: dict[str, Any]) -> Identifiers:
    accounts: set[str] = set()
    for account in expect.get("accounts", ()):
        # A label names a bank and nothing else, so its short names count as after "ngân hàng".
        bank = bank_named(f"ngan hang {fold(account['bank'])}") if account.get("bank") else None
        accounts.add(f"{bank.bin if bank else '?'}:{account['number']}")
    urls = {url.removeprefix("www.") for url in expect.get("urls", ())}
    return {"phones": set(expect.get("phones", ())), "accounts": accounts, "urls": urls}


def _problems(expect: dict[str, Any], observables: Observables) -> Iterator[str]:
    seen, told, may = _seen(observables), _told(expect), _told(expect.get("may", {}))
    if expect.get("ambiguous"):
        readings = {
            number.key for each in observables.numbers for number in (each.number, *each.other_readings)
        }
        if readings != set(expect["readings"]):
            yield f"readings {sorted(readings)}"
        told["phones"] = seen["phones"]
    for kind, wanted in told.items():
        if seen[kind] - may[kind] != wanted - may[kind]:
            yield f"{kind} {sorted(seen[kind])}"
    converted = {each.number.key: each.converted_from for each in observables.numbers if each.converted_from}
    if converted != expect.get("converted_from", converted if expect.get("ambiguous") else {}):
        yield f"converted {converted}"
    malformed = {_digits(text) for text in observables.malformed}
    if missing := {_digits(text) for text in expect.get("impossible", ())} - malformed:
        yield f"not reported as malformed {sorted(missing)}"
    if "amount" in expect or "purpose" in expect:
        yield from _payment_problems(expect, observables)


def _payment_problems(expect: dict[str, Any], observables: Observables) -> Iterator[str]:
    payment = observables.payments[0] if observables.payments else None
    amount = None if expect.get("amount") is None else Decimal(str(expect["amount"]))
    if payment is None or payment.amount != amount or (payment.purpose or None) != expect.get("purpose"):
        yield "the payment's amount or purpose"


def _wrong(expect: dict[str, Any], observables: Observables) -> int:
    seen, told, may = _seen(observables), _told(expect), _told(expect.get("may", {}))
    allowed = told["phones"] | may["phones"] | set(expect.get("readings", ()))
    return (
        len(seen["phones"] - allowed)
        + len(seen["accounts"] - told["accounts"] - may["accounts"])
        + len(seen["urls"] - told["urls"] - may["urls"])
    )


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())
