# SPDX-License-Identifier: LGPL-2.1-or-later
"""Stores and sessions: open, close, transactions, log, backup, fork."""

from __future__ import annotations

import gc
import multiprocessing
import pathlib

import pytest

import efile


def test_init_twice_exists(tmp_path: pathlib.Path) -> None:
    efile.init(tmp_path / "s")
    with pytest.raises(efile.Exists) as caught:
        efile.init(tmp_path / "s")
    assert isinstance(caught.value, FileExistsError)
    assert caught.value.status is efile.Status.EXISTS
    assert caught.value.number >= 1000
    assert str(tmp_path) in str(caught.value)


def test_no_store_is_a_lookup_error(tmp_path: pathlib.Path) -> None:
    with pytest.raises(LookupError):
        efile.open(tmp_path / "nothing", actor="m.weber")


def test_unknown_actor_is_denied(store: efile.Store) -> None:
    with pytest.raises(PermissionError):
        store.session("nobody", login="test")


def test_session_knows_its_actor(store: efile.Store, admin: efile.Session) -> None:
    assert admin.actor_name == "admin"
    assert admin.is_administrator
    assert admin.behalf is None
    assert admin.store is store
    assert str(admin.actor) != str(admin.behalf)


def test_closing_what_open_gave_closes_all(tmp_path: pathlib.Path) -> None:
    efile.init(tmp_path / "s")
    with efile.Store(tmp_path / "s") as store:
        store.bootstrap("admin", login="test")
    with efile.open(tmp_path / "s", actor="admin", login="test") as session:
        store, context = session.store, session.store.context
    assert session.closed and store.closed and context.closed
    session.close()
    with pytest.raises(efile.Invalid, match="Session is closed"):
        session.actor_name
    with pytest.raises(efile.Invalid, match="Store is closed"):
        store.audit_verify()


def test_a_failed_open_leaves_nothing_open(tmp_path: pathlib.Path) -> None:
    efile.init(tmp_path / "s")
    with pytest.raises(efile.Denied):
        efile.open(tmp_path / "s", actor="admin", login="test")
    efile.Store(tmp_path / "s").close()


def test_closed_parent_raises(store: efile.Store, admin: efile.Session) -> None:
    events = store.events()
    first = next(events)
    store.close()
    assert first.position == 1
    with pytest.raises(efile.Invalid, match="closed"):
        next(events)
    with pytest.raises(efile.Invalid, match="closed"):
        admin.is_administrator


def test_child_keeps_its_parent_alive(tmp_path: pathlib.Path) -> None:
    efile.init(tmp_path / "s")
    store = efile.Store(tmp_path / "s")
    store.bootstrap("admin", login="test")
    events = store.events()
    session = store.session("admin", login="test")
    del store
    gc.collect()
    assert session.is_administrator
    assert [e.position for e in events][0] == 1
    circle: list[object] = [session, events]
    circle.append(circle)
    del session, events, circle
    gc.collect()
    with efile.Store(tmp_path / "s") as again:
        assert again.checked


def test_events_tell_who_did_what(store: efile.Store, admin: efile.Session) -> None:
    events = list(store.events())
    assert [e.position for e in events] == list(range(1, len(events) + 1))
    assert all(e.time.utcoffset() is not None for e in events)
    assert {e.time.isoformat() for e in events} == {"2026-03-02T08:00:00+00:00"}
    assert all(len(e.hash) == 64 for e in events)
    assert list(store.events(since=len(events))) == []
    assert not any(e.body for e in events)
    assert any(e.data for e in admin.events())
    assert [e.hash for e in admin.events(since=1)] == [e.hash for e in events[1:]]


def test_audit(store: efile.Store) -> None:
    assert store.audit_verify().clean
    anchor = store.audit_anchor()
    assert len(anchor.splitlines()) == 4
    assert store.audit_prove(1)
    with pytest.raises(efile.NotFound):
        store.audit_prove(10_000)


def test_transactions_do_not_nest(store: efile.Store) -> None:
    with store.transaction():
        with pytest.raises(efile.State):
            with store.transaction():
                pass
    with store.transaction():
        pass


def test_backup_and_restore(store: efile.Store, tmp_path: pathlib.Path) -> None:
    count = len(list(store.events()))
    store.backup(tmp_path / "copy")
    efile.restore(tmp_path / "copy", tmp_path / "again")
    with efile.Store(tmp_path / "again") as again:
        assert len(list(again.events())) == count
        report = again.fsck()
        assert report.clean and report.count(efile.Severity.ERROR) == 0
        assert list(report) == list(report[:])


def test_read_only(store: efile.Store, tmp_path: pathlib.Path) -> None:
    with efile.Store(tmp_path / "town", read_only=True) as other:
        assert other.audit_verify().clean
        with pytest.raises(efile.EfileError):
            other.bootstrap("second", login="test")


def _in_child(store: efile.Store, session: efile.Session, answers: object) -> None:
    found = []
    for call in (store.audit_verify, lambda: session.is_administrator, store.close):
        try:
            call()
            found.append("ok")
        except efile.EfileError as error:
            found.append(type(error).__name__)
    answers.put(found)  # type: ignore[attr-defined]


def test_a_forked_child_gets_invalid(store: efile.Store, admin: efile.Session) -> None:
    fork = multiprocessing.get_context("fork")
    answers = fork.Queue()
    child = fork.Process(target=_in_child, args=(store, admin, answers))
    child.start()
    assert answers.get(timeout=20) == ["Invalid", "Invalid", "ok"]
    child.join(20)
    assert child.exitcode == 0
    assert admin.is_administrator
