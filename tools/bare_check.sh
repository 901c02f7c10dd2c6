#!/usr/bin/env bash
# bare_check.sh [OPTION…] demo|test: runs `make demo` (twice) or `make test` of the commit checked out
# here on a fresh, bare Debian 12 (debootstrap: minbase, git, make, ca-certificates), reports the duration
# of each step, and fails if the command does. Requires root and debootstrap.
#   --sudo        as a user with sudo instead of root
#   --space       in a folder whose name contains a space
#   --mirror URL  Debian mirror (default: the one that this machine's apt uses)
#   --ccache DIR  with this compiler cache, for a check of everything except the build's duration
#   --keep        keep the system and print its path
# Uses this machine's apt proxies, npm configuration and added certificate authorities.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() { sed -n '2,10s/^# \?//p' "$0"; }
user=root home=/root folder=viz-api mirror='' ccache='' keep='' command=''
while [ $# -gt 0 ]; do
    case "$1" in
    --sudo) user=dev home=/home/dev ;;
    --space) folder='viz api' ;;
    --mirror) mirror=${2:?a URL}; shift ;;
    --ccache) ccache=${2:?a folder}; shift ;;
    --keep) keep=yes ;;
    -h | --help) usage; exit 0 ;;
    demo | test) command=$1 ;;
    *) usage >&2; exit 2 ;;
    esac
    shift
done
[ -n "$command" ] || { usage >&2; exit 2; }
[ "$(id -u)" = 0 ] || { echo "bare_check: needs root" >&2; exit 2; }
[ -n "$mirror" ] || mirror=$(apt-get indextargets --format '$(ORIGIN) $(CODENAME) $(REPO_URI)' 2>/dev/null |
    sed -n 's/^Debian bookworm //p' | head -n 1) || true

system=$(mktemp -d "${TMPDIR:-/var/tmp}/viz-bare.XXXXXX")
# The mounts and processes belong to a namespace that has ended by now.
clean_up() {
    if [ -n "$keep" ]; then echo "bare_check: $system"; else rm -rf --one-file-system "$system"; fi
}
trap clean_up EXIT

# timed TITLE COMMAND…
timed() {
    local title=$1 start=$SECONDS
    shift
    "$@" || { echo "bare_check: FAILED after $((SECONDS - start)) s: $title"; exit 1; }
    printf 'bare_check: %5d s  %s\n' $((SECONDS - start)) "$title"
}

bootstrap() {
    local include=git,make,ca-certificates
    [ "$user" = root ] || include+=,sudo
    debootstrap --variant=minbase --include="$include" bookworm "$system" ${mirror:+"$mirror"} >"$system.log" 2>&1 ||
        { tail -n 20 "$system.log"; return 1; }
    rm -f "$system.log"
    cp -L /etc/resolv.conf /etc/hosts "$system/etc/"
    apt-config dump | grep -E '^Acquire::(http|https|ftp)' >"$system/etc/apt/apt.conf.d/99machine" || true
    if [ -d /usr/local/share/ca-certificates ]; then
        cp -R /usr/local/share/ca-certificates "$system/usr/local/share/"
        chroot "$system" update-ca-certificates >/dev/null
    fi
    cp /etc/ssl/certs/ca-certificates.crt "$system/etc/ssl/certs/machine.crt"
    [ ! -f /etc/npmrc ] || cp /etc/npmrc "$system/etc/npmrc"
    if [ "$user" != root ]; then
        chroot "$system" useradd --create-home --shell /bin/bash "$user"
        echo "$user ALL=(ALL) NOPASSWD: ALL" >"$system/etc/sudoers.d/$user"
    fi
    [ ! -f "${HOME:-}/.npmrc" ] || cp "$HOME/.npmrc" "$system$home/.npmrc"
}

clone() {
    git status --porcelain | grep -q . && echo "bare_check: uncommitted changes are not included"
    git clone -q --no-hardlinks . "$system$home/$folder"
    chroot "$system" chown -R "$user:" "$home"
}

# inside SCRIPT: in the new system, as the user, with the environment of a fresh login and this machine's
# proxies.
inside() {
    local kept=() name
    for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY DEMO_SECONDS; do
        [ -z "${!name:-}" ] || kept+=("$name=${!name}")
    done
    # shellcheck disable=SC2016 # expanded inside
    unshare --mount --pid --fork --kill-child bash -euc '
        system=$1 user=$2 home=$3 folder=$4 ccache=$5 script=$6
        shift 6
        mount --make-rprivate /
        mount --rbind /dev "$system/dev"
        mount -t proc proc "$system/proc"
        mount -t sysfs sysfs "$system/sys" 2>/dev/null || true
        if [ -n "$ccache" ]; then
            mkdir -p "$system/ccache"
            mount --bind "$ccache" "$system/ccache"
            set -- "$@" CCACHE_DIR=/ccache
        fi
        exec chroot "$system" setpriv --reuid "$user" --regid "$user" --init-groups env -i \
            HOME="$home" USER="$user" TERM=dumb LANG=C.UTF-8 PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin \
            NODE_EXTRA_CA_CERTS=/etc/ssl/certs/machine.crt "$@" bash -c "cd \"\$1\" && $script" bash "$home/$folder"
    ' bash "$system" "$user" "$home" "$folder" "$ccache" "$1" "${kept[@]}"
}

# Prints the time of the first line of live figures.
demo() {
    DEMO_SECONDS=${DEMO_SECONDS:-20} inside 'make demo' | awk -v start="$(date +%s)" '
        { print; fflush() }
        /devnet=subscribed/ && !live { live = 1; "date +%s" | getline now
            printf "bare_check: first live line after %d s\n", now - start }
        END { exit !live }'
}

timed 'bare Debian 12' bootstrap
timed 'clone' clone
case "$command" in
demo)
    timed 'make demo' demo
    timed 'make demo, again' demo
    ;;
test) timed 'make test' inside 'make test' ;;
esac
