#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Plays stories that are written as data, through the Python package; prints TAP.

    play.py STORY.jsonl...

A story is a file of JSON lines, one step each. It names functions of the C interface without their
prefix, so that a driver in C can play the same file with the same expectations:

    say     what happens, for people
    as      the actor whose session is used (login "test"); absent: the store itself
    call    the function, such as "case_create"; the table CALLS below lists them
    with    its arguments by the names of the C interface; "$x" is a value saved as x
    save    name for the id (or number, or list) that comes out
    expect  what must be in the result: objects by their members, all else by equality
    fails   the status that the call must answer, such as "NOTFOUND"

The clock stands at 2026-03-02T08:00:00Z; the call "clock" sets it. Files are named relative to the
source folder. Results are objects of plain JSON: enums by name in lower case, ids as text.
"""

from __future__ import annotations

import datetime as dt
import enum
import io
import json
import os
import pathlib
import sys
import tempfile
import uuid
import zipfile
from collections import Counter
from collections.abc import Callable
from typing import Any

import efile

Arguments = dict[str, Any]
ROOT = pathlib.Path(__file__).resolve().parents[2]


def plain(value: Any) -> Any:
    """A value as plain JSON."""
    if isinstance(value, enum.Enum):
        return value.name.lower()
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.timezone.utc).isoformat().replace("+00:00", "Z")
    if isinstance(value, dt.date):
        return value.isoformat()
    return value


def shown(thing: Any, *names: str) -> dict[str, Any]:
    """Some attributes of an object, as plain JSON."""
    return {name: plain(getattr(thing, name)) for name in names}


def node(found: efile.Node) -> dict[str, Any]:
    """What a story sees of a node."""
    names = ("id", "kind", "state", "title", "reference", "sender", "closed", "revision", "dossier")
    return shown(found, *names)


class World:
    """A store in a folder of its own, the sessions in it, and what was saved."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self.now = dt.datetime(2026, 3, 2, 8, 0, tzinfo=dt.timezone.utc)
        helper = os.environ.get("EFILE_HELPER")
        self.context = efile.Context(clock=lambda: self.now, helper_path=helper)
        self.saved: dict[str, Any] = {}
        self.sessions: dict[str, efile.Session] = {}
        self._store: efile.Store | None = None

    @property
    def store(self) -> efile.Store:
        """The store, open."""
        if self._store is None:
            self._store = efile.Store(self.folder / "store", context=self.context)
        return self._store

    def session(self, actor: str) -> efile.Session:
        """The session of an actor, opened when first asked for."""
        if actor not in self.sessions:
            self.sessions[actor] = self.store.session(actor, login="test")
        return self.sessions[actor]

    def resolve(self, given: Any) -> Any:
        """Arguments with saved values put in."""
        if isinstance(given, str) and given.startswith("$"):
            return self.saved[given[1:]]
        if isinstance(given, dict):
            return {key: self.resolve(value) for key, value in given.items()}
        if isinstance(given, list):
            return [self.resolve(value) for value in given]
        return given


def key(given: str) -> uuid.UUID:
    """An id out of a story."""
    return uuid.UUID(given)


def day(given: str | None) -> dt.date | None:
    """A date out of a story."""
    return None if given is None else dt.date.fromisoformat(given)


# ---------------------------------------------------------------- calls on the store


def store_init(world: World, a: Arguments) -> Any:
    efile.init(world.folder / "store", context=world.context)
    return {}


def access_bootstrap(world: World, a: Arguments) -> Any:
    return {"id": plain(world.store.bootstrap(a["name"], a.get("display"), login="test"))}


def clock(world: World, a: Arguments) -> Any:
    world.now = dt.datetime.fromisoformat(a["time"].replace("Z", "+00:00"))
    return {}


def store_events(world: World, a: Arguments) -> Any:
    return {"actions": dict(Counter(event.action for event in world.store.events()))}


def findings(report: efile.Report) -> Any:
    return {"rules": sorted({f.rule for f in report if f.severity > efile.Severity.INFORMATION})}


