#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
exec "${PYTHON:-python3}" "$srcdir/tests/style/numbers.py" "$srcdir"
