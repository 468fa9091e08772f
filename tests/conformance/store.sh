#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A store with varied content, verified by a program that was written from docs/FORMAT.md alone.
w=$(mktemp -d "${TMPDIR:-/tmp}/efile-verify.XXXXXX") || exit 99
trap 'rm -rf "$w"' EXIT
d=$builddir/tests/scenario/store_driver
verify() { "${PYTHON:-python3}" "$srcdir/tests/conformance/verify_store.py" "$1" > "$w/out"; }
n=0
say() { # STATUS NAME
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; sed 's/^/# /' "$w/out"; fi
}
{ "$d" init "$w/s" && "$d" put "$w/s" 1 3 90000 && "$d" put "$w/s" 4 20 700 && "$d" put "$w/s" 30 1 65536 &&
	"$d" put "$w/s" 31 1 65537 && "$d" change "$w/s" 3 6 && "$d" anchor "$w/s" &&
	"$d" batch "$w/s" 40 30 10 && "$d" anchor "$w/s" && "$d" change "$w/s" 40 5; } > "$w/out" 2>&1
say $? "a store with something of everything"
verify "$w/s"
say $? "verifies: $(tail -1 "$w/out")"
"$d" backup "$w/s" "$w/b" && "$d" restore "$w/b" "$w/r" && verify "$w/b" && verify "$w/r"
say $? "so do its backup and what is restored from it"
spoil() { # NAME SQL
	rm -rf "$w/x" && cp -r "$w/s" "$w/x"
	"${PYTHON:-python3}" -c 'import sqlite3, sys
db = sqlite3.connect(sys.argv[1]); db.execute(sys.argv[2]); db.commit()' "$w/x/efile.db" "$2"
	! verify "$w/x"
	say $? "notices $1"
}
spoil "a changed row" "UPDATE item SET title = 'x' WHERE id = 20"
spoil "a removed row" "DELETE FROM item WHERE id = 20"
spoil "a slipped-in row" "INSERT INTO item(id, rev, number, blob) VALUES(999, 3, 999, 1)"
spoil "a changed entry" "UPDATE journal SET time = time + 1 WHERE rev = 7"
spoil "a removed entry" "DELETE FROM journal WHERE rev = 7"
spoil "a changed body" "UPDATE journal_body SET body = x'7b7d' WHERE rev = 7"
spoil "a changed checkpoint" "UPDATE checkpoint SET root = zeroblob(32)"
spoil "a changed content" "UPDATE blob_data SET data = x'00' WHERE id = 20"

# Bodies that were erased, and said so; and one that was only taken away.
E=$builddir/efile
flow() { "$E" flow "$@" --store "$w/s" --as admin; }
rm -rf "$w/s"
{ "$E" init "$w/s" && flow deploy "$srcdir/schemas/processes/invoice.bpmn" &&
	id=$(flow start invoice --variables '{"name":"Muster"}' --json | sed 's/.*"instance":"\([^"]*\)".*/\1/') &&
	flow cancel "$id" why && flow start invoice && flow retain --days 0 --json | grep -q '"instances":1,' &&
	verify "$w/s"; } >> "$w/out" 2>&1
say $? "erased bodies that the log names"
spoil "a body taken away" "UPDATE journal_body SET body = NULL, salt = NULL WHERE rev = (SELECT max(rev) FROM journal)"
spoil "an erasure taken away" "UPDATE journal_body SET body = NULL, salt = NULL WHERE rev = (SELECT max(rev) FROM journal WHERE action = 6)"
echo "1..$n"
