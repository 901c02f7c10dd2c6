#!/usr/bin/env bash
# Runs a devnet with real traffic and viz-api against it: demo.sh [path of viz-api].
#   DEMO_SECONDS=n      end after n seconds (default: on Ctrl-C)
#   DEMO_PORT=p         port of viz-api on 127.0.0.1 (default: any free one)
#   DEMO_NODE_PORT=p    port of the node (default: any free one)
#   DEMO_RATE=n         transactions per second (8)
#   DEMO_BLOCK_TIME=s   seconds between blocks (2)
#   DEMO_REORG_EVERY=n  a reorg after each n blocks (15)
# Each run has its own data folder, removed at the end; the logs stay in build/demo. Exit status 0 if
# everything ran to the end and transactions were seen and confirmed.
set -uo pipefail
cd "$(dirname "$0")/.."

readonly viz_api=${1:-build/release/viz-api}
readonly seconds=${DEMO_SECONDS:-0}
readonly logs=build/demo
devnet_pid='' viz_pid='' watch_pid='' data=''

say() { printf 'demo: %s\n' "$*"; }

# end PID: sends SIGTERM, and SIGKILL after five seconds. Only for processes of this script.
end() {
    local pid=$1 tries
    [ -n "$pid" ] && kill -TERM "$pid" 2>/dev/null || return 0
    for ((tries = 0; tries < 50; tries++)); do
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    kill -KILL "$pid" 2>/dev/null && say "process $pid had to be killed"
    wait "$pid" 2>/dev/null
}

clean_up() {
    trap - EXIT
    trap '' INT TERM
    end "$watch_pid"
    end "$viz_pid"
    end "$devnet_pid"
    [ -n "$data" ] && rm -rf "$data"
}

fail() {
    say "FAILED: $*"
    tail -n 15 "$logs/devnet.err" "$logs/viz-api.log" 2>/dev/null
    exit 1
}

# wait_for SECONDS PID COMMAND…: until the command succeeds, the time is up or the process has ended.
wait_for() {
    local deadline=$((SECONDS + $1)) pid=$2
    shift 2
    until "$@"; do
        kill -0 "$pid" 2>/dev/null || return 1
        [ "$SECONDS" -lt "$deadline" ] || return 1
        sleep 0.1
    done
}

# The child ends with this script even if the script is killed.
tied() { exec setpriv --pdeathsig TERM -- "$@"; }

json_field() { node -pe "JSON.parse(require('fs').readFileSync(0, 'utf8').split('\n')[0]).$1" <"$logs/devnet.json"; }
free_port() { node -e "const s = require('net').createServer().listen(0, '127.0.0.1', () => { console.log(s.address().port); s.close(); })"; }
is_ready() { curl -fs -m 2 -o /dev/null "$url/ready"; }

[ -x "$viz_api" ] || { say "$viz_api is missing: run 'make build'"; exit 1; }
mkdir -p "$logs"
rm -f "$logs"/* # files of an earlier run must not be mistaken for new ones
data=$(mktemp -d "${TMPDIR:-/tmp}/viz-demo.XXXXXX")
trap clean_up EXIT
interrupted=''
trap 'interrupted=yes' INT TERM

(tied node tools/devnet/devnet.mjs --port "${DEMO_NODE_PORT:-0}" --rate "${DEMO_RATE:-8}" \
    --block-time "${DEMO_BLOCK_TIME:-2}" --reorg-every "${DEMO_REORG_EVERY:-15}" \
    --journal "$data/sent.jsonl") >"$logs/devnet.json" 2>"$logs/devnet.err" &
devnet_pid=$!
wait_for 60 "$devnet_pid" test -s "$logs/devnet.json" || fail "the devnet did not start"
ws_url=$(json_field ws_url)
http_url=$(json_field http_url)
say "devnet    $http_url  chain id $(json_field chain_id), Uniswap V2 router $(json_field contracts.router)"

port=${DEMO_PORT:-$(free_port)}
readonly url=http://127.0.0.1:$port
(
    export VIZ_API_BIND=127.0.0.1:$port VIZ_API_STORAGE_PATH=$data/viz-api.db
    export VIZ_API_SEARCH=on VIZ_API_SIM_SINGLES=swaps
    export VIZ_API_CHAINS="[{\"chain_key\":\"devnet\",\"chain_id\":$(json_field chain_id),\"source_id\":\"anvil\",\"finality_depth\":8,\"endpoints\":[{\"ws_url\":\"$ws_url\",\"http_url\":\"$http_url\"}]}]"
    tied "$viz_api"
) >"$logs/viz-api.log" 2>&1 &
viz_pid=$!
wait_for 30 "$viz_pid" is_ready || fail "viz-api did not become ready"
say "viz-api   $url/  (the dashboard)"
say "          $url/transactions  $url/tx/HASH  $url/events?after=0  $url/chains/status"
say "          $url/metrics  $url/openapi.json    live: curl -N $url/stream"
say "logs      $logs/viz-api.log  $logs/devnet.json"
if [ "$seconds" -gt 0 ]; then say "runs for $seconds s"; else say "runs until Ctrl-C"; fi

(tied node tools/devnet/watch.mjs "$url" "$seconds") &
watch_pid=$!
wait -n "$watch_pid" "$viz_pid" "$devnet_pid"

# On Ctrl-C the terminal signals the watcher too: its verdict counts. Otherwise only the watcher may have
# ended, and both others must still be running.
if [ -n "$interrupted" ]; then
    kill -TERM "$watch_pid" 2>/dev/null
else
    kill -0 "$devnet_pid" 2>/dev/null || fail "the devnet ended"
    kill -0 "$viz_pid" 2>/dev/null || fail "viz-api ended"
fi
wait "$watch_pid"
verdict=$?
watch_pid=''
[ "$verdict" = 0 ] || fail "no confirmed transactions were seen"
say "done; $(wc -l <"$data/sent.jsonl") transactions were sent"
