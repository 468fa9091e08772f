#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Documents that the README and docs/ point to are there; every source file names its licence.
set -u
n=0
bad=0
for page in "$srcdir"/README.md "$srcdir"/docs/*.md; do
	[ -f "$page" ] || continue
	for target in $(sed 's/`[^`]*`//g' "$page" | grep -oE '\]\([^)#]+' | sed 's/^](//' | grep -v '^[a-z]*:'); do
		[ -e "$(dirname "$page")/$target" ] || { echo "# ${page##*/}: no $target"; bad=1; }
	done
done
n=$((n + 1))
[ $bad = 0 ] && echo "ok $n - links lead somewhere" || echo "not ok $n - links lead somewhere"
bad=$(cd "$srcdir" && find libefile tools tests bindings examples build-aux -name '*.[ch]' -o -name '*.py' -path '*tests*' -o -name '*.sh' | grep -vE 'build-aux/(config|ltmain|depcomp|install-sh|missing|test-driver|tap-driver|compile|py-compile|ltversion)' | xargs grep -L SPDX-License-Identifier 2>/dev/null)
n=$((n + 1))
if [ -z "$bad" ]; then echo "ok $n - every source names its licence"; else echo "$bad" | sed 's/^/# /'; echo "not ok $n - every source names its licence"; fi
echo "1..$n"
