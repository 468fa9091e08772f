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
from .report import Finding, Report, severity_name
from .session import Session, open
from .store import Event, Store, init, restore
from .streams import Content, ContentReader, Writer

__version__ = version()

__all__ = [
    *_enums.__all__,
    "Busy",
    "Cancelled",
    "Conflict",
    "Content",
    "ContentReader",
    "Context",
    "Damaged",
    "Denied",
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
    "NoMemory",
    "NotFound",
    "Report",
    "Session",
    "State",
    "Storage",
    "Store",
    "Unsupported",
    "Writer",
    "decimals",
    "evaluate",
    "exit_code",
    "feel",
    "init",
    "open",
    "restore",
    "severity_name",
    "version",
]
