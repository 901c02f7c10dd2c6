#!/usr/bin/env bash
# run_tests.sh NAME BUILD [CTEST-ARGUMENTS]: runs ctest. A failing test is repeated at most twice, so
# that one busy moment of the machine does not fail the run; only integration and end-to-end tests may
# pass by repetition, and the repeated tests are listed. The log is build/tests/NAME.log.
set -uo pipefail
cd "$(dirname "$0")/.."
build=$2
log=build/tests/$1.log
shift 2
mkdir -p build/tests
ctest --test-dir "$build" --output-on-failure --no-tests=error --repeat until-pass:3 "$@" 2>&1 | tee "$log"
status=${PIPESTATUS[0]}
tools/test_log.py repeated "$build" "$log" || status=1
exit "$status"
