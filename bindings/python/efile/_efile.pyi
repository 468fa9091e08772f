# SPDX-License-Identifier: LGPL-2.1-or-later
# The compiled module has no types that mypy could read; the package around it is fully annotated.
from typing import Any

ffi: Any
lib: Any
