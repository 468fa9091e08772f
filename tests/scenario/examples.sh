#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The programs of examples/ do what they say, in C and in Python; the lines of C in README.md compile.
set -u
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
n=0
result() { # condition's status, name
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}
same() { # name, expected, actual
	printf '%s\n' "$2" > "$work/expected"
	if diff "$work/expected" "$3" > "$work/diff"; then result 0 "$1"; else sed 's/^/# /' "$work/diff"; result 1 "$1"; fi
}
c=$builddir/examples/c python="${PYTHON:-python3}" examples=$srcdir/examples/python
export PYTHONPATH="$builddir/bindings/python"
case $(ldd "$builddir"/bindings/python/efile/_efile.abi3.so 2>/dev/null) in
*libasan*)
	preload=$(${CC:-cc} -print-file-name=libasan.so)
	export ASAN_OPTIONS="detect_leaks=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}" ;;
*) preload= ;;
esac

cat > "$work/invoice.xml" <<'END'
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" xmlns:b="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"><b:ID>1</b:ID></Invoice>
END

hits='66-0001  document  Lamp out of order
66-0001  dossier  Street lamp'
"$c/dossier" "$work/one" > "$work/out" 2>&1
same "examples/c/dossier.c" "$hits" "$work/out"
"$c/dossier" "$work/one" > "$work/out" 2>&1
result $((! $?)) "examples/c/dossier.c refuses a folder that is there"
"$c/check_invoice" "$work/invoice.xml" > "$work/findings"
result $(($? != 1)) "examples/c/check_invoice.c answers 1"
grep -q '^error BR-06 ' "$work/findings"
result $? "examples/c/check_invoice.c finds that there is no seller"

if [ -e "$builddir/bindings/python/efile/_efile.abi3.so" ]; then
	LD_PRELOAD=$preload "$python" "$examples/dossier.py" "$work/two" > "$work/out" 2>&1
	same "examples/python/dossier.py" "$hits" "$work/out"
	LD_PRELOAD=$preload "$python" "$examples/check_invoice.py" "$work/invoice.xml" > "$work/out" 2>&1
	result $(($? != 1)) "examples/python/check_invoice.py answers 1"
	same "examples/python/check_invoice.py finds the same" "$(cat "$work/findings")" "$work/out"
else
	result 0 "examples/python # SKIP built without Python"
fi

# README.md: what stands between "```c" and "```", as the body of a function.
{ echo '#include <stdio.h>'; sed -n '/^```c$/,/^```$/p' "$srcdir/README.md" | grep '^#include'
  echo 'int main(void) {'; sed -n '/^```c$/,/^```$/p' "$srcdir/README.md" | grep -v '^```\|^#include'; echo 'return 0; }'; } > "$work/readme.c"
${CC:-cc} -std=c99 -Wall -Wextra -pedantic -Werror -fsyntax-only -I"$srcdir/libefile/include" "$work/readme.c" 2> "$work/err" || sed 's/^/# /' "$work/err"
result "$(test -s "$work/err"; echo $((! $?)))" "the C of README.md compiles"
echo "1..$n"
