#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Generated questions of access against a model that was written from docs/ACCESS.md alone.
model="${srcdir:-.}/tests/conformance/access_model.py"
echo 1..1
if [ ! -f "$model" ]; then
	echo "ok 1 # SKIP no model: $model"
	exit 0
fi
if [ -z "$PYTHON" ] || [ "$PYTHON" = ":" ]; then
	PYTHON=$(command -v python3)
fi
if [ -z "$PYTHON" ]; then
	echo "ok 1 # SKIP no Python"
	exit 0
fi
out="${builddir:-.}/tests/conformance/access.out"
if ! "${builddir:-.}/tests/conformance/access_matrix" --seed "${SEED:-1}" --cases "${CASES:-120000}" >"$out"; then
	echo "not ok 1 - questions"
	exit 1
fi
if "$PYTHON" "$model" <"$out" >"$out.log"; then
	echo "ok 1 - $(tail -n 1 "$out.log")"
else
	head -n 20 "$out.log" | sed 's/^/# /'
	echo "not ok 1 - $(tail -n 1 "$out.log")"
fi
