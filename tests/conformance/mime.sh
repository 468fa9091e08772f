#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The corpora of tests/conformance/mime.py as one TAP test.
set -u
python=${PYTHON:-python3}
echo "1..1"
if ! [ -d "$EFILE_TESTDATA/mail" ]; then
	echo "ok 1 # SKIP no test data in $EFILE_TESTDATA/mail"
elif ! "$python" -c '' 2>/dev/null; then
	echo "ok 1 # SKIP no Python"
elif "$python" "$srcdir/tests/conformance/mime.py" "$builddir/tests/conformance/mime_inspect" \
	"$EFILE_TESTDATA/mail" >"$builddir/tests/conformance/mime.out" 2>&1; then
	echo "ok 1 - mail corpora: $(tail -n 1 "$builddir/tests/conformance/mime.out")"
else
	grep -v '^ok ' "$builddir/tests/conformance/mime.out" | sed 's/^/# /'
	echo "not ok 1 - mail corpora"
fi
