#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# All letters of the test data, taken in by the command: one line each, never a trace.
if ! [ -d "$EFILE_TESTDATA/mail" ]; then
	echo "1..0 # SKIP no test data in $EFILE_TESTDATA/mail"
	exit 0
fi
"${PYTHON:-python3}" "$srcdir/tests/conformance/letters" "$builddir" "$EFILE_TESTDATA/mail" |
	awk '/^ok/ { next } /^not ok/ { bad++ } { sub(/^(# )?/, "# "); print } / passed, / { told = 1 }
		END { print (bad || !told ? "not ok" : "ok") " 1 - the letters of the test data"; print "1..1" }'
