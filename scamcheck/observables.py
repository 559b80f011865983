"""Everything seen in a message, gathered once and handed to matching and deciding."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from scamcheck.bank_account import BankAccount, PaymentRequest, find_accounts, find_payments
from scamcheck.claims import Claim, find_claims
from scamcheck.link import Link, find_links
from scamcheck.phone import SeenNumber, find_numbers
from scamcheck.red_flags import Assessment, assess
from scamcheck.text import Text, read

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Observables:
    """What `extract` saw. Identifiers come in order of appearance, each once."""

    text: Text
    numbers: tuple[SeenNumber, ...] = ()
    accounts: tuple[BankAccount, ...] = ()
    links: tuple[Link, ...] = ()
    payments: tuple[PaymentRequest, ...] = ()
    claims: tuple[Claim, ...] = ()
    assessment: Assessment = field(default_factory=Assessment)
    malformed: tuple[str, ...] = ()
    """Digits that look like a phone number but cannot be one; never guessed at."""

    @property
    def has_identifier(self) -> bool:
        """Whether any number, account or link was read."""
        return bool(self.numbers or self.accounts or self.links)


def extract(raw: str, earlier: Observables | None = None) -> Observables:
    """Read a message: its text, identifiers, claims and signs.

    What was seen `earlier` in the same conversation joins in, so that a number and the words that follow it
    are judged as one check. Never raises, whatever the text.
    """
    text = read(raw)
    payments = find_payments(text.display)
    accounts = _each_once(find_accounts(text.display))
    links = find_links(text.display)
    numbers, malformed = find_numbers(text.display, [(seen.start, seen.end) for seen in (*accounts, *links)])
    claims = find_claims(text)
    if earlier is not None:
        numbers = _joined(numbers, earlier.numbers, key=lambda seen: seen.number.key)
        accounts = _joined(accounts, earlier.accounts, key=lambda account: account.key)
        links = _joined(links, earlier.links, key=lambda link: link.key)
        payments = _joined(payments, earlier.payments, key=lambda payment: payment.account.key)
        claims = _joined(claims, earlier.claims, key=lambda claim: (claim.kind, claim.name, claim.level))
    assessment = assess(
        text,
        numbers=numbers,
        accounts=accounts,
        links=links,
        claims=claims,
        earlier=earlier.assessment if earlier is not None else None,
    )
    if earlier is not None:
        assessment = _no_weaker(assessment, earlier.assessment)
    return Observables(text, numbers, accounts, links, payments, claims, assessment, malformed)


def without_text(observables: Observables) -> Observables:
    """The part of `observables` that a conversation may keep: never the text itself."""
    return replace(observables, text=Text("", ""), malformed=())


def _no_weaker(now: Assessment, before: Assessment) -> Assessment:
    """What was alarming stays so: the words that follow, a school's name say, take nothing of it back."""
    weaker = (before.suspicious and not now.suspicious) or (
        before.early_stage and not (now.suspicious or now.early_stage)
    )
    if not weaker:
        return now
    return replace(
        now,
        scenario=before.scenario,
        score=max(now.score, before.score),
        suspicious=before.suspicious,
        early_stage=before.early_stage,
        warning=False,
        alarming=True,
    )


def _each_once(accounts: Sequence[BankAccount]) -> tuple[BankAccount, ...]:
    """Accounts in order; one without its bank is left out where the same number has one."""
    with_bank = {account.number for account in accounts if account.bin}
    return tuple(account for account in accounts if account.bin or account.number not in with_bank)


def _joined(now: Sequence[T], earlier: Sequence[T], *, key: Callable[[T], Hashable]) -> tuple[T, ...]:
    seen = {key(item) for item in now}
    return (*now, *(item for item in earlier if key(item) not in seen))
