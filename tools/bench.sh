#!/usr/bin/env bash
# Builds and runs every benchmark; prints the results and writes JSON under build/bench.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:-build/release}
cmake --build "$build" --target benches -j "$(nproc)"
mkdir -p build/bench
for program in "$build"/tests/bench/*_bench; do
    name=$(basename "$program")
    echo "== $name"
    "$program" --benchmark_out="build/bench/$name.json" --benchmark_out_format=json ${BENCH_ARGS:-}
done
