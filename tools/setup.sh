#!/usr/bin/env bash
# setup.sh GROUP…: installs the requirements of a task on Debian 12, and does nothing if all are present.
# Groups: build (compiler, libraries), run (the devnet's node, for the demo), test, lint, operate (used
# by the tests of the deployment), package (makes a Debian package), browser (for the tests of the
# dashboard), all.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p build

packages_build=(
    g++ cmake ninja-build mold ccache pkg-config git ca-certificates
    libzmq3-dev cppzmq-dev libpistache-dev nlohmann-json3-dev
    libboost-dev libboost-program-options-dev libssl-dev libsqlite3-dev libxxhash-dev prometheus-cpp-dev
    flatbuffers-compiler libflatbuffers-dev libsimdjson-dev libsecp256k1-dev
    libcrypto++-dev libgmp-dev libspdlog-dev libfmt-dev libsystemd-dev
)
packages_run=(nodejs npm curl)
packages_test=(libgtest-dev libgmock-dev libbenchmark-dev libseccomp-dev python3 sqlite3 zstd)
packages_lint=(clang-14 clang-format-14 clang-tidy-14 libclang-rt-14-dev python3)
# promtool and the Prometheus server, systemd-analyze, and the programs used by the incident pages.
packages_operate=(prometheus systemd procps jq sqlite3 curl python3)
packages_package=(dpkg-dev fakeroot lintian help2man)
packages_browser=(chromium chromium-driver)

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# A package installed in another version (nodejs from another source) counts as present: install_node
# replaces only its command.
missing_packages() {
    local installed
    installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^installed //p') || true
    comm -13 <(sort -u <<<"$installed") <(printf '%s\n' "$@" | sort -u)
}

install_packages() {
    local missing
    missing=$(missing_packages "$@")
    [ -n "$missing" ] || return 0
    echo "setup: installing $(tr '\n' ' ' <<<"$missing")"
    {
        as_root apt-get update -qq
        # shellcheck disable=SC2086 # one word per package
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
    } >build/setup.log 2>&1 || { tail -n 20 build/setup.log; exit 1; }
}

# Installs the server without its service: it is neither started nor enabled here. An existing service is
# unchanged.
install_operate() {
    local policy=/usr/sbin/policy-rc.d ours=
    if [ -n "$(missing_packages prometheus)" ]; then
        ours=disable
        [ -e "$policy" ] || ours=policy
    fi
    if [ "$ours" = policy ]; then
        printf '#!/bin/sh\nexit 101\n' | as_root install -m 0755 /dev/stdin "$policy"
        # shellcheck disable=SC2064 # expanded now
        trap "as_root rm -f '$policy'" EXIT
    fi
    install_packages "${packages_operate[@]}"
    [ -z "$ours" ] || as_root systemctl disable --quiet prometheus.service 2>/dev/null || true
    if [ "$ours" = policy ]; then
        as_root rm -f "$policy"
        trap - EXIT
    fi
}

# install_npm FOLDER: installs the packages of its lock file, verified by checksum. npm runs with the
# Node.js that it was installed with, which need not be Debian's.
install_npm() {
    local stamp=$1/node_modules/.installed
    if [ ! -e "$stamp" ] || [ "$1/package-lock.json" -nt "$stamp" ]; then
        echo "setup: installing the npm packages of $1"
        (cd "$1" && PATH=/usr/sbin:/usr/bin:/sbin:/bin npm ci --no-audit --no-fund --loglevel=error)
        touch "$stamp"
    fi
}

install_run() {
    # In Debian npm is a separate package, elsewhere a part of Node.js.
    if [ -x /usr/bin/node ] && [ -x /usr/bin/npm ]; then
        install_packages curl
    else
        install_packages "${packages_run[@]}"
    fi
    case "$(/usr/bin/node --version)" in
    v18.*) ;;
    *) install_npm tools/node18 ;;
    esac
    install_npm tools/devnet
}

[ $# -gt 0 ] || set -- all
for group in "$@"; do
    case "$group" in
    build) install_packages "${packages_build[@]}" ;;
    run) install_run ;;
    test) install_packages "${packages_test[@]}" ;;
    lint) install_packages "${packages_lint[@]}" ;;
    operate) install_operate ;;
    package) install_packages "${packages_package[@]}" ;;
    browser) install_packages "${packages_browser[@]}" ;;
    all)
        install_packages "${packages_build[@]}" "${packages_test[@]}" "${packages_lint[@]}" \
            "${packages_package[@]}" "${packages_browser[@]}"
        install_operate
        install_run
        ;;
    *)
        echo "usage: setup.sh [build|run|test|lint|operate|package|browser|all]…" >&2
        exit 2
        ;;
    esac
done
