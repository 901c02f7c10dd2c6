#!/usr/bin/env bash
# sanitize.sh asan: the unit tests under ASan and UBSan. sanitize.sh tsan: the tests of multithreaded
# code under TSan.
set -euo pipefail
cd "$(dirname "$0")/.."
preset=${1:-}
case "$preset" in
asan) label=unit ;;
tsan) label=tsan ;;
*) echo "usage: sanitize.sh asan|tsan" >&2; exit 2 ;;
esac
tools/configure.sh "$preset" -DVIZ_TESTS=ON
cmake --build "build/$preset" --target "${label}_tests" -j "$(nproc)"
export ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1 UBSAN_OPTIONS=print_stacktrace=1
# libzmq, SQLite and Pistache are not instrumented for TSan.
export TSAN_OPTIONS="suppressions='$PWD/tests/support/tsan.supp':halt_on_error=1"
tools/run_tests.sh "$preset" "build/$preset" -j "$(nproc)" -L "^$label\$" -E '^(page|operate)\.'
