#!/usr/bin/env bash
# Runs clang-tidy on one file; skipped when the same input has passed before.
set -euo pipefail
file=$1
key=$(tools/tidy_key.py "$file")
[ ! -e "$LINT_CACHE/$key" ] || exit 0
clang-tidy-14 -p build/lint --quiet --warnings-as-errors='*' "$file" 2>/dev/null
touch "$LINT_CACHE/$key"
