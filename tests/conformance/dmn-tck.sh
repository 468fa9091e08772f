#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# One TAP line per compliance level of the DMN TCK.
data=$EFILE_TESTDATA/workflow/dmn-tck
out=$builddir/tests/conformance/dmn-tck.out
echo 1..2
number=0
for level in compliance-level-2 compliance-level-3; do
	number=$((number + 1))
	if [ ! -d "$data/$level" ]; then
		echo "ok $number - DMN TCK $level # SKIP no test data in $data"
		continue
	fi
	if "$builddir/tests/conformance/dmn-tck" "$data/$level" >"$out"; then
		echo "ok $number - DMN TCK $level: $(tail -n 1 "$out")"
	else
		grep FAILED "$out" | head -n 20 | sed 's/^/# /'
		echo "not ok $number - DMN TCK $level: $(tail -n 1 "$out")"
	fi
done
