"""Everything seen in a message, gathered once and handed to matching and deciding."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from scamcheck.bank_account import BankAccount, PaymentRequest, find_accounts, find_payments
from scamcheck.claims import Claim, find_claims
from scamcheck.emergency import Emergency, emergency_of
from scamcheck.english import assess_english, english_claims, is_english
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
    emergency: Emergency | None = None
    """Somebody here needs an ambulance or the fire brigade, by their own words."""
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
    seen = Observables(
        text,
        numbers,
        accounts,
        links,
        payments,
        english_claims(text) if is_english(text) else find_claims(text),
        emergency=emergency_of(text),
        malformed=malformed,
    )
    return _assessed(seen, None) if earlier is None else joined(seen, earlier)


def joined(now: Observables, earlier: Observables) -> Observables:
    """What was read `now`, as `extract` gives it when told of `earlier`."""
    together = replace(
        now,
        numbers=_joined(now.numbers, earlier.numbers, key=lambda seen: seen.number.key),
        accounts=_joined(now.accounts, earlier.accounts, key=lambda account: account.key),
        links=_joined(now.links, earlier.links, key=lambda link: link.key),
        payments=_joined(now.payments, earlier.payments, key=lambda payment: payment.account.key),
        claims=_joined(now.claims, earlier.claims, key=lambda claim: (claim.kind, claim.name, claim.level)),
    )
    assessed = _assessed(together, earlier.assessment)
    return replace(assessed, assessment=_no_weaker(assessed.assessment, earlier.assessment))


def _assessed(seen: Observables, earlier: Assessment | None) -> Observables:
    if is_english(seen.text):
        return replace(seen, assessment=assess_english(seen.text))
    assessment = assess(
        seen.text,
        numbers=seen.numbers,
        accounts=seen.accounts,
        links=seen.links,
        claims=seen.claims,
        earlier=earlier,
    )
    return replace(seen, assessment=assessment)


def without_text(observables: Observables) -> Observables:
    """The part of `observables` that a conversation may keep: never the text itself."""
    return replace(observables, text=Text("", ""), emergency=None, malformed=())


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
