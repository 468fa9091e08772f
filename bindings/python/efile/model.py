# SPDX-License-Identifier: LGPL-2.1-or-later
"""Dossiers, cases and documents, and what all objects of a file have in common."""

from __future__ import annotations

import contextlib
import datetime as dt
import decimal
import io
import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar, Union

from ._efile import ffi, lib
from ._enums import Datatype, Medium, NodeKind, NodeState, Role
from ._native import (
    Options,
    chars,
    chars_or_null,
    day_or_none,
    id_struct,
    identity,
    identity_or_none,
    moment,
    moment_or_none,
    record,
    taken,
    text,
    text_or_none,
    walk,
)
from .access import Access, ActorLike
from .errors import Denied, Invalid, NotFound
from .plan import PlanLike, Plans
from .streams import Content, opened, reader

Value = Union[str, int, bool, decimal.Decimal, dt.date, dt.datetime]
"""A value of a metadata field."""

N = TypeVar("N", bound="Node")


@dataclass(frozen=True)
class Counts:
    """How many children the actor may see, each counted to 1,000 at most."""

    sub_dossiers: int
    cases: int
    open_cases: int
    documents: int


@dataclass(frozen=True)
class Doctype:
    """A document type: its key and its title for people; Session.doctype() has the definition."""

    name: str
    title: str


@dataclass(frozen=True)
class Attribute:
    """One value of a metadata field, as text of its datatype."""

    name: str
    value: str
    datatype: Datatype

    @property
    def typed(self) -> Value:
        """The value as Python's own type."""
        return TYPED[self.datatype](self.value)


TYPED: dict[Datatype, Callable[[str], Value]] = {
    Datatype.TEXT: str,
    Datatype.INTEGER: int,
    Datatype.DECIMAL: decimal.Decimal,
    Datatype.BOOLEAN: lambda value: value == "true",
    Datatype.DATE: dt.date.fromisoformat,
    Datatype.TIME: lambda value: dt.datetime.fromisoformat(value.replace("Z", "+00:00")),
}


@dataclass(frozen=True)
class Version:
    """A version of a document."""

    id: uuid.UUID
    number: int
    created: dt.datetime
    author: uuid.UUID
    label: str
    remark: str


@dataclass(frozen=True)
class Rendition:
    """What a version is there as."""

    version: int
    role: Role
    media_type: str
    file_name: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Relation:
    """A relation between two nodes."""

    id: uuid.UUID
    source: uuid.UUID
    target: uuid.UUID
    kind: str
    remark: str


def node_kind_name(kind: NodeKind) -> str:
    """The name of a kind of node.

    >>> import efile
    >>> efile.node_kind_name(efile.NodeKind.SUB_DOSSIER)
    'sub_dossier'
    """
    return text(lib.efile_node_kind_name(kind))


def node_state_name(state: NodeState) -> str:
    """The name of a state.

    >>> import efile
    >>> efile.node_state_name(efile.NodeState.CLOSED)
    'closed'
    """
    return text(lib.efile_node_state_name(state))


def role_name(role: Role) -> str:
    """The name of a role of renditions.

    >>> import efile
    >>> efile.role_name(efile.Role.ORIGINAL)
    'original'
    """
    return text(lib.efile_role_name(role))


def datatype_name(datatype: Datatype) -> str:
    """The name of a datatype.

    >>> import efile
    >>> efile.datatype_name(efile.Datatype.DECIMAL)
    'decimal'
    """
    return text(lib.efile_datatype_name(datatype))


