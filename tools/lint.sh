#!/usr/bin/env bash
# Format check, dependency rule, and clang-tidy with warnings as errors over every project source file.
set -euo pipefail
cd "$(dirname "$0")/.."

echo "lint: format"
make -s check-format

echo "lint: words"
git ls-files -z | xargs -0 tools/check_prose.py

echo "lint: dependency rule"
tools/check_dependencies.sh

echo "lint: clang-tidy"
tools/configure.sh lint -DVIZ_TESTS=ON
cmake --build build/lint --target viz_messages_generated -j "$(nproc)" >/dev/null
# A file is skipped if it and its headers have not changed since it last passed, in this clone or
# another.
export LINT_CACHE=${LINT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/viz-api/tidy}
mkdir -p "$LINT_CACHE"
git ls-files -z '*.cpp' ':!tests/' |
    xargs -0 -P "$(nproc)" -n 1 tools/tidy_one.sh
echo "lint: clean, $(git ls-files '*.cpp' '*.hpp' | wc -l) files"
