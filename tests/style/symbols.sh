#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Library = map = headers: the exported symbols are exactly the documented functions.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sed -n 's/^\t\(efile_[a-z0-9_]*\);$/\1/p' "$srcdir/libefile/libefile.map" | LC_ALL=C sort >"$work/map"
cat "$srcdir"/libefile/include/efile/*.h | tr '\n' ' ' | sed 's|/\*[^*]*\*\+\([^/*][^*]*\*\+\)*/| |g' | tr ';' '\n' |
	sed -n 's/.*EFILE_API[^(]*[ *]\(efile_[a-z0-9_]*\)(.*/\1/p' | LC_ALL=C sort >"$work/headers"
nm -D --defined-only "$builddir/.libs/libefile.so" | sed -n 's/.* [TDBR] \([a-z_0-9]*\).*/\1/p' | LC_ALL=C sort >"$work/library"
echo 1..3
n=0
same() {
	n=$((n + 1))
	if diff "$work/$1" "$work/$2" >"$work/diff"; then echo "ok $n - $1 = $2"; else
		sed 's/^/# /' "$work/diff"
		echo "not ok $n - $1 = $2"
	fi
}
same map headers
same library map
n=3
if LC_ALL=C sort -c "$work/map"; then echo 'ok 3 - the map is sorted'; else echo 'not ok 3 - the map is sorted'; fi
