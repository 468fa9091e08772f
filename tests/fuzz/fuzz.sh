#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Builds the fuzzers with clang in a folder of their own and runs each for FUZZ_SECONDS.
set -eu
source=$1
mkdir -p fuzz-build
cd fuzz-build
[ -f Makefile ] || CC=clang "$source/configure" --quiet --enable-fuzzing --disable-python --disable-helper --disable-shared --enable-static
make -s built-sources # make does it by itself for "all" and "check" only
make -s -j"$(nproc)" libefile-all.la
status=0
for target in "$source"/tests/fuzz/fuzz_*.c; do
	name=$(basename "$target" .c)
	make -s "tests/fuzz/$name"
	mkdir -p "corpus/$name"
	words=$source/tests/fuzz/$name.dict
	[ -f "$words" ] && words=-dict=$words || words=
	if "tests/fuzz/$name" -max_total_time="${FUZZ_SECONDS:-60}" -rss_limit_mb=512 -timeout=5 -print_final_stats=1 $words \
		"corpus/$name" $(ls -d "$source/tests/data/fuzz/${name#fuzz_}" 2>/dev/null) >"$name.log" 2>&1; then
		printf '%s: %s runs, clean\n' "$name" "$(sed -n 's/^stat::number_of_executed_units: *//p' "$name.log")"
	else
		printf '%s: FAILED, see %s\n' "$name" "$PWD/$name.log"
		status=1
	fi
done
exit $status
