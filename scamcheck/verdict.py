"""Verdict, its parts, and `decide`: the policy table, a row per case with its why."""

from dataclasses import dataclass
from enum import StrEnum

from scamcheck.knowledge import Commune, Contact, School
from scamcheck.observables import Observables
from scamcheck.red_flags import Scenario, Voice


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


class Intent(StrEnum):
    """What the message wants. When alarming signs are present a check always wins."""

    CHECK = "check"
    LOOK_UP = "look_up"
    TALK = "talk"


class Role(StrEnum):
    """Why a contact is shown; their order is the order in the answer (`product.md`)."""

    SCHOOL = "school"
    SCHOOL_BACKUP = "school_backup"
    HOSPITAL = "hospital"
    COMMUNE_POLICE = "commune_police"
    BANK = "bank"
    AGENCY = "agency"
    POLICE_113 = "police_113"
    AMBULANCE_115 = "ambulance_115"
    CHILD_HELPLINE_111 = "child_helpline_111"
    REPORT_156 = "report_156"


@dataclass(frozen=True, slots=True)
class ShownContact:
    """An approved contact to show, and how: outside its duty hours, or expired and shown as unconfirmed."""

    role: Role
    contact: Contact
    off_duty: bool = False


@dataclass(frozen=True, slots=True)
class Routing:
    """Whom to call, decided beside the level by the same pure code."""

    contacts: tuple[ShownContact, ...] = ()
    school: School | None = None
    """The school chosen alone: followed, chosen by the asker, or named with level, name and place."""
    school_has_hotline: bool = False
    offered: tuple[School, ...] = ()
    """Schools to ask about ("Có phải … ?"); their numbers appear after the choice."""
    ask_school: bool = False
    """No school is known and the answer needs one: one line asks for it."""
    commune: Commune | None = None
    commune_has_police: bool = False
    hospital_named: bool = False
    communes_offered: tuple[Commune, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision and everything an answer needs. Same message, records, asker and time: same verdict."""

    level: Level
    about: About
    findings: tuple[Finding, ...]
    reasons: tuple[Reason, ...]
    """All reasons, most important first; an answer shows at most three."""
    observables: Observables
    routing: Routing
    intent: Intent = Intent.CHECK
    early_stage: bool = False
    scenario: Scenario | None = None
    voice: Voice = Voice.UNKNOWN
    lists_available: bool = True
