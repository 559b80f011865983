"""Everything seen in a message, gathered once and handed to matching and deciding."""

from dataclasses import dataclass, field

from scamcheck.bank_account import BankAccount, PaymentRequest
from scamcheck.claims import Claim
from scamcheck.link import Link
from scamcheck.phone import SeenNumber
from scamcheck.red_flags import Assessment
from scamcheck.text import Text


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
