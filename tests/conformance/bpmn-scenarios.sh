#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The execution scenarios of the betsy suite: at least 97 % (docs/BPMN.md lists the others).
set -u
folder=${EFILE_TESTDATA:-}/workflow/bpmn/betsy
out=$builddir/tests/conformance/bpmn-scenarios.out
echo "1..1"
if ! [ -f "$folder/scenarios.tsv" ]; then
	echo "ok 1 # SKIP no test data in $folder"
	exit 0
fi
"$builddir/tests/conformance/bpmn-scenarios" "$folder/scenarios.tsv" "$folder" >"$out" 2>&1
last=$(tail -n 1 "$out")
passed=${last%% passed*}
failed=${last##*, }
failed=${failed%% *}
grep '^FAIL' "$out" | sed 's/^/# /'
if [ "$((passed * 100))" -ge "$(((passed + failed) * 97))" ]; then
	echo "ok 1 - betsy: $last"
else
	echo "not ok 1 - betsy: $last"
fi
