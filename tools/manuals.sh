#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Writes the manual pages below a folder: manuals.sh DIR SRCDIR. Section 1 comes out of the command table, English and
# German, section 3 out of the public headers, 5 and 7 are written by hand (docs/man).
set -eu
target=$1 source=$2
version=$("$EFILE" version | sed 's/.* //')
mkdir -p "$target/man1" "$target/man3" "$target/man5" "$target/man7" "$target/de/man1" "$target/de/man5" "$target/de/man7"
page() {
	"$EFILE" --lang en help --man "$1" >"$target/man1/$2.1"
	"$EFILE" --lang de help --man "$1" >"$target/de/man1/$2.1"
}
page efile efile
"$EFILE" help --all --json | sed -n 's/.*"name":"\([a-z -]*\)","arguments".*/\1/p' | while IFS= read -r command; do
	page "$command" "efile-$(printf '%s' "$command" | tr ' ' '-')"
done
for header in "$source"/libefile/include/efile/*.h; do
	topic=$(basename "$header" .h)
	case $topic in macros) continue ;; esac
	${AWK:-awk} -v version="$version" -f "$source/build-aux/man3.awk" "$header" >"$target/man3/efile_$topic.3"
done
for page in "$source"/docs/man/en/*; do
	name=$(basename "$page")
	cat "$page" >"$target/man${name##*.}/$name"
	cat "$source/docs/man/de/$name" >"$target/de/man${name##*.}/$name"
done
