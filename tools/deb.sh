#!/usr/bin/env bash
# deb.sh [BUILD]: makes the Debian package of a finished build (build/release) under build/deb and runs
# lintian on it. Exit status: 0 when lintian finds no error, 1 when it does, 2 for an invalid command line.
set -euo pipefail
cd "$(dirname "$0")/.."
case "${1:-}" in
-h | --help)
    sed -n '2,3s/^# //p' "$0"
    exit 0
    ;;
esac
build=${1:-build/release}
[ -f "$build/CPackConfig.cmake" ] || { echo "deb.sh: $build is not a configured build" >&2; exit 2; }
cmake --build "$build" --target documents >build/deb.log 2>&1 || { cat build/deb.log; exit 1; }
rm -rf build/deb
cpack --config "$build/CPackConfig.cmake" -B "$PWD/build/deb" >build/deb.log 2>&1 || { cat build/deb.log; exit 1; }
rm -rf build/deb/_CPack_Packages
package=$(ls build/deb/*.deb)
lintian --allow-root --fail-on error --tag-display-limit 0 "$package" || exit 1
echo "deb: $package, lintian found no error"