class Node:
    """An object of a file: its values as they were when it was loaded or last changed by us.

    What changes it takes the revision that was loaded: Conflict says that somebody else changed it
    since; reload() and try again.
    """

    _id_type: ClassVar[str] = "efile_id"

    id: uuid.UUID
    kind: NodeKind
    state: NodeState
    title: str
    reference: str | None
    doctype: str | None
    sender: str | None
    revision: int
    created: dt.datetime
    closed: dt.datetime | None
    trashed: dt.datetime | None
    received: dt.datetime | None
    begin: dt.date | None
    end: dt.date | None
    unit: uuid.UUID | None
    medium: Medium
    confidentiality: int
    access_list: int
    marked: bool
    order: int
    parent: uuid.UUID | None
    dossier: uuid.UUID
    plan: uuid.UUID

    def __init__(self, session: Files, ptr: Any) -> None:
        self._session = session
        self._take(ptr)

    def _take(self, ptr: Any) -> None:
        try:
            for name, getter, convert in GETTERS:
                setattr(self, name, convert(getter(ptr)))
        finally:
            lib.efile_node_free(ptr)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.reference or self.id} {self.title!r}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Node) and other.id == self.id

    def __hash__(self) -> int:
        return hash(self.id)

    def _own_id(self) -> Any:
        return id_struct(self._id_type, self.id)

    def _do(self, function: Any, *arguments: Any) -> None:
        """Calls C with session and own id, and brings the values up to date."""
        session = self._session
        session._runtime.check(function, session._ptr, self._own_id(), *arguments)
        # Who may write need not be allowed to read.
        with contextlib.suppress(NotFound, Denied):
            self.reload()

    def _do_any(self, function: Any, *arguments: Any) -> None:
        session = self._session
        session._runtime.check(function, session._ptr, id_struct("efile_id", self.id), *arguments)
        with contextlib.suppress(NotFound, Denied):
            self.reload()

    def reload(self) -> None:
        """Loads its values again."""
        self._take(self._session._load(self.id))

    def children(self, *, after: NodeLike | None = None, trashed: bool = False) -> Iterator[Node]:
        """The nodes right in it, in their order, those behind `after`."""
        session = self._session
        what = (id_struct("efile_id", self.id),)
        return session._node_list(lib.efile_node_children, what, after, trashed)

    def counts(self) -> Counts:
        """How many children the actor may see."""
        out = ffi.new("efile_node_counts *")
        session = self._session
        session._runtime.check(
            lib.efile_node_count, out, session._ptr, id_struct("efile_id", self.id)
        )
        return record(Counts, out)

    def update(self, **changes: Any) -> None:
        """Changes title, reference, begin, end, unit, medium, confidentiality, access_list, marked.

        Another reference number renumbers; the old one stays as an alias.
        """
        unknown = set(changes) - set(UPDATABLE)
        if unknown:
            raise TypeError(f"not to be changed: {', '.join(sorted(unknown))}")
        values = {name: getattr(self, name) for name in UPDATABLE if name != "reference"}
        options = self._session._node_options({**values, **changes})
        self._do_any(lib.efile_node_update, self.revision, options.ptr)

    def move(self, parent: NodeLike, reason: str | None = None) -> None:
        """Moves it with all it holds; its reference number stays."""
        target = id_struct("efile_id", node_id(parent))
        self._do_any(lib.efile_node_move, target, self.revision, chars_or_null(reason))

    def trash(self, reason: str | None = None) -> None:
        """Puts it with all it holds into the trash."""
        self._do_any(lib.efile_node_trash, self.revision, chars_or_null(reason))

    def restore(self) -> None:
        """Takes it out of the trash."""
        self._do_any(lib.efile_node_restore, self.revision)

    def lock(self, remark: str | None = None) -> None:
        """Checks it out: until unlock() only this actor may change it."""
        self._do_any(lib.efile_node_lock, chars_or_null(remark))

    def unlock(self) -> None:
        """Checks it in."""
        self._do_any(lib.efile_node_unlock)

    @contextlib.contextmanager
    def locked(self, remark: str | None = None) -> Iterator[None]:
        """Checked out for the time of a with block."""
        self.lock(remark)
        try:
            yield
        finally:
            self.unlock()

    def locked_by(self) -> uuid.UUID | None:
        """Who has checked it out."""
        out = ffi.new("efile_id *")
        session = self._session
        session._runtime.check(
            lib.efile_node_locked_by, out, session._ptr, id_struct("efile_id", self.id)
        )
        return identity_or_none(out[0])

    def attributes(self) -> Iterator[Attribute]:
        """The metadata values, by field."""
        session = self._session
        out = ffi.new("efile_attribute_cursor **")
        item = ffi.new("efile_attribute *")
        session._runtime.check(
            lib.efile_node_attributes, out, session._ptr, id_struct("efile_id", self.id)
        )
        return walk(
            session,
            out[0],
            lib.efile_attribute_cursor_free,
            lambda cursor: lib.efile_attribute_cursor_next(cursor, item),
            lambda: record(Attribute, item),
        )

    def set_attributes(self, values: Mapping[str, Value | Iterable[Value]]) -> None:
        """Replaces all metadata values; a field that may be repeated takes several."""
        array, count, keep = _attributes(values)
        self._do_any(lib.efile_node_set_attributes, self.revision, array, count)
        del keep

    def relate(self, target: NodeLike, kind: str, remark: str | None = None) -> uuid.UUID:
        """Relates it to another node, such as "answers"; the relation's id."""
        out = ffi.new("efile_id *")
        session = self._session
        session._runtime.check(
            lib.efile_relation_add,
            out,
            session._ptr,
            id_struct("efile_id", self.id),
            id_struct("efile_id", node_id(target)),
            chars(kind),
            chars_or_null(remark),
        )
        return identity(out[0])

    def relations(self) -> Iterator[Relation]:
        """The relations from and to it."""
        session = self._session
        out = ffi.new("efile_relation_cursor **")
        item = ffi.new("efile_relation *")
        session._runtime.check(
            lib.efile_node_relations, out, session._ptr, id_struct("efile_id", self.id)
        )
        return walk(
            session,
            out[0],
            lib.efile_relation_cursor_free,
            lambda cursor: lib.efile_relation_cursor_next(cursor, item),
            lambda: record(Relation, item, source="from", target="to"),
        )


