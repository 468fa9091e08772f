#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# bench_flow, and beside it, in the same run and on the same models, bpmn-engine (npm), if node is there
# and PEERS names the folder in which `npm install bpmn-engine` was run:
#
#	PEERS=/tmp/peers tests/bench/bench_flow.sh [SECONDS]
set -eu
seconds=${1:-2}
here=$(dirname "$0")
bench=${BENCH_FLOW:-tests/bench/bench_flow}
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT INT TERM

"$bench" "$seconds" | tee "$room/ours"
if [ -z "${PEERS:-}" ] || [ ! -d "$PEERS/node_modules/bpmn-engine" ] || ! command -v node >/dev/null; then
	echo "# no node, or no PEERS with bpmn-engine in it: no peer beside us" >&2
	exit 0
fi
"$bench" --models "$room"
node --expose-gc "$here/peer_bpmn.mjs" "$PEERS" "$room" "$seconds" "$room/ours"
