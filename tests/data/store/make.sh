#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# make.sh EFILE OUT.zip: a small store in the format of the program EFILE, packed (README beside this).
set -e
E=$1 OUT=$2 here=$(cd "$(dirname "$0")" && pwd)
W=$(mktemp -d) me=os:$(id -un)
trap 'rm -rf "$W"' EXIT
EFILE_STORE=$W/store
export EFILE_STORE
"$E" init --template municipal --land BW "$W/store"
for row in p.klein:poststelle m.weber:sachbearbeitung a.yilmaz:anordnung r.sturm:registratur; do
	"$E" actor create person "${row%:*}" --in "${row#*:}" --login-of "$me" --as admin
	"$E" actor permit "os:${row%:*}" "${row%:*}" --as admin
done
"$E" intake mail "$here/../../../examples/mails/3-brief.eml" \
	"$here/../../../examples/mails/1-xrechnung.eml" --as p.klein
item() { "$E" intake journal --as p.klein --json | sed -n "$1s/.*\"case\":\"\([^\"]*\)\".*/\1/p"; }
awk 'BEGIN { for (i = 0; i < 10000; i++) printf "%06d\n", i }' > "$W/Anlage.txt" # over 64 KiB: a file
"$E" document add "$(item 1)" "$W/Anlage.txt" --as r.sturm
"$E" case close "$(item 1)" --as r.sturm
rm -f "$W"/store/search.db*
python3 - "$W/store" "$OUT" << 'P'
import os, sys, zipfile
with zipfile.ZipFile(sys.argv[2], "w", zipfile.ZIP_DEFLATED, compresslevel=9) as z:
    for folder, folders, names in sorted(os.walk(sys.argv[1])):
        for name in sorted(names):
            path = os.path.join(folder, name)
            z.write(path, os.path.relpath(path, sys.argv[1]))
P