GETTERS: tuple[tuple[str, Any, Callable[[Any], Any]], ...] = (
    ("id", lib.efile_node_id, identity),
    ("kind", lib.efile_node_kind_of, NodeKind),
    ("state", lib.efile_node_state_of, NodeState),
    ("title", lib.efile_node_title, text),
    ("reference", lib.efile_node_reference, text_or_none),
    ("doctype", lib.efile_node_doctype, text_or_none),
    ("sender", lib.efile_node_sender, text_or_none),
    ("revision", lib.efile_node_revision, int),
    ("created", lib.efile_node_created, moment),
    ("closed", lib.efile_node_closed, moment_or_none),
    ("trashed", lib.efile_node_trashed, moment_or_none),
    ("received", lib.efile_node_received, moment_or_none),
    ("begin", lib.efile_node_begin, day_or_none),
    ("end", lib.efile_node_end, day_or_none),
    ("unit", lib.efile_node_unit, identity_or_none),
    ("medium", lib.efile_node_medium, Medium),
    ("confidentiality", lib.efile_node_confidentiality, int),
    ("access_list", lib.efile_node_access_list, int),
    ("marked", lib.efile_node_marked, bool),
    ("order", lib.efile_node_order, int),
    ("parent", lib.efile_node_parent, identity_or_none),
    ("dossier", lib.efile_node_dossier, identity),
    ("plan", lib.efile_node_plan, identity),
)

UPDATABLE = (
    "title",
    "reference",
    "begin",
    "end",
    "unit",
    "medium",
    "confidentiality",
    "access_list",
    "marked",
    "doctype",
)


class Dossier(Node):
    """A dossier or sub-dossier (Akte, Teilakte)."""

    _id_type = "efile_dossier_id"

    def add_part(self, title: str, **values: Any) -> Dossier:
        """Adds a sub-dossier; values as of Session.create_dossier()."""
        return self._session._create(
            Dossier, lib.efile_dossier_add_part, self._own_id(), title, values
        )

    def create_case(self, title: str, **values: Any) -> Case:
        """Opens a case in it; values as of Session.create_dossier()."""
        return self._session._create(Case, lib.efile_case_create, self._own_id(), title, values)

    def close(self) -> None:
        """Files it away (z.d.A.); all its cases must be filed away."""
        self._do(lib.efile_dossier_close, self.revision)

    def reopen(self, reason: str) -> None:
        """Opens it again."""
        self._do(lib.efile_dossier_reopen, self.revision, chars(reason))

    def refile(self, plan: PlanLike, *, renumber: bool = False, reason: str | None = None) -> None:
        """Files it in another unit of the plan."""
        unit = self._session._plan_id(plan)
        self._do(
            lib.efile_dossier_refile, unit, self.revision, int(renumber), chars_or_null(reason)
        )


class Case(Node):
    """A case or sub-case (Vorgang, Teilvorgang)."""

    _id_type = "efile_case_id"

    def add_part(self, title: str, **values: Any) -> Case:
        """Adds a sub-case; values as of Session.create_dossier()."""
        return self._session._create(Case, lib.efile_case_add_part, self._own_id(), title, values)

    def add_document(self, title: str, content: Content | None = None, **values: Any) -> Document:
        """Files a document: content, metadata and log entry together or not at all.

        Values are media_type, file_name, doctype, sender, date, received, reference, medium, unit,
        confidentiality, access_list, marked, attributes (a mapping), text (for the search) and key:
        called again with the key and the same content it gives the document that is there.
        """
        return self._session._file(
            lib.efile_case_add_document, self._own_id(), title, content, values
        )

    def close(self) -> None:
        """Files it away (z.d.A.)."""
        self._do(lib.efile_case_close, self.revision)

    def reopen(self, reason: str) -> None:
        """Opens it again."""
        self._do(lib.efile_case_reopen, self.revision, chars(reason))


