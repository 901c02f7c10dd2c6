#!/usr/bin/env bash
# sanitize.sh asan: the unit tests under ASan+UBSan. sanitize.sh tsan: the tests of bus, runtime
# and storage under TSan.
set -euo pipefail
cd "$(dirname "$0")/.."
preset=${1:?asan or tsan}
case "$preset" in
asan) target=unit_tests ;;
tsan) target=tsan_tests ;;
*) echo "usage: sanitize.sh asan|tsan" >&2; exit 2 ;;
esac
mkdir -p build
cmake --preset "$preset" >"build/$preset-configure.log" 2>&1 || { cat "build/$preset-configure.log"; exit 1; }
cmake --build "build/$preset" --target "$target" -j "$(nproc)"
export ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1 UBSAN_OPTIONS=print_stacktrace=1
# libzmq, SQLite and Pistache come without TSan instrumentation.
export TSAN_OPTIONS="suppressions=$PWD/tests/support/tsan.supp:halt_on_error=1"
# What has been built, and nothing else: the other programs are listed as not built.
ctest --test-dir "build/$preset" --output-on-failure -j "$(nproc)" --no-tests=error \
    -E '_NOT_BUILT$|^e2e\.|^lint\.'
