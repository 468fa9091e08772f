#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Each public header stands alone, in strict C99 and in C++17, without a warning.
set -eu
n=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for header in "$srcdir"/libefile/include/efile.h "$srcdir"/libefile/include/efile/*.h; do
	name=${header##*include/}
	printf '#include <%s>\nint test_unit;\n' "$name" >"$work/t.c"
	cp "$work/t.c" "$work/t.cc"
	n=$((n + 1))
	if ${CC:-cc} -std=c99 -Wall -Wextra -pedantic -Werror -I"$srcdir/libefile/include" -c "$work/t.c" -o "$work/t.o" 2>"$work/err"; then
		echo "ok $n - $name in C99"; else sed 's/^/# /' "$work/err"; echo "not ok $n - $name in C99"; fi
	n=$((n + 1))
	if ! command -v g++ >/dev/null; then echo "ok $n - $name in C++17 # SKIP no g++"; continue; fi
	if g++ -std=c++17 -Wall -Wextra -pedantic -Werror -I"$srcdir/libefile/include" -c "$work/t.cc" -o "$work/t.o" 2>"$work/err"; then
		echo "ok $n - $name in C++17"; else sed 's/^/# /' "$work/err"; echo "not ok $n - $name in C++17"; fi
done
echo "1..$n"