class Document(Node):
    """A document or attachment (Dokument, Anlage)."""

    _id_type = "efile_document_id"

    @property
    def date(self) -> dt.date | None:
        """The date of the document."""
        return self.begin

    def add_attachment(
        self, title: str, content: Content | None = None, **values: Any
    ) -> Document:
        """Adds an attachment; values as of Case.add_document()."""
        return self._session._file(
            lib.efile_document_add_attachment, self._own_id(), title, content, values
        )

    def add_version(
        self,
        content: Content,
        *,
        seen: int | None = None,
        media_type: str | None = None,
        file_name: str | None = None,
        label: str | None = None,
        remark: str | None = None,
        text: str | None = None,
    ) -> int:
        """Adds a version and gives its number.

        `seen` is the newest version that its author saw, and Conflict says that there is a newer
        one; without it the newest there is now is taken for seen.
        """
        if seen is None:
            seen = max((version.number for version in self.versions()), default=0)
        options = Options(
            "efile_version_options",
            lib.efile_version_options_init,
            media_type=media_type,
            file_name=file_name,
            label=label,
            remark=remark,
            text=text,
        )
        out = ffi.new("int64_t *")
        session = self._session
        with reader(session._runtime, content) as source:
            session._runtime.check(
                lib.efile_document_add_version,
                out,
                session._ptr,
                self._own_id(),
                seen,
                source,
                options.ptr,
            )
        with contextlib.suppress(NotFound, Denied):
            self.reload()
        return int(out[0])

    def add_rendition(
        self,
        role: Role,
        content: Content,
        *,
        version: int = 0,
        media_type: str | None = None,
        file_name: str | None = None,
    ) -> None:
        """Adds a rendition to a version (0: the newest)."""
        session = self._session
        with reader(session._runtime, content) as source:
            session._runtime.check(
                lib.efile_document_add_rendition,
                session._ptr,
                self._own_id(),
                version,
                role,
                source,
                chars_or_null(media_type),
                chars_or_null(file_name),
            )

    def open(self, version: int = 0, role: Role = Role.ORIGINAL) -> io.BufferedReader:
        """The content as a binary file object; it is verified while it is read."""
        session = self._session
        out = ffi.new("efile_reader **")
        session._runtime.check(
            lib.efile_document_open_content, out, session._ptr, self._own_id(), version, role
        )
        return opened(out[0], session)

    def read(self, version: int = 0, role: Role = Role.ORIGINAL) -> bytes:
        """The whole content."""
        with self.open(version, role) as content:
            return content.read()

    def versions(self, after: int = 0) -> Iterator[Version]:
        """The versions, oldest first, those with a higher number than `after`."""
        session = self._session
        out = ffi.new("efile_version_cursor **")
        item = ffi.new("efile_document_version *")
        session._runtime.check(
            lib.efile_document_versions, out, session._ptr, self._own_id(), after
        )
        return walk(
            session,
            out[0],
            lib.efile_version_cursor_free,
            lambda cursor: lib.efile_version_cursor_next(cursor, item),
            lambda: record(Version, item),
        )

    def renditions(self, version: int = 0) -> Iterator[Rendition]:
        """The renditions of a version (0: the newest)."""
        session = self._session
        out = ffi.new("efile_rendition_cursor **")
        item = ffi.new("efile_rendition *")
        session._runtime.check(
            lib.efile_document_renditions, out, session._ptr, self._own_id(), version
        )
        return walk(
            session,
            out[0],
            lib.efile_rendition_cursor_free,
            lambda cursor: lib.efile_rendition_cursor_next(cursor, item),
            lambda: _rendition(item),
        )


def _rendition(item: Any) -> Rendition:
    return Rendition(
        int(item.version),
        Role(item.role),
        text(item.media_type),
        text(item.file_name),
        int(item.bytes),
        bytes(item.sha256).hex(),
    )


NodeLike = Union[uuid.UUID, Node]
"""A node or its id."""

CLASSES: dict[NodeKind, type[Node]] = {
    NodeKind.DOSSIER: Dossier,
    NodeKind.SUB_DOSSIER: Dossier,
    NodeKind.CASE: Case,
    NodeKind.SUB_CASE: Case,
    NodeKind.DOCUMENT: Document,
    NodeKind.ATTACHMENT: Document,
}


