#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Hostile files through the command efile; the limits of time are wide here, for busy machines.
if [ ! -f "$EFILE_TESTDATA/hostile/MANIFEST.tsv" ]; then
	echo "1..0 # SKIP no hostile files in EFILE_TESTDATA"
	exit 0
fi
EFILE_SLOWER=${EFILE_SLOWER:-4} "${PYTHON:-python3}" "$srcdir/tests/conformance/hostile.py" \
	"$EFILE_TESTDATA/hostile" "$builddir" | sed 's/^\([0-9]* passed\)/# \1/'
