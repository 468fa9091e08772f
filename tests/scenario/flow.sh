#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The processes that come with libefile, those of the workflow patterns and of some elements by their scenarios: all pass, and visit
# every node of the processes.
set -u
n=0
for file in "$srcdir"/schemas/processes/*.scenario "$srcdir"/examples/patterns/*.scenario \
	"$srcdir"/tests/scenario/models/*.scenario; do
	n=$((n + 1))
	out=$("$builddir/efile" flow test --coverage "$file" 2>&1)
	if [ $? = 0 ] && ! echo "$out" | grep -q '; missed:'; then
		echo "ok $n - ${file##*/}: $(echo "$out" | grep -c '^ok') scenarios"
	else
		echo "$out" | sed 's/^/# /'
		echo "not ok $n - ${file##*/}"
	fi
done
echo "1..$n"
