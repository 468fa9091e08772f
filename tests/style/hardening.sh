#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The built objects carry the hardening that configure asked for.
set -u
n=0
check() {
	n=$((n + 1))
	if [ "$2" = yes ]; then echo "ok $n - $1"; else echo "not ok $n - $1"; fi
}
has() {
	if readelf -W "$2" "$3" 2>/dev/null | grep -qE "$1"; then echo yes; else echo no; fi
}
library=$builddir/.libs/libefile.so
program=$builddir/.libs/efile
[ -f "$program" ] || program=$builddir/efile
if nm -D "$library" | grep -q __asan_; then echo '1..0 # SKIP built with sanitizers'; exit 0; fi
check 'library: read-only relocations' "$(has GNU_RELRO -l "$library")"
check 'library: bound at once' "$(has 'BIND_NOW|FLAGS.*NOW' -d "$library")"
check 'library: no executable stack' "$(readelf -Wl "$library" | awk '/GNU_STACK/ { print ($0 ~ /RWE/) ? "no" : "yes" }')"
check 'library: stack protector' "$(has __stack_chk_fail --dyn-syms "$library")"
check 'library: no text relocations' "$(readelf -Wd "$library" | grep -q TEXTREL && echo no || echo yes)"
check 'program: position independent' "$(has 'Type:.*DYN' -h "$program")"
check 'program: bound at once' "$(has 'BIND_NOW|FLAGS.*NOW' -d "$program")"
size=$(stat -c %s "$library")
strip -o "$library.stripped" "$library" && size=$(stat -c %s "$library.stripped") && rm -f "$library.stripped"
check "library: stripped $size bytes, at most 5 MB" "$([ "$size" -le 5000000 ] && echo yes || echo no)"
check 'library: nothing GPL linked' "$(ldd "$library" | grep -q poppler && echo no || echo yes)"
echo "1..$n"
