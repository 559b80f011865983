"""Weighted signs of a scam, their counter-signs and the scenarios they add up to. Rules are data."""

from dataclasses import dataclass
from enum import StrEnum


class Scenario(StrEnum):
    """Named combinations of signs; each has its own advice (`domain.md` 6)."""

    CHILD_EMERGENCY = "child_emergency"
    KIDNAP_ONLINE = "kidnap_online"
    SCHOOL_IMPOSTOR = "school_impostor"
    SCHOOL_FEE = "school_fee"
    TUITION_REFUND = "tuition_refund"
    POLICE_IMPOSTOR = "police_impostor"
    BANK_IMPOSTOR = "bank_impostor"
    OTP_THEFT = "otp_theft"
    SIM_LOCK = "sim_lock"
    VNEID = "vneid"
    TAX = "tax"
    TRAFFIC_FINE = "traffic_fine"
    UTILITY = "utility"
    PARCEL = "parcel"
    PRIZE = "prize"
    JOB_TASK = "job_task"
    INVESTMENT = "investment"
    LOAN = "loan"
    DEBT_THREAT = "debt_threat"
    BORROW_MONEY = "borrow_money"
    ROMANCE = "romance"
    SOCIAL_INSURANCE = "social_insurance"
    RECOVERY = "recovery"
    OTHER = "other"


class Voice(StrEnum):
    """How it reached the parent; decides the verb of the advice (hang up, do not answer)."""

    CALL = "call"
    MESSAGE = "message"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Sign:
    """One red flag or counter-sign found in the text. `code` is its name in `data/red_flags.toml`."""

    code: str
    weight: float
    start: int = 0
    end: int = 0
    reason: str = ""
    """The `ReasonCode` value whose sentence tells a parent about this sign; empty when it is not told."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the words of a message amount to, before any list is consulted."""

    signs: tuple[Sign, ...] = ()
    counter_signs: tuple[Sign, ...] = ()
    scenario: Scenario | None = None
    """The best-fitting scenario, also when below its threshold."""
    score: float = 0.0
    suspicious: bool = False
    """A scenario is above its threshold."""
    early_stage: bool = False
    """An emergency told by an unknown person, nothing asked yet."""
    warning: bool = False
    """The text warns about scams: two counter-signs and no live ask to the reader."""
    alarming: bool = False
    """An alarming event or an ask is present (rules 5 and 9 of the policy table look at it)."""
    voice: Voice = Voice.UNKNOWN
