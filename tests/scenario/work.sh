#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Programs outside at work, and commands that need no store, by the command efile.
exec "${PYTHON:-python3}" "$srcdir/tests/scenario/work.py" "$srcdir" "$builddir"
