#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Writes the man pages of all commands, English and German, below a folder: manuals.sh DIR
set -eu
target=$1
mkdir -p "$target/man1" "$target/de/man1"
page() {
	"$EFILE" --lang en help --man "$1" >"$target/man1/$2.1"
	"$EFILE" --lang de help --man "$1" >"$target/de/man1/$2.1"
}
page efile efile
"$EFILE" help --all --json | sed -n 's/.*"name":"\([a-z -]*\)","arguments".*/\1/p' | while IFS= read -r command; do
	page "$command" "efile-$(printf '%s' "$command" | tr ' ' '-')"
done
