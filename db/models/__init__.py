"""All tables, a file per group. Rows are written through the functions of `db`, which hold the rules."""

from db.models.audit import AuditEntry, Outcome
from db.models.base import ID, Base, Moment, NaiveTime, RecordState, Sourced
from db.models.changes import Change, Operation, RecordKind
from db.models.channel_tokens import ChannelToken, TokenState
from db.models.chat_staff import ChatCode, ChatLink, DecisionLink
from db.models.checks import Check, CheckCount, CheckIdentifier, CorrectionRequest
from db.models.contacts import Contact
from db.models.desk import (
    Appeal,
    AppealStatus,
    IncidentMark,
    IncidentNote,
    LoneAction,
    LoneActionKind,
    Notice,
    ProtectedIdentifier,
    VerdictChange,
)
from db.models.follower_news import FollowerNews, SchoolNews
from db.models.imports import ImportBatch, ImportFile, ImportKind, ImportRow, ImportStatus, RowOutcome
from db.models.indicators import Indicator, IndicatorState, Script
from db.models.leases import Lease
from db.models.linking import LinkRequest
from db.models.mailbox import Inbox, InboxStatus, Lane, Outbox, OutboxStatus
from db.models.organisations import Organisation
from db.models.people import ChannelName, Consent, Conversation, Person, Subscription
from db.models.places import Commune, CommuneAlias
from db.models.proposals import Approval, Proposal, ProposalStatus
from db.models.reports import Dispute, Report, ReportClaim, ReportIdentifier, ReportStatus
from db.models.schools import School, SchoolAlias, SchoolAliasKind
from db.models.staff import (
    Invitation,
    LoginAttempt,
    LoginFactor,
    Membership,
    Office,
    OfficeCommune,
    OfficeKind,
    RecoveryCode,
    Renewal,
    Role,
    StaffMember,
    StaffSession,
    StaffStatus,
)

__all__ = [
    "ID",
    "Appeal",
    "AppealStatus",
    "Approval",
    "AuditEntry",
    "Base",
    "Change",
    "ChannelName",
    "ChannelToken",
    "ChatCode",
    "ChatLink",
    "Check",
    "CheckCount",
    "CheckIdentifier",
    "Commune",
    "CommuneAlias",
    "Consent",
    "Contact",
    "Conversation",
    "CorrectionRequest",
    "DecisionLink",
    "Dispute",
    "FollowerNews",
    "ImportBatch",
    "ImportFile",
    "ImportKind",
    "ImportRow",
    "ImportStatus",
    "Inbox",
    "InboxStatus",
    "IncidentMark",
    "IncidentNote",
    "Indicator",
    "IndicatorState",
    "Invitation",
    "Lane",
    "Lease",
    "LinkRequest",
    "LoginAttempt",
    "LoginFactor",
    "LoneAction",
    "LoneActionKind",
    "Membership",
    "Moment",
    "NaiveTime",
    "Notice",
    "Office",
    "OfficeCommune",
    "OfficeKind",
    "Operation",
    "Organisation",
    "Outbox",
    "OutboxStatus",
    "Outcome",
    "Person",
    "Proposal",
    "ProposalStatus",
    "ProtectedIdentifier",
    "RecordKind",
    "RecordState",
    "RecoveryCode",
    "Renewal",
    "Report",
    "ReportClaim",
    "ReportIdentifier",
    "ReportStatus",
    "Role",
    "RowOutcome",
    "School",
    "SchoolAlias",
    "SchoolAliasKind",
    "SchoolNews",
    "Script",
    "Sourced",
    "StaffMember",
    "StaffSession",
    "StaffStatus",
    "Subscription",
    "TokenState",
    "VerdictChange",
]
