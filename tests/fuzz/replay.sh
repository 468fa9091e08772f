#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Replays the seeds and past crashers of each target, and the hostile files where they are there.
set -u
n=0
for program in "$builddir"/tests/fuzz/fuzz_*; do
	[ -x "$program" ] && [ -f "$program" ] || continue
	case ${program##*/} in *.*) continue ;; esac
	name=${program##*/fuzz_}
	files=$(find "$srcdir/tests/data/fuzz/$name" -type f 2>/dev/null)
	case $name in
	json) more=data ;;
	mime) more=mail ;;
	xml | invoice) more=xml ;;
	archive) more=archive ;;
	bpmn | feel) more=bpmn ;;
	*) more= ;;
	esac
	[ -z "$more" ] || files="$files $(find "$EFILE_TESTDATA/hostile/$more" -type f 2>/dev/null)"
	n=$((n + 1))
	# shellcheck disable=SC2086 # a list of files
	if timeout 120 "$program" $files >/dev/null 2>"$builddir/tests/fuzz/replay.err"; then
		echo "ok $n - $name: $(echo $files | wc -w) inputs"
	else
		sed 's/^/# /' "$builddir/tests/fuzz/replay.err" | tail -n 20
		echo "not ok $n - $name"
	fi
done
echo "1..$n"
