#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# One TAP line for the legal periods and one for the holidays of the test data.
data=$EFILE_TESTDATA/periods
out=$builddir/tests/conformance/periods.out
echo 1..2
number=0
for file in cases holidays; do
	number=$((number + 1))
	if [ ! -f "$data/$file.tsv" ]; then
		echo "ok $number - periods: $file # SKIP no test data in $data"
		continue
	fi
	if "$builddir/tests/conformance/periods" "$data/$file.tsv" >"$out"; then
		echo "ok $number - periods, $file: $(tail -n 1 "$out")"
	else
		grep FAILED "$out" | head -n 20 | sed 's/^/# /'
		echo "not ok $number - periods, $file: $(tail -n 1 "$out")"
	fi
done
