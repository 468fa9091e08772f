#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The comparison of the invoice rules with the official verdicts, and the way of every valid invoice
# through both syntaxes.
data=$EFILE_TESTDATA/einvoice
echo 1..3
if [ ! -f "$data/MANIFEST.tsv" ]; then
	echo "ok 1 - invoice rules # SKIP no test data in $data"
	echo "ok 2 - round trips # SKIP no test data in $data"
	echo "ok 3 - PDFs # SKIP no test data in $data"
	exit 0
fi
out=$builddir/tests/conformance/einvoice.out
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tar -xf "$data/xmute-mutants.tar.xz" -C "$work"
# all documents made for the rules take a minute: EFILE_EXHAUSTIVE=1
if [ -n "$EFILE_EXHAUSTIVE" ]; then
	mkdir "$work/dev"
	tar -xf "$data/rules-dev.tar.xz" -C "$work/dev"
	"$builddir/tests/conformance/einvoice" dev "$data/rules-dev.tsv" "$work/dev" >"$out.dev" ||
		grep FAILED "$out.dev" | head -n 20 | sed 's/^/# /'
	echo "# documents made for the rules: $(tail -n 1 "$out.dev")"
fi
if "$builddir/tests/conformance/einvoice" manifest "$data/MANIFEST.tsv" "$data" "$work" >"$out" &&
	{ [ -z "$EFILE_EXHAUSTIVE" ] || grep -q ' 0 failed$' "$out.dev"; }; then
	echo "ok 1 - invoice rules: $(tail -n 1 "$out")"
else
	grep FAILED "$out" | head -n 20 | sed 's/^/# /'
	echo "not ok 1 - invoice rules: $(tail -n 1 "$out")"
fi
# every valid document; those made of others by a tool only with EFILE_EXHAUSTIVE=1
mutants=${EFILE_EXHAUSTIVE:+$work}
if "$builddir/tests/conformance/einvoice" roundtrip "$data/MANIFEST.tsv" "$data" $mutants >"$out.ways"; then
	echo "ok 2 - round trips: $(tail -n 1 "$out.ways")"
else
	grep FAILED "$out.ways" | head -n 20 | sed 's/^/# /'
	echo "not ok 2 - round trips: $(tail -n 1 "$out.ways")"
fi
if [ ! -x "${EFILE_HELPER:-/nonexistent}" ]; then
	echo "ok 3 - PDFs # SKIP no helper"
elif "$builddir/tests/conformance/einvoice" pdf "$data/MANIFEST-pdf.tsv" "$data" >"$out.pdf"; then
	echo "ok 3 - PDFs: $(tail -n 1 "$out.pdf")"
else
	grep FAILED "$out.pdf" | head -n 20 | sed 's/^/# /'
	echo "not ok 3 - PDFs: $(tail -n 1 "$out.pdf")"
fi
