# SPDX-License-Identifier: LGPL-2.1-or-later
"""A town with a registry, in a store of its own for each test."""

from __future__ import annotations

import datetime as dt
import pathlib
from collections.abc import Iterator
from typing import Any

import pytest

import efile

NOW = dt.datetime(2026, 3, 2, 8, 0, tzinfo=dt.timezone.utc)


@pytest.fixture
def context() -> Iterator[efile.Context]:
    """A context whose clock stands still."""
    with efile.Context(clock=lambda: NOW) as ctx:
        yield ctx


@pytest.fixture
def store(tmp_path: pathlib.Path, context: efile.Context) -> Iterator[efile.Store]:
    """A store with an administrator."""
    efile.init(tmp_path / "town", context=context)
    with efile.Store(tmp_path / "town", context=context) as opened:
        opened.bootstrap("admin", "The Administrator", login="test")
        yield opened


@pytest.fixture
def admin(store: efile.Store) -> Iterator[efile.Session]:
    """The administrator's session."""
    with store.session("admin", login="test") as session:
        yield session


@pytest.fixture(autouse=True)
def _examples(doctest_namespace: dict[str, Any], tmp_path: pathlib.Path) -> None:
    """Examples in docstrings find a folder of their own."""
    doctest_namespace["tmp"] = tmp_path
