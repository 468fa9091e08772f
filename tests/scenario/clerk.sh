#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What a clerk and an administrator read and do by the command efile alone, German and English.
exec "${PYTHON:-python3}" "$srcdir/tests/scenario/clerk.py" "$srcdir" "$builddir"
