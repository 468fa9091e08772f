#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The reference models of the BPMN MIWG test suite: nothing of them is lost, each is drawn. The files of
# the vendors are for tests/conformance/miwg by hand: they take too long for every run.
set -u
python=${PYTHON:-python3}
echo "1..1"
if ! [ -d "$EFILE_TESTDATA/workflow/miwg/Reference" ]; then
	echo "ok 1 # SKIP no test data in $EFILE_TESTDATA/workflow/miwg"
elif ! "$python" -c '' 2>/dev/null; then
	echo "ok 1 # SKIP no Python"
elif "$python" "$srcdir/tests/conformance/miwg" "$EFILE_TESTDATA/workflow/miwg/Reference" \
	"$builddir" >"$builddir/tests/conformance/miwg.out" 2>&1; then
	echo "ok 1 - MIWG references: $(tail -n 1 "$builddir/tests/conformance/miwg.out")"
else
	grep -v '^ok ' "$builddir/tests/conformance/miwg.out" | sed 's/^/# /'
	echo "not ok 1 - MIWG references"
fi
