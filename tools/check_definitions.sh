#!/usr/bin/env bash
# check_definitions.sh BUILD: fails when a definition contains the path of the checkout in more than one
# object (tests/support/paths.cpp): a compiler cache could not serve another clone with the other
# objects.
set -euo pipefail
cd "$(dirname "$0")/.."
bad=$(grep -F '"command"' "$1/compile_commands.json" | grep -F -- "-D" |
    grep -E -- "-D[^ ]*$(printf '%s' "$PWD" | sed 's/[][\.*^$ ]/\\&/g')" | grep -v 'tests/support/paths\.cpp' || true)
[ -z "$bad" ] || { printf '%s\n' "$bad" | grep -oE '[^ "]+\.cpp",?$' >&2; exit 1; }
