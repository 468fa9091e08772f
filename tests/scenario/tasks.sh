#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Ein Baugesuch auf den Schreibtischen eines Bauamts, Schritt für Schritt, mit dem Befehl efile.
exec "${PYTHON:-python3}" "$srcdir/tests/scenario/tasks.py" "$builddir"
