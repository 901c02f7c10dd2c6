#!/usr/bin/env bash
# Installs what the project needs on Debian 12: `setup.sh build` (compilers, libraries) or
# `setup.sh all` (also Node.js and the devnet's npm packages). Does nothing where all is there.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p build

packages_build=(
    g++ cmake ninja-build mold ccache pkg-config git ca-certificates zstd
    clang-14 clang-format-14 clang-tidy-14 libclang-rt-14-dev
    libzmq3-dev cppzmq-dev libpistache-dev nlohmann-json3-dev
    libboost-dev libboost-program-options-dev libssl-dev
    libsqlite3-dev libxxhash-dev sqlite3 prometheus-cpp-dev libgtest-dev libgmock-dev libbenchmark-dev
    flatbuffers-compiler libflatbuffers-dev libsimdjson-dev libsecp256k1-dev
    libcrypto++-dev libgmp-dev libspdlog-dev libfmt-dev libsystemd-dev libseccomp-dev
    python3 dpkg-dev fakeroot lintian
)
# A browser and its driver are for the tests of the dashboard.
packages_browser=(chromium chromium-driver)
packages_devnet=(nodejs npm curl "${packages_browser[@]}")
# What the tests of the deployment call: promtool and the Prometheus server, systemd-analyze, and what
# the incident pages use.
packages_operations=(prometheus systemd procps jq sqlite3)

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

missing_packages() {
    local package
    for package in "$@"; do
        dpkg-query -W -f='${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed ||
            printf '%s\n' "$package"
    done
}

install_packages() {
    local missing
    missing=$(missing_packages "$@")
    [ -n "$missing" ] || return 0
    echo "setup: installing $(echo "$missing" | tr '\n' ' ')"
    as_root apt-get update -qq
    # shellcheck disable=SC2086 # one word a package
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing \
        >build/setup.log 2>&1 || { tail -n 20 build/setup.log; exit 1; }
}

# The server is wanted, its service is not: installing it here neither starts nor enables it. Where it
# was before, it stays as it was.
install_operations() {
    local policy=/usr/sbin/policy-rc.d ours=
    if [ -n "$(missing_packages prometheus)" ]; then
        ours=disable
        [ -e "$policy" ] || ours=policy
    fi
    if [ "$ours" = policy ]; then
        printf '#!/bin/sh\nexit 101\n' | as_root install -m 0755 /dev/stdin "$policy"
        # shellcheck disable=SC2064 # the path as it is now
        trap "as_root rm -f '$policy'" EXIT
    fi
    install_packages "${packages_operations[@]}"
    [ -z "$ours" ] || as_root systemctl disable --quiet prometheus.service 2>/dev/null || true
    if [ "$ours" = policy ]; then
        as_root rm -f "$policy"
        trap - EXIT
    fi
}

install_devnet() {
    # A Node.js from elsewhere (version managers) serves as well as Debian's.
    if command -v node >/dev/null && command -v npm >/dev/null; then
        install_packages curl "${packages_browser[@]}"
    else
        install_packages "${packages_devnet[@]}"
    fi
    local stamp=tools/devnet/node_modules/.installed
    if [ ! -e "$stamp" ] || [ tools/devnet/package-lock.json -nt "$stamp" ]; then
        echo "setup: installing the devnet's npm packages"
        (cd tools/devnet && npm ci --no-audit --no-fund --loglevel=error)
        touch "$stamp"
    fi
}

case "${1:-all}" in
build) install_packages "${packages_build[@]}" ;;
all)
    install_packages "${packages_build[@]}"
    install_operations
    install_devnet
    ;;
*)
    echo "usage: setup.sh [build|all]" >&2
    exit 2
    ;;
esac
