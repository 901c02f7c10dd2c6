#!/usr/bin/env bash
# kill_loop.sh [N]: N times (30) kills viz-api with SIGKILL at a random moment under traffic, restarts
# it, and compares the record with the data that clients received. Exit status 0 when nothing was lost.
# Environment: BUILD=folder (default build/release), SEED=number.
set -euo pipefail
cd "$(dirname "$0")/.."
case "${1:-}" in
-h | --help)
    sed -n '2,5s/^# //p' "$0"
    exit 0
    ;;
esac
build=${BUILD:-build/release}
export VIZ_BIN=${VIZ_BIN:-$build/viz-api} VIZ_TAP_BIN=${VIZ_TAP_BIN:-$build/viz-tap}
for program in "$VIZ_BIN" "$VIZ_TAP_BIN"; do
    [ -x "$program" ] || { echo "kill_loop.sh: $program is missing: run make build" >&2; exit 2; }
done
exec node tests/e2e/support/kill_loop.mjs "${1:-30}"
