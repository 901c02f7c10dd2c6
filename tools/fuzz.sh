#!/usr/bin/env bash
# Builds the libFuzzer targets and runs each for FUZZ_SECONDS (8) from the committed seeds. They share
# the build of the unit tests under ASan and UBSan.
set -euo pipefail
cd "$(dirname "$0")/.."
tools/configure.sh asan -DVIZ_TESTS=ON
cmake --build build/asan --target fuzz_targets -j "$(nproc)"
tools/run_tests.sh fuzz build/asan -j "$(nproc)" -L fuzz
