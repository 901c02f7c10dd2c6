#!/usr/bin/env bash
# step.sh 'N of M' TITLE COMMAND…: runs the command, and prints its title before and its duration after,
# so that minutes without output do not look like a hang.
set -uo pipefail
printf 'step %s: %s\n' "$1" "$2"
title=$1
shift 2
SECONDS=0
"$@" || { status=$?; printf 'step %s: FAILED after %d s\n' "$title" "$SECONDS"; exit "$status"; }
printf 'step %s: done in %d s\n' "$title" "$SECONDS"
