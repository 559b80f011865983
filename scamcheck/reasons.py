"""The words of a decision: levels, reasons, and what each is about. Sentences live in `bot/texts`."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """The five levels. None of them says that anything is harmless (`product.md`, The verdict contract)."""

    CONFIRMED_SCAM = "CONFIRMED_SCAM"
    SUSPICIOUS = "SUSPICIOUS"
    OFFICIAL = "OFFICIAL"
    UNKNOWN = "UNKNOWN"
    CANNOT_CHECK = "CANNOT_CHECK"


class ReasonCode(StrEnum):
    """Every reason a verdict can give. Each has a sentence in every language (`bot/texts`)."""

    LISTS_UNAVAILABLE = "lists_unavailable"
    CONFIRMED_INDICATOR = "confirmed_indicator"
    POSSIBLE_MATCH = "possible_match"
    TEMPORARY_WARNING = "temporary_warning"
    FORGED_DISPLAY = "forged_display"
    IMITATES_OFFICIAL = "imitates_official"
    CLAIM_CONTRADICTED = "claim_contradicted"
    NOT_ITS_ACCOUNT = "not_its_account"
    NOT_ON_ITS_LIST = "not_on_its_list"
    KNOWN_SCRIPT = "known_script"
    SCENARIO = "scenario"
    EARLY_STAGE = "early_stage"
    FOREIGN_CLAIMS_VIETNAM = "foreign_claims_vietnam"
    FOREIGN_NUMBER = "foreign_number"
    SATELLITE_NUMBER = "satellite_number"
    IMITATING_LINK = "imitating_link"
    DOUBTFUL_LINK = "doubtful_link"
    MENTIONS_SCAM = "mentions_scam"
    MATCHES_OFFICIAL = "matches_official"
    CALLER_ID_CAN_BE_FORGED = "caller_id_can_be_forged"
    ONLY_SHORT_CODES = "only_short_codes"
    OLD_NOTATION = "old_notation"
    TWO_READINGS = "two_readings"
    UNUSUAL_NUMBER = "unusual_number"
    PAID_NUMBER = "paid_number"
    TOLL_FREE_NUMBER = "toll_free_number"
    POLICE_RANGE = "police_range"
    MALFORMED_NUMBER = "malformed_number"
    NOTHING_FOUND = "nothing_found"
    NOTHING_READABLE = "nothing_readable"
    # Signs that may be named as the why of a scenario.
    SIGN_EMERGENCY = "sign_emergency"
    SIGN_ASKS_MONEY = "sign_asks_money"
    SIGN_PRIVATE_ACCOUNT = "sign_private_account"
    SIGN_HURRY = "sign_hurry"
    SIGN_SECRECY = "sign_secrecy"
    SIGN_ASKS_CODE = "sign_asks_code"
    SIGN_ASKS_LINK_OR_APP = "sign_asks_link_or_app"
    SIGN_THREAT = "sign_threat"
    SIGN_AUTHORITY = "sign_authority"
    SIGN_GIFT = "sign_gift"
    SIGN_EASY_MONEY = "sign_easy_money"
    SIGN_ASKS_PERSONAL_DATA = "sign_asks_personal_data"
    SIGN_STAY_ON_LINE = "sign_stay_on_line"
    SIGN_STRANGER = "sign_stranger"


class AboutKind(StrEnum):
    """What a finding, a reason or a headline is about."""

    NUMBER = "number"
    BANK_ACCOUNT = "bank_account"
    LINK = "link"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class About:
    """The thing itself: an identifier's key and how to show it, or the text as a whole."""

    kind: AboutKind
    key: str = ""
    bank: str = ""


THE_TEXT = About(AboutKind.TEXT)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: a code, what it is about, and the facts its sentence needs (`unit`, `date`, `owner` …)."""

    code: ReasonCode
    about: About = THE_TEXT
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """Level and reasons about one identifier or the text."""

    about: About
    level: Level
    reasons: tuple[Reason, ...] = ()
