#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The stories of this folder, through the Python package of the build folder.
set -eu
export PYTHONPATH="$builddir/bindings/python" PYTHONDONTWRITEBYTECODE=1 LC_ALL=C.UTF-8
# An interpreter without the sanitizer needs its runtime first.
case $(ldd "$builddir"/bindings/python/efile/_efile.abi3.so 2>/dev/null) in
*libasan*)
	LD_PRELOAD=$(${CC:-cc} -print-file-name=libasan.so)
	ASAN_OPTIONS="detect_leaks=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}"
	export LD_PRELOAD ASAN_OPTIONS ;;
esac
exec "$PYTHON" "$srcdir/tests/scenario/play.py" "$srcdir"/tests/scenario/*.jsonl
