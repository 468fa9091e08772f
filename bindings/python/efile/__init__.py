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
from .feel import Evaluation, evaluate, feel
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
from .plan import (
    CONFIDENTIALITY_INHERITED,
    RETENTION_INHERITED,
    RETENTION_UNLIMITED,
    Plan,
    PlanRules,
    PlanValues,
)
from .report import Finding, Report, severity_name
from .session import Session, open
from .store import Event, Store, init, restore
from .streams import Content, ContentReader, Writer

__version__ = version()

__all__ = [
    *_enums.__all__,
    "AccessEntry",
    "Actor",
    "Attribute",
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
    "Denied",
    "Deputy",
    "Document",
    "Dossier",
    "EfileError",
    "Evaluation",
    "Event",
    "Exists",
    "External",
    "Finding",
    "Format",
    "InputOutput",
    "Internal",
    "Invalid",
    "Limit",
    "Member",
    "NoMemory",
    "Node",
    "NotFound",
    "Plan",
    "PlanRules",
    "PlanValues",
    "RETENTION_INHERITED",
    "RETENTION_UNLIMITED",
    "Relation",
    "Rendition",
    "Report",
    "Session",
    "State",
    "Storage",
    "Store",
    "Unsupported",
    "Version",
    "Writer",
    "actor_kind",
    "actor_kind_name",
    "confidentiality",
    "confidentiality_name",
    "datatype_name",
    "decimals",
    "evaluate",
    "exit_code",
    "feel",
    "init",
    "node_kind_name",
    "node_state_name",
    "open",
    "restore",
    "right_name",
    "rights",
    "role_name",
    "severity_name",
    "version",
]
