#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A part of the sweep for every day; make sweep does all of it.
exec "$srcdir/tests/sweep/sweep" --tap --short --step "${EFILE_SWEEP_STEP:-97}"
