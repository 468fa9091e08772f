# SPDX-License-Identifier: LGPL-2.1-or-later
"""The examples in the docstrings, the declared types, and what of the C interface is reached."""

from __future__ import annotations

import ast
import doctest
import importlib
import os
import pathlib
import pkgutil
import re
import subprocess
import sys

import pytest

import efile
from efile._efile import lib

MODULES = ["efile"] + [f"efile.{m.name}" for m in pkgutil.iter_modules(efile.__path__)]
PACKAGE = pathlib.Path(efile.__file__).parent

# C functions that Python does not need, with what it has instead.
PYTHONS_OWN = {
    "efile_handover_find": "Session.handover[number]",
    "efile_handover_next": "iter(Session.handover)",
    "efile_id_format": "str(uuid.UUID)",
    "efile_id_parse": "uuid.UUID(text)",
    "efile_id_is_none": "None",
    "efile_time_format": "datetime.isoformat()",
    "efile_time_parse": "datetime.fromisoformat()",
    "efile_date_format": "date.isoformat()",
    "efile_date_parse": "date.fromisoformat()",
    "efile_dossier_node_id": "Dossier.id",
    "efile_case_node_id": "Case.id",
    "efile_document_node_id": "Document.id",
    "efile_session_store": "Session.store",
    "efile_intake_by_number": "Session.letter(number), which asks efile_intake_of_office()",
}


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str, tmp_path: pathlib.Path) -> None:
    module = importlib.import_module(name)
    if not hasattr(module, "__file__") or name == "efile._efile":
        pytest.skip("compiled")
    failed, _ = doctest.testmod(module, extraglobs={"tmp": tmp_path}, report=False)
    assert failed == 0


def test_types_are_sound() -> None:
    if subprocess.run([sys.executable, "-c", "import mypy"], capture_output=True).returncode:
        pytest.skip("no mypy: apt-get install mypy")
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", os.devnull, str(PACKAGE)]
    found = subprocess.run(command, capture_output=True, text=True, cwd=PACKAGE.parent)
    assert found.returncode == 0, found.stdout


def declared() -> set[str]:
    """The public functions, as the compiled module knows them from the headers."""
    return {name for name in dir(lib) if re.match(r"efile_(?!py_)", name)}


def reached() -> set[str]:
    """The functions that the package's source calls."""
    found: set[str] = set()
    for file in PACKAGE.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Attribute) and node.attr.startswith("efile_"):
                found.add(node.attr)
    return found


def test_the_whole_interface_is_covered() -> None:
    missing = declared() - reached() - set(PYTHONS_OWN)
    assert not missing, " ".join(sorted(missing))
    assert not set(PYTHONS_OWN) - declared() and not set(PYTHONS_OWN) & reached()


def test_no_line_is_too_long() -> None:
    for file in [*PACKAGE.glob("*.py"), *pathlib.Path(__file__).parent.glob("*.py")]:
        if file.name == "_enums.py":
            continue
        for number, line in enumerate(file.read_text().splitlines(), 1):
            assert len(line) <= 100, f"{file.name}:{number}"


def test_the_guide_runs_as_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    guide = pathlib.Path(__file__).parents[3] / "docs" / "PYTHON.md"
    (program,) = re.findall(r"^```python\n(.*?)^```", guide.read_text("utf-8"), re.S | re.M)
    exec(compile(program, str(guide), "exec"), {})
    said = capsys.readouterr().out
    assert "['Antrag auf Baugenehmigung']" in said and "node.closed" in said