def node_id(node: NodeLike) -> uuid.UUID:
    """The id of a node."""
    return node.id if isinstance(node, Node) else node


def _value_text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        if value.tzinfo is None:
            raise Invalid("a time needs a time zone; datetime.now(timezone.utc) has one")
        return value.isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return f"{value:f}"
    return str(value)


def _attributes(values: Mapping[str, Value | Iterable[Value]]) -> tuple[Any, int, object]:
    """A C array of metadata values, their number, and what must outlive it."""
    pairs: list[tuple[str, str]] = []
    for name, given in values.items():
        if isinstance(given, (str, int, decimal.Decimal, dt.date)):
            given = [given]
        pairs += [(name, _value_text(value)) for value in given]
    array = ffi.new("efile_attribute[]", max(len(pairs), 1))
    keep = []
    for item, (name, value) in zip(array, pairs, strict=False):
        keep += [ffi.new("char[]", chars(name)), ffi.new("char[]", chars(value))]
        item.name, item.value = keep[-2:]
        item.datatype = lib.EFILE_DATATYPE_TEXT
    return array, len(pairs), keep


class Files(Plans, Access):
    """What a session can do about dossiers, cases and documents."""

    def _wrap(self, ptr: Any) -> Node:
        return CLASSES[NodeKind(lib.efile_node_kind_of(ptr))](self, ptr)

    def _load(self, node: uuid.UUID) -> Any:
        out = ffi.new("efile_node **")
        self._runtime.check(lib.efile_node_load, out, self._ptr, id_struct("efile_id", node))
        return out[0]

    def _node_list(
        self, function: Any, what: tuple[Any, ...], after: NodeLike | None, trashed: bool
    ) -> Iterator[Any]:
        options = Options(
            "efile_list_options",
            lib.efile_list_options_init,
            after=None if after is None else node_id(after),
            trashed=trashed,
        )
        out = ffi.new("efile_node_cursor **")
        item = ffi.new("efile_node **")
        self._runtime.check(function, out, self._ptr, *what, options.ptr)
        return walk(
            self,
            out[0],
            lib.efile_node_cursor_free,
            lambda cursor: lib.efile_node_cursor_next(cursor, item),
            lambda: self._wrap(item[0]),
        )

    def _node_options(self, values: Mapping[str, Any]) -> Options:
        given = dict(values)
        unit = given.pop("unit", None)
        options = Options("efile_node_options", lib.efile_node_options_init, **given)
        actor = self._actor(unit)  # kept: its id lies inside
        options.ptr.unit = actor.id
        return options

    def _create(
        self, kind: type[N], function: Any, parent: Any, title: str, values: Mapping[str, Any]
    ) -> N:
        unknown = set(values) - set(UPDATABLE) - {"title"}
        if unknown:
            raise TypeError(f"there is no value {', '.join(sorted(unknown))}")
        options = self._node_options({**values, "title": title})
        out = ffi.new("efile_node **")
        self._runtime.check(function, out, self._ptr, parent, options.ptr)
        return kind(self, out[0])

    def _file(
        self,
        function: Any,
        parent: Any,
        title: str,
        content: Content | None,
        values: Mapping[str, Any],
    ) -> Document:
        given = dict(values)
        attributes = given.pop("attributes", None) or {}
        unit = given.pop("unit", None)
        options = Options("efile_document_options", lib.efile_document_options_init, title=title)
        for name, value in given.items():
            if name not in DOCUMENT_VALUES:
                raise TypeError(f"there is no value {name}")
            if value is not None:
                options.set(name, value)
        actor = self._actor(unit)  # kept: its id lies inside
        options.ptr.unit = actor.id
        array, count, keep = _attributes(attributes)
        options.ptr.attributes, options.ptr.attribute_count = array, count
        out = ffi.new("efile_node **")
        with reader(self._runtime, content) as source:
            self._runtime.check(function, out, self._ptr, parent, source, options.ptr)
        del keep
        return Document(self, out[0])

    def create_dossier(
        self,
        plan: PlanLike,
        title: str,
        *,
        reference: str | None = None,
        begin: dt.date | None = None,
        end: dt.date | None = None,
        unit: ActorLike | None = None,
        medium: Medium | None = None,
        confidentiality: int | None = None,
        access_list: int | None = None,
        marked: bool | None = None,
        doctype: str | None = None,
    ) -> Dossier:
        """Opens a dossier in a unit of the filing plan; its reference number is issued with it."""
        values = {
            "reference": reference,
            "begin": begin,
            "end": end,
            "unit": unit,
            "medium": medium,
            "confidentiality": confidentiality,
            "access_list": access_list,
            "marked": marked,
            "doctype": doctype,
        }
        return self._create(
            Dossier, lib.efile_dossier_create, self._plan_id(plan), title, values
        )

    def dossiers(
        self, plan: PlanLike, *, after: NodeLike | None = None, trashed: bool = False
    ) -> Iterator[Dossier]:
        """The dossiers of a unit of the filing plan, oldest first."""
        return self._node_list(
            lib.efile_dossier_list, (self._plan_id(plan),), after, trashed
        )

    def dossier(self, dossier: str | uuid.UUID) -> Dossier:
        """The dossier with an id or a reference number, present or former."""
        out = ffi.new("efile_node **")
        if isinstance(dossier, str):
            self._runtime.check(lib.efile_dossier_by_reference, out, self._ptr, chars(dossier))
        else:
            key = id_struct("efile_dossier_id", dossier)
            self._runtime.check(lib.efile_dossier_load, out, self._ptr, key)
        return Dossier(self, out[0])

    def case(self, case: uuid.UUID) -> Case:
        """The case or sub-case with an id."""
        out = ffi.new("efile_node **")
        key = id_struct("efile_case_id", case)
        self._runtime.check(lib.efile_case_load, out, self._ptr, key)
        return Case(self, out[0])

    def document(self, document: uuid.UUID) -> Document:
        """The document or attachment with an id."""
        out = ffi.new("efile_node **")
        key = id_struct("efile_document_id", document)
        self._runtime.check(lib.efile_document_load, out, self._ptr, key)
        return Document(self, out[0])

    def node(self, node: uuid.UUID) -> Node:
        """The node of any kind with an id: a Dossier, Case or Document."""
        return self._wrap(self._load(node))

    def find(self, reference: str) -> Node:
        """The dossier, case or document with a reference number, present or former."""
        out = ffi.new("efile_node **")
        self._runtime.check(lib.efile_find_by_reference, out, self._ptr, chars(reference))
        return self._wrap(out[0])

    def find_by_attribute(
        self, name: str, value: Value, *, after: NodeLike | None = None, trashed: bool = False
    ) -> Iterator[Node]:
        """The nodes with a metadata value, oldest first."""
        what = (chars(name), chars(_value_text(value)))
        return self._node_list(lib.efile_find_by_attribute, what, after, trashed)

    def remove_relation(self, relation: uuid.UUID | Relation) -> None:
        """Removes a relation; the log keeps it."""
        key = relation.id if isinstance(relation, Relation) else relation
        self._runtime.check(lib.efile_relation_remove, self._ptr, id_struct("efile_id", key))

    def define_doctype(
        self,
        name: str,
        title: str,
        fields: Iterable[Mapping[str, Any]] = (),
        *,
        xsd: str | None = None,
    ) -> None:
        """Defines a type with its metadata fields, or replaces its definition.

        A field is a mapping: name, title, datatype, min, max, codes, pattern, length, personal. Or
        the fields come out of an XML schema: one element with a sequence of simple elements.
        """
        listed = [dict(field) for field in fields]
        if xsd is not None and listed:
            raise TypeError("fields or a schema, not both")
        definition = json.dumps({"fields": listed} if xsd is None else {"xsd": xsd})
        self._runtime.check(
            lib.efile_doctype_define, self._ptr, chars(name), chars(title), chars(definition)
        )

    def doctypes(self, *, after: str | None = None) -> Iterator[Doctype]:
        """The document types by name."""
        out = ffi.new("efile_doctype_cursor **")
        item = ffi.new("efile_doctype *")
        self._runtime.check(lib.efile_doctype_list, out, self._ptr, chars_or_null(after))
        return walk(
            self,
            out[0],
            lib.efile_doctype_cursor_free,
            lambda cursor: lib.efile_doctype_cursor_next(cursor, item),
            lambda: record(Doctype, item),
        )

    def doctype(self, name: str) -> dict[str, Any]:
        """The definition of a type."""
        out = ffi.new("char **")
        self._runtime.check(lib.efile_doctype_load, out, self._ptr, chars(name))
        return dict(json.loads(taken(out), parse_float=decimal.Decimal))


DOCUMENT_VALUES = (
    "media_type",
    "file_name",
    "doctype",
    "sender",
    "date",
    "received",
    "reference",
    "medium",
    "confidentiality",
    "access_list",
    "marked",
    "text",
    "key",
)
