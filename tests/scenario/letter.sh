#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The way of the letters of examples/mails through the command efile, checked step by step.
exec "${PYTHON:-python3}" "$srcdir/tests/scenario/letter.py" "$srcdir" "$builddir"
