"""All tables, a file per group. Rows are written through the functions of `db`, which hold the rules."""

from db.models.base import ID, Base, Moment, NaiveTime, RecordState, Sourced
from db.models.changes import Change, Operation, RecordKind
from db.models.checks import Check, CheckCount, CheckIdentifier, CorrectionRequest
from db.models.contacts import Contact
from db.models.indicators import Indicator, IndicatorState, Script
from db.models.mailbox import Inbox, InboxStatus, Lane, Outbox, OutboxStatus
from db.models.organisations import Organisation
from db.models.people import ChannelName, Consent, Conversation, Person, Subscription
from db.models.places import Commune, CommuneAlias
from db.models.reports import Dispute, Report, ReportClaim, ReportIdentifier, ReportStatus
from db.models.schools import School, SchoolAlias, SchoolAliasKind

__all__ = [
    "ID",
    "Base",
    "Change",
    "ChannelName",
    "Check",
    "CheckCount",
    "CheckIdentifier",
    "Commune",
    "CommuneAlias",
    "Consent",
    "Contact",
    "Conversation",
    "CorrectionRequest",
    "Dispute",
    "Inbox",
    "InboxStatus",
    "Indicator",
    "IndicatorState",
    "Lane",
    "Moment",
    "NaiveTime",
    "Operation",
    "Organisation",
    "Outbox",
    "OutboxStatus",
    "Person",
    "RecordKind",
    "RecordState",
    "Report",
    "ReportClaim",
    "ReportIdentifier",
    "ReportStatus",
    "School",
    "SchoolAlias",
    "SchoolAliasKind",
    "Script",
    "Sourced",
    "Subscription",
]