def store_fsck(world: World, a: Arguments) -> Any:
    return findings(world.store.fsck())


def audit_verify(world: World, a: Arguments) -> Any:
    return findings(world.store.audit_verify())


# ---------------------------------------------------------------- calls in a session


def actor_create(s: efile.Session, a: Arguments) -> Any:
    kind = efile.actor_kind(a["kind"])
    return {"id": plain(s.create_actor(kind, a["name"], display=a.get("display")))}


def member_add(s: efile.Session, a: Arguments) -> Any:
    s.add_member(a["member"], a["container"])


def login_permit(s: efile.Session, a: Arguments) -> Any:
    s.permit_login(a["login"], a["person"])


def access_list_make(s: efile.Session, a: Arguments) -> Any:
    entries = []
    for entry in a["entries"]:
        subject, rights = s.find_actor(entry["subject"]), efile.rights(entry["rights"])
        entries.append(efile.AccessEntry(subject, rights, entry.get("deny", False)))
    return {"id": s.access_list(entries)}


def template_apply(s: efile.Session, a: Arguments) -> Any:
    s.apply_template(a["name"], a["land"])


def plan_create(s: efile.Session, a: Arguments) -> Any:
    return shown(s.create_plan(**a), "id", "code", "title")


def dossier_create(s: efile.Session, a: Arguments) -> Any:
    return node(s.create_dossier(a.pop("plan"), a.pop("title"), **a))


def case_create(s: efile.Session, a: Arguments) -> Any:
    return node(s.dossier(key(a.pop("dossier"))).create_case(a.pop("title"), **a))


def case_add_document(s: efile.Session, a: Arguments) -> Any:
    a["date"] = day(a.get("date"))
    case, content = s.case(key(a.pop("case_id"))), a.pop("content").encode()
    return node(case.add_document(a.pop("title"), content, **a))


def document_add_version(s: efile.Session, a: Arguments) -> Any:
    document = s.document(key(a["document"]))
    return {"number": document.add_version(a["content"].encode(), seen=a["seen"])}


def document_open_content(s: efile.Session, a: Arguments) -> Any:
    document = s.document(key(a["document"]))
    role = efile.Role[a.get("role", "original").upper()]
    return {"content": document.read(a.get("version", 0), role).decode()}


def dossier_close(s: efile.Session, a: Arguments) -> Any:
    dossier = s.dossier(key(a["id"]))
    dossier.close()
    return node(dossier)


def dossier_reopen(s: efile.Session, a: Arguments) -> Any:
    dossier = s.dossier(key(a["id"]))
    dossier.reopen(a["reason"])
    return node(dossier)


def case_close(s: efile.Session, a: Arguments) -> Any:
    case = s.case(key(a["id"]))
    case.close()
    return node(case)


def case_reopen(s: efile.Session, a: Arguments) -> Any:
    case = s.case(key(a["id"]))
    case.reopen(a["reason"])
    return node(case)


def node_load(s: efile.Session, a: Arguments) -> Any:
    return node(s.node(key(a["id"])))


def node_count(s: efile.Session, a: Arguments) -> Any:
    counts = s.node(key(a["id"])).counts()
    return shown(counts, "sub_dossiers", "cases", "open_cases", "documents")


def find_by_reference(s: efile.Session, a: Arguments) -> Any:
    return node(s.find(a["reference"]))


def search(s: efile.Session, a: Arguments) -> Any:
    return {"titles": [hit.title for hit in s.search(a["query"])]}


def intake_receive(s: efile.Session, a: Arguments) -> Any:
    letter = s.receive(ROOT / a["file"])
    return shown(letter, "id", "number", "state", "is_duplicate")


def intake_process(s: efile.Session, a: Arguments) -> Any:
    letter = s.letter(key(a["id"]))
    letter.process()
    return shown(letter, "id", "state", "case", "document", "instance")


