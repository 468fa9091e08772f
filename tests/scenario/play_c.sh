#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The stories of this folder, through the C interface: what play.sh does through the Python package.
exec "$builddir/tests/scenario/play" "$srcdir" "$srcdir"/tests/scenario/*.jsonl
