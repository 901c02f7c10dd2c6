#!/usr/bin/env bash
# check_versions.sh PROGRAM=VERSION…: fails when a program does not have that version (a prefix). The
# build calls it with the programs that it found: they must be those of a bare Debian 12.
set -euo pipefail
bad=0
for pair in "$@"; do
    program=${pair%=*} wanted=${pair##*=}
    found=$("$program" --version 2>&1 | grep -oE '[0-9]+(\.[0-9]+)+' | head -n 1) || found='no version'
    case "$found" in
    "$wanted" | "$wanted".*) ;;
    *)
        echo "$program is $found, Debian 12 has $wanted: run it through make, or tools/debian.sh" >&2
        bad=1
        ;;
    esac
done
exit "$bad"
