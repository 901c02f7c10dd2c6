#!/usr/bin/env bash
# Builds the libFuzzer targets with clang and runs each for FUZZ_SECONDS from the committed seeds.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p build
cmake --preset fuzz -DVIZ_FUZZ_SECONDS="${FUZZ_SECONDS:-8}" >build/fuzz-configure.log 2>&1 ||
    { cat build/fuzz-configure.log; exit 1; }
cmake --build build/fuzz --target fuzz_targets -j "$(nproc)"
ctest --test-dir build/fuzz --output-on-failure -L fuzz
