# SPDX-License-Identifier: LGPL-2.1-or-later
"""efile: e-files, documents and workflows in one folder.

    import efile

    efile.init("town")
    with efile.open("town", actor="m.weber") as s:
        ...

docs/PYTHON.md is the guide.
"""

from . import _enums, decimals
from ._enums import *  # noqa: F403 - the enums of the C interface, listed in their module
from .access import (
    AccessEntry,
    Actor,
    Deputy,
    Member,
    actor_kind,
    actor_kind_name,
    confidentiality,
    confidentiality_name,
    right_name,
    rights,
)
from .context import Context, exit_code, version
from .dmn import DecisionMessage, DecisionResult, Dmn
from .errors import (
    Busy,
    Cancelled,
    Conflict,
    Damaged,
    Denied,
    EfileError,
    Exists,
    External,
    Format,
    InputOutput,
    Internal,
    Invalid,
    Limit,
    NoMemory,
    NotFound,
    State,
    Storage,
    Unsupported,
)
from .feel import Evaluation, Feel, FeelWarning, evaluate, feel
from .flow import BpmnHeat, BpmnMark, bpmn_check, bpmn_render, bpmn_roundtrip
from .intake import IntakeItem, intake_channel_name, intake_state_name
from .invoice import (
    Invoice,
    Skonto,
    Term,
    invoice_detect,
    invoice_format_name,
    invoice_pick,
    leitweg_id_valid,
    skonto,
)
from .mail import Mail, MailAddress, MailPart, mail_address_key
from .model import (
    Attribute,
    Case,
    Counts,
    Document,
    Dossier,
    Node,
    Relation,
    Rendition,
    Version,
    datatype_name,
    node_kind_name,
    node_state_name,
    role_name,
)
from .parse import Embedded, FileInfo, Parser
from .period import (
    Holiday,
    Period,
    PeriodRule,
    PeriodStep,
    add_working_days,
    add_working_days_between,
    holiday,
    holidays,
    is_working_day,
    period_rules,
    period_state_name,
)
from .plan import (
    CONFIDENTIALITY_INHERITED,
    RETENTION_INHERITED,
    RETENTION_UNLIMITED,
    Plan,
    PlanRules,
    PlanValues,
)
from .report import Finding, Report, severity_name
from .search import SEARCH_LIMIT, Hit
from .session import Session, open
from .store import Event, Store, init, restore
from .streams import Content, ContentReader, Writer
from .work import Instance, Job, Task, flow_status_name

__version__ = version()

__all__ = [
    *_enums.__all__,
    "AccessEntry",
    "Actor",
    "Attribute",
    "BpmnHeat",
    "BpmnMark",
    "Busy",
    "CONFIDENTIALITY_INHERITED",
    "Cancelled",
    "Case",
    "Conflict",
    "Content",
    "ContentReader",
    "Context",
    "Counts",
    "Damaged",
    "DecisionMessage",
    "DecisionResult",
    "Denied",
    "Deputy",
    "Dmn",
    "Document",
    "Dossier",
    "EfileError",
    "Embedded",
    "Evaluation",
    "Feel",
    "FeelWarning",
    "Event",
    "Exists",
    "External",
    "FileInfo",
    "Finding",
    "Format",
    "Hit",
    "Holiday",
    "InputOutput",
    "Instance",
    "IntakeItem",
    "Internal",
    "Invalid",
    "Invoice",
    "Job",
    "Limit",
    "Mail",
    "MailAddress",
    "MailPart",
    "Member",
    "NoMemory",
    "Node",
    "NotFound",
    "Parser",
    "Period",
    "PeriodRule",
    "PeriodStep",
    "Plan",
    "PlanRules",
    "PlanValues",
    "RETENTION_INHERITED",
    "RETENTION_UNLIMITED",
    "Relation",
    "Rendition",
    "Report",
    "SEARCH_LIMIT",
    "Session",
    "Skonto",
    "State",
    "Storage",
    "Store",
    "Task",
    "Term",
    "Unsupported",
    "Version",
    "Writer",
    "actor_kind",
    "actor_kind_name",
    "add_working_days",
    "add_working_days_between",
    "bpmn_check",
    "bpmn_render",
    "bpmn_roundtrip",
    "confidentiality",
    "confidentiality_name",
    "datatype_name",
    "decimals",
    "evaluate",
    "exit_code",
    "feel",
    "flow_status_name",
    "holiday",
    "holidays",
    "init",
    "intake_channel_name",
    "intake_state_name",
    "invoice_detect",
    "invoice_format_name",
    "invoice_pick",
    "is_working_day",
    "leitweg_id_valid",
    "mail_address_key",
    "node_kind_name",
    "node_state_name",
    "open",
    "period_rules",
    "period_state_name",
    "restore",
    "right_name",
    "rights",
    "role_name",
    "severity_name",
    "skonto",
    "version",
]
