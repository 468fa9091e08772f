#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The executable models of other engines: run, or refused by a finding (foreign/README.md).
set -u
n=0
models=0
out=$builddir/tests/conformance/foreign.out
if ! [ -d "${EFILE_TESTDATA:-}/workflow/bpmn/operaton" ]; then
	echo "1..1"
	echo "ok 1 # SKIP no test data in ${EFILE_TESTDATA:-}/workflow/bpmn"
	exit 0
fi
for file in "$srcdir"/tests/conformance/foreign/*.scenario; do
	n=$((n + 1))
	name=${file##*/}
	timeout 60 "$builddir/efile" flow test --coverage --models "$EFILE_TESTDATA" "$file" >"$out" 2>&1
	code=$?
	share=$(sed -n 's/^# .*, \([0-9]*\) %$/\1/p' "$out" | tail -n 1)
	driven=$(grep -v refuse "$file" | sed -n 's/^deploy //p' | sort -u | wc -l)
	models=$((models + driven))
	if [ $code = 0 ] && [ "${share:-0}" -ge 80 ]; then
		echo "ok $n - $name: $driven models run, $(grep -c '^refuse' "$file") are refused, $share % of the nodes visited"
	else
		grep -v '^ok' "$out" | sed 's/^/# /'
		echo "not ok $n - $name: $share % of the nodes visited"
	fi
done
n=$((n + 1))
if [ "$models" -ge 150 ]; then echo "ok $n - $models models run"; else echo "not ok $n - $models models run"; fi
n=$((n + 1))
missing=
for model in $(cd "$EFILE_TESTDATA" && for set in operaton flowable spiff bpmn-elements bpmn-engine; do
	find "workflow/bpmn/$set" -name '*.bpmn' -o -name '*.bpmn20.xml'; done); do
	grep -qF "deploy $model" "$srcdir"/tests/conformance/foreign/*.scenario || missing="$missing $model"
done
if [ -z "$missing" ]; then echo "ok $n - no model is left out"; else echo "# $missing"; echo "not ok $n - no model is left out"; fi
echo "1..$n"
