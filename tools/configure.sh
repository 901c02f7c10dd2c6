#!/usr/bin/env bash
# configure.sh PRESET [-DNAME=VALUE…]: configures build/PRESET for ninja. Does nothing if it was
# configured with these values and programs; ninja itself reconfigures when a CMake file changed.
set -euo pipefail
cd "$(dirname "$0")/.."
preset=$1
shift
build=build/$preset
programs=$(type -P cmake g++ clang++-14 node python3 ccache ld.mold help2man | tr '\n' ' ') || true
wanted=("folder=$PWD" "programs=$programs" "$@")
done_with() {
    local line
    [ -f "$build/build.ninja" ] && [ -f "$build/.configured" ] || return 1
    [ ! CMakePresets.json -nt "$build/.configured" ] || return 1
    for line in "${wanted[@]}"; do grep -qFx -e "$line" "$build/.configured" || return 1; done
}
if done_with; then exit 0; fi
mkdir -p "$build"
earlier=$(cat "$build/.configured" 2>/dev/null) || true
rm -f "$build/.configured"
cmake --preset "$preset" "$@" >"$build-configure.log" 2>&1 || { cat "$build-configure.log"; exit 1; }
# Values that CMake's cache keeps from earlier calls count too.
{ printf '%s\n' "${wanted[@]}" "$earlier"; } | awk -F= '!seen[$1]++' >"$build/.configured"
