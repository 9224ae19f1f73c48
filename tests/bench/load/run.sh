#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Durable events per second, beside Node-RED in the same run where it is installed.
#   bash tests/bench/load/run.sh [options of bench.mjs]
#   bash tests/bench/load/run.sh more [options of more.mjs]
# Needs the shared data (TIDEWIRE_SHARED), Node 20, and a release build. NODE_RED_MODULES names a
# folder whose node_modules holds node-red and node-red-node-sqlite; without it only Tidewire runs.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
tools="${TIDEWIRE_SHARED:-$root/../shared}/bench/load"
[ -f "$tools/bench.mjs" ] || { echo "The load tools are not here: set TIDEWIRE_SHARED." >&2; exit 3; }
work="${TMPDIR:-/tmp}/tidewire-load.$$"
mkdir -p "$work"
trap 'rm -rf "$work"' EXIT
cp "$tools"/* "$work"
g++ -std=c++20 -O2 -o "$work/sink" "$work/sink.cpp"
g++ -std=c++20 -O2 -o "$work/load" "$work/load.cpp" -lcrypto
export TIDEWIRE_PROGRAM="${TIDEWIRE_PROGRAM:-$root/build/release/app/runner/tidewire}"
export TIDEWIRE_LOAD="$here"
only=tidewire
if [ -n "${NODE_RED_MODULES:-}" ]; then
    ln -s "$NODE_RED_MODULES/node_modules" "$work/node_modules"
    only=tidewire,nodered-ack-after-record
fi
node - "$here/targets.json" "$work/targets.json" > "$work/all.json" <<'JS'
const fs = require('fs');
const [ours, peers] = process.argv.slice(2).map(file => JSON.parse(fs.readFileSync(file)));
console.log(JSON.stringify([...ours, ...peers]));
JS
cd "$work"
if [ "${1:-}" = more ]; then # a steady rate, and a start with many stored events
    shift
    node "$here/more.mjs" --targets "$work/all.json" --bin "$work" --modules "$work" --only "$only" "$@"
    exit
fi
# After a kill, a call in doubt waits for half a minute: longer than the pause that bench.mjs takes for the end.
node bench.mjs --settle 40 --targets all.json --bin "$work" --modules "$work" --only "$only" "$@"
