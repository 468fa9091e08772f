#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# docs/RULES.md says what the library's tables say (make rules-table).
table=$EFILE_TESTDATA/einvoice/rules-dev.tsv
echo 1..1
if [ ! -f "$table" ]; then
	echo "ok 1 - the table of rules is current # SKIP no test data in $EFILE_TESTDATA"
	exit 0
fi
made=$builddir/tests/conformance/RULES.md
python3 "$srcdir/tests/conformance/rules.py" "$builddir/efile" "$table" >"$made"
if cmp -s "$made" "$srcdir/docs/RULES.md"; then
	rm -f "$made"
	echo "ok 1 - the table of rules is current"
else
	diff "$srcdir/docs/RULES.md" "$made" | head -n 10 | sed 's/^/# /'
	echo "not ok 1 - the table of rules is current: make rules-table"
fi
