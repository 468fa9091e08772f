# SPDX-License-Identifier: LGPL-2.1-or-later
"""Trying processes out by scenarios, in memory (docs/SCENARIO.md). No store is needed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, overload

from ._efile import ffi, lib
from ._native import Options, text
from .context import Context
from .streams import Content, reader


@dataclass(frozen=True)
class ScenarioResult:
    """One scenario: whether it passed, and if not why, and where."""

    name: str
    line: int
    steps: int
    passed: bool
    message: str
    file: str
    failed_line: int


@dataclass(frozen=True)
class ScenarioModel:
    """How often tokens came to the nodes of a process, in all scenarios of the run."""

    file: str
    process: str
    visits: dict[str, int]

    @property
    def missed(self) -> list[str]:
        """The nodes that no token has come to."""
        return [node for node, count in self.visits.items() if not count]


@dataclass(frozen=True)
class ScenarioRun(Sequence[ScenarioResult]):
    """What came of the scenarios of a file; a sequence of results."""

    results: tuple[ScenarioResult, ...]
    models: tuple[ScenarioModel, ...]

    @property
    def passed(self) -> bool:
        """Whether every scenario passed."""
        return all(result.passed for result in self.results)

    def __len__(self) -> int:
        return len(self.results)

    @overload
    def __getitem__(self, index: int) -> ScenarioResult: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[ScenarioResult]: ...

    def __getitem__(self, index: int | slice) -> ScenarioResult | Sequence[ScenarioResult]:
        return self.results[index]


def _result(run: Any, index: int) -> ScenarioResult:
    row = lib.efile_scenario_at(run, index)
    return ScenarioResult(
        text(row.name),
        row.line,
        row.steps,
        bool(row.passed),
        text(row.message),
        text(row.file),
        row.failed_line,
    )


def _model(run: Any, index: int) -> ScenarioModel:
    row = lib.efile_scenario_model_at(run, index)
    nodes = (lib.efile_scenario_node_at(run, index, i) for i in range(row.nodes))
    return ScenarioModel(
        text(row.file), text(row.process), {text(node.id): node.visits for node in nodes}
    )


def scenario_test(
    content: Content,
    *,
    path: str | os.PathLike[str] | None = None,
    models: str | os.PathLike[str] | None = None,
    context: Context | None = None,
) -> ScenarioRun:
    """Runs all scenarios of a file, each in a world of its own.

    Files that it names are looked for beside ``path`` (by default the content, if that is a
    path), then below ``models``. A scenario that does not do what it says is a result; a line that
    is no step raises :class:`efile.Format` with the line.

    >>> import efile
    >>> run = efile.scenario_test(b"refuse start nothing")
    >>> run.passed, len(run)
    (True, 1)
    >>> efile.scenario_test(b"expect ended")[0].message
    'nothing has been started'
    """
    ctx = context or Context()
    if path is None and isinstance(content, (str, os.PathLike)):
        path = content
    options = Options(
        "efile_scenario_options",
        lib.efile_scenario_options_init,
        path=path,
        models=models,
    )
    out = ffi.new("efile_scenario_run **")
    with reader(ctx._runtime, content) as source:
        ctx._runtime.check(lib.efile_scenario_test, out, ctx._ptr, source, options.ptr)
    try:
        return ScenarioRun(
            tuple(_result(out[0], i) for i in range(lib.efile_scenario_count(out[0]))),
            tuple(_model(out[0], i) for i in range(lib.efile_scenario_model_count(out[0]))),
        )
    finally:
        lib.efile_scenario_run_free(out[0])
