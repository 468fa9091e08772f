#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The XML schemas for invoices are what the tables of the structure give, and libxml2 finds by them what
# our own check finds.
data=${EFILE_TESTDATA:-}/einvoice
schemas=$srcdir/schemas/invoice/xsd
out=$builddir/tests/conformance/invoice_xsd.out
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo 1..2
sh "$srcdir/build-aux/invoice-xsd.sh" "$srcdir" "$work"
if diff -r "$work" "$schemas" >"$out"; then
	echo "ok 1 - the schemas are those of the tables"
else
	head -n 20 "$out" | sed 's/^/# /'
	echo "not ok 1 - the schemas are not those of the tables: make invoice-xsd"
fi
if [ ! -f "$data/MANIFEST.tsv" ]; then
	echo "ok 2 - the same findings as libxml2 # SKIP no test data in $data"
	exit 0
fi
mkdir "$work/mutants"
tar -xf "$data/xmute-mutants.tar.xz" -C "$work/mutants"
# all documents made for the rules: EFILE_EXHAUSTIVE=1
[ -z "$EFILE_EXHAUSTIVE" ] || tar -xf "$data/rules-dev.tar.xz" -C "$work/mutants"
if "$builddir/tests/conformance/invoice_xsd" "$schemas" "$data" "$work/mutants" >"$out"; then
	echo "ok 2 - the same findings as libxml2: $(tail -n 1 "$out")"
else
	grep FAILED "$out" | head -n 20 | sed 's/^/# /'
	echo "not ok 2 - the same findings as libxml2: $(tail -n 1 "$out")"
fi