def task_list(s: efile.Session, a: Arguments) -> Any:
    tasks = list(s.tasks())
    first = plain(tasks[0].id) if tasks else None
    return {"nodes": [task.node for task in tasks], "id": first}


def task_claim(s: efile.Session, a: Arguments) -> Any:
    s.claim(key(a["task"]))


def task_complete(s: efile.Session, a: Arguments) -> Any:
    s.complete(key(a["task"]), a.get("variables"))


def flow_list(s: efile.Session, a: Arguments) -> Any:
    return shown(s.instance(key(a["instance"])), "id", "process", "status", "variables")


def flow_replay(s: efile.Session, a: Arguments) -> Any:
    s.replay(key(a["instance"]))


def export_write(s: efile.Session, a: Arguments) -> Any:
    first = io.BytesIO()
    s.export(key(a["id"]), first)
    with zipfile.ZipFile(first) as package:
        assert package.testzip() is None
        names = {name.rsplit("/", 1)[-1] for name in package.namelist()}
    return {"pages": sorted(names & {"index.html", "metadata.json", "bagit.txt"})}


STORE_CALLS: dict[str, Callable[[World, Arguments], Any]] = {
    call.__name__: call
    for call in (store_init, access_bootstrap, clock, store_events, store_fsck, audit_verify)
}

CALLS: dict[str, Callable[[efile.Session, Arguments], Any]] = {
    call.__name__: call
    for call in (
        access_list_make,
        actor_create,
        case_add_document,
        case_close,
        case_create,
        case_reopen,
        document_add_version,
        document_open_content,
        dossier_close,
        dossier_create,
        dossier_reopen,
        export_write,
        find_by_reference,
        flow_list,
        flow_replay,
        intake_process,
        intake_receive,
        login_permit,
        member_add,
        node_count,
        node_load,
        plan_create,
        search,
        task_claim,
        task_complete,
        task_list,
        template_apply,
    )
}


# ---------------------------------------------------------------- playing


def differs(expected: Any, found: Any, place: str = "") -> str:
    """Where a result is not as expected; "" if it is."""
    if not isinstance(expected, dict) or not isinstance(found, dict):
        return "" if expected == found else f"{place or 'result'}: {found!r} is not {expected!r}"
    for name, value in expected.items():
        if name not in found:
            return f"{place}{name} is missing"
        different = differs(value, found[name], f"{place}{name}.")
        if different:
            return different
    return ""


def act(world: World, step: dict[str, Any]) -> str:
    """Plays one step; "" or what is wrong with it."""
    arguments = world.resolve(step.get("with", {}))
    try:
        if "as" in step:
            found = CALLS[step["call"]](world.session(step["as"]), arguments)
        else:
            found = STORE_CALLS[step["call"]](world, arguments)
    except efile.EfileError as error:
        wanted = step.get("fails")
        return "" if error.status.name == wanted else f"{error.status.name}: {error}"
    if "fails" in step:
        return f"did not fail with {step['fails']}"
    found = found or {}
    if "save" in step:
        world.saved[step["save"]] = found.get("id")
        for name in ("case", "document", "instance"):
            if name in found:
                world.saved[f"{step['save']}.{name}"] = found[name]
    return differs(world.resolve(step.get("expect", {})), found)


def play(path: pathlib.Path, number: int) -> int:
    """Plays a story; the number of the last line printed."""
    with tempfile.TemporaryDirectory() as folder:
        world = World(pathlib.Path(folder))
        for line in path.read_text("utf-8").splitlines():
            if not line.strip():
                continue
            step = json.loads(line)
            number += 1
            wrong = act(world, step)
            if wrong:
                print("#", wrong)
            who = f"{step['as']}: " if "as" in step else ""
            verdict = "not ok" if wrong else "ok"
            print(f"{verdict} {number} - {path.stem}: {who}{step.get('say', step['call'])}")
        world.context.close()
    return number


def main(paths: list[str]) -> int:
    """Plays all stories."""
    number = 0
    for path in paths:
        number = play(pathlib.Path(path), number)
    print(f"1..{number}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
