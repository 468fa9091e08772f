#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Invoices from the treasury to the finance system and back, by the command efile.
exec "${PYTHON:-python3}" "$srcdir/tests/scenario/handover.py" "$srcdir" "$builddir"
