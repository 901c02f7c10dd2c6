#!/usr/bin/env bash
# clang-tidy on one file; skipped when the same preprocessed text has passed before.
set -euo pipefail
file=$1
headers=$({ git ls-files '*.hpp' '*.fbs' '*.cmake' '*CMakeLists.txt' .clang-tidy | LC_ALL=C sort | xargs cat
    clang-tidy-14 --version; } | sha256sum | cut -c1-24)
key=$(sha256sum "$file" | cut -c1-24)-$headers
[ ! -e "$LINT_CACHE/$key" ] || exit 0
clang-tidy-14 -p build/lint --quiet --warnings-as-errors='*' "$file" 2>/dev/null
touch "$LINT_CACHE/$key"
