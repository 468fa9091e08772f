#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Six processes write into one store at once, two of them the same items, and some are killed; what
# was acknowledged is there, and each item exactly once.
w=$(mktemp -d "${TMPDIR:-/tmp}/efile-processes.XXXXXX") || exit 99
trap 'rm -rf "$w"' EXIT
d=$builddir/tests/scenario/store_driver
n=0
say() { n=$((n + 1)); if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi; }
writers() {
	"$d" put "$w/s" 1 40 700 > "$w/a1" & p1=$!
	"$d" put "$w/s" 1 40 700 > "$w/a2" & p2=$!
	"$d" put "$w/s" 101 40 70000 > "$w/a3" & p3=$!
	"$d" put "$w/s" 121 40 70000 > "$w/a4" & p4=$!
	"$d" batch "$w/s" 201 40 900 > "$w/a5" & p5=$!
	"$d" backup "$w/s" "$w/b$1" > "$w/a6" & p6=$!
}
"$d" init "$w/s"
say $? "a store"
for round in 1 2 3 4; do
	writers $round
	sleep 0.$((round * 2))
	kill -9 $p1 $p3 $p5 2> /dev/null
	wait
	cat "$w"/a[1-6] >> "$w/acks"
done
"$d" check "$w/s" "$w/acks"
say $? "after some were killed: sound, and all that was acknowledged is there"
writers 5
failed=0
for p in $p1 $p2 $p3 $p4 $p5 $p6; do wait $p || failed=1; done
say $failed "all six finish side by side"
cat "$w"/a[1-6] >> "$w/acks"
"$d" check "$w/s" "$w/acks"
say $? "sound, and all that was acknowledged is there"
count=$("$d" count "$w/s")
test "$count" = 140
say $? "each item once ($count of 140)"
"$d" check "$w/b5"
say $? "the backup that was made meanwhile is sound"
echo "1..$n"
