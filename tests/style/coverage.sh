#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Builds with gcov in a folder of its own, runs the tests and prints lines and branches per module.
set -eu
source=$1
mkdir -p coverage-build
cd coverage-build
[ -f Makefile ] || "$source/configure" --quiet --enable-coverage --disable-python CFLAGS='-O0 -g'
make -s -j"$(nproc)" check >check.log 2>&1 || true
find . -name '*.gcda' | sed 's/\.gcda$/.o/' >objects
rm -rf gcov && mkdir gcov && cd gcov
while IFS= read -r object; do
	gcov -b -c -p -o "../$(dirname "$object")" "../$object" 2>/dev/null
done <../objects | awk '
	/^File / { file = $2; gsub(/\x27/, "", file); keep = file ~ /libefile\/[a-z]+\/[a-z_0-9]+\.c$/; sub(/.*libefile\//, "", file); module = file; sub(/\/.*/, "", module) }
	keep && /^Lines executed/ { split($2, a, /[:%]/); n = $4; if (!(file in lines) || a[2] * n / 100 > hit[file]) { lines[file] = n; hit[file] = a[2] * n / 100; of[file] = module } }
	keep && /^Taken at least once/ { split($0, a, /[:%]/); n = $NF; if (a[2] * n / 100 > taken[file]) taken[file] = a[2] * n / 100; branches[file] = n }
	END {
		for (f in lines) { m = of[f]; l[m] += lines[f]; h[m] += hit[f]; b[m] += branches[f]; t[m] += taken[f] }
		for (m in l) { printf "%-12s lines %5.1f %% of %5d   branches %5.1f %% of %5d\n", m, 100 * h[m] / l[m], l[m], b[m] ? 100 * t[m] / b[m] : 100, b[m]; L += l[m]; H += h[m]; B += b[m]; T += t[m] }
		printf "%-12s lines %5.1f %% of %5d   branches %5.1f %% of %5d\n", "~all", 100 * H / L, L, 100 * T / B, B
	}' | sort
