"""Bank accounts and VietQR payloads: what money would be sent to."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class BankAccount:
    """An account number and, when the text or the payload names it, its bank.

    `bin` is the bank's six-digit identification number (`data/banks.toml`), None when no bank was named.
    """

    number: str
    bin: str | None
    bank: str | None
    start: int = 0
    end: int = 0

    @property
    def key(self) -> str:
        """`BIN:number`, or `?:number` when the bank is not known."""
        return f"{self.bin or '?'}:{self.number}"


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """What a VietQR payload asks for: an account, and maybe an amount (đồng) and a purpose."""

    account: BankAccount
    amount: Decimal | None
    purpose: str | None
