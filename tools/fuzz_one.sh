#!/bin/sh
# fuzz_one.sh PROGRAM ARGUMENTS: runs a libFuzzer target for FUZZ_SECONDS (8).
exec "$@" -max_total_time="${FUZZ_SECONDS:-8}" -timeout=5 -rss_limit_mb=1024 -print_final_stats=1
