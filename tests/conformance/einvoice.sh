#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# One TAP line for the comparison of the invoice rules with the official verdicts.
data=$EFILE_TESTDATA/einvoice
echo 1..1
if [ ! -f "$data/MANIFEST.tsv" ]; then
	echo "ok 1 - invoice rules # SKIP no test data in $data"
	exit 0
fi
if "$builddir/tests/conformance/einvoice" manifest "$data/MANIFEST.tsv" "$data" >"$builddir/tests/conformance/einvoice.out"; then
	echo "ok 1 - invoice rules: $(tail -n 1 "$builddir/tests/conformance/einvoice.out")"
else
	grep FAILED "$builddir/tests/conformance/einvoice.out" | head -n 20 | sed 's/^/# /'
	echo "not ok 1 - invoice rules: $(tail -n 1 "$builddir/tests/conformance/einvoice.out") # TODO rules that are not stated yet"
fi
