#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The tests and the examples of the Python package, as TAP.
set -eu
here=$(cd "$srcdir/bindings/python" && pwd)
built=$(cd "$builddir/bindings/python" && pwd)
if ! "$PYTHON" -c 'import pytest' 2>/dev/null; then
	echo "1..0 # SKIP no pytest: apt-get install python3-pytest"
	exit 0
fi
export PYTHONPATH="$built:$here/tests" PYTHONDONTWRITEBYTECODE=1 PYTHONHASHSEED=0 LC_ALL=C.UTF-8
# An interpreter without the sanitizer needs its runtime first.
case $(ldd "$built"/efile/_efile.abi3.so 2>/dev/null) in
*libasan*)
	export LD_PRELOAD="$(${CC:-cc} -print-file-name=libasan.so)"
	export ASAN_OPTIONS="detect_leaks=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}" ;;
esac
cd "$built"
# The plugin "tap" writes to descriptor 3; pytest's own report is not needed.
exec "$PYTHON" -m pytest -c /dev/null --rootdir "$here" -p no:cacheprovider -p tap \
	"$here/tests" "$@" 3>&1 >/dev/null
