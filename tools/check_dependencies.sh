#!/usr/bin/env bash
# Checks the allowed dependencies between modules by their includes. Fails on a forbidden one.
#   bus            -> components/eth
#   libraries: components/eth, components/node -> themselves; components/evm -> eth;
#                     components/state -> evm, eth, node
#   components/X   -> bus, the libraries, itself; only its shell (component.*, metrics.*) may use
#                     sockets and counters: cores may include only bus/ values (messages, codec, JSON)
#   http           -> bus, eth, itself
#   runtime        -> everything
set -euo pipefail
cd "${1:-$(dirname "$0")/..}"

libraries='components/(eth|evm|node|state)'
values='bus/(action|messages|opportunity|codec|event_json|opportunity_record|opportunity_fold|transaction_record|transaction_fold|pending_set)\.hpp'
bad=0
while IFS=: read -r file line include; do
    include=${include#*\"}
    include=${include%%\"*}
    folder=$(dirname "$file")
    case "$folder" in components/*) folder=$(cut -d/ -f1,2 <<<"$folder") ;; *) folder=${folder%%/*} ;; esac
    case "$folder" in
    bus) allowed='^(bus|components/eth)/' ;;
    components/eth) allowed='^components/eth/' ;;
    components/evm) allowed='^components/(evm|eth)/' ;;
    components/node) allowed='^components/node/' ;;
    components/state) allowed='^components/(state|evm|eth|node)/' ;;
    components/*)
        case "$(basename "$file")" in
        component.hpp | component.cpp | metrics.hpp | metrics.cpp) allowed="^(bus|$libraries|$folder)/" ;;
        *) allowed="^(($libraries|$folder)/|$values)" ;;
        esac
        ;;
    http) allowed='^(bus|components/eth|http)/' ;;
    *) allowed='.' ;;
    esac
    if ! [[ $include =~ $allowed ]]; then
        echo "$file:$line: $folder may not include $include" >&2
        bad=1
    fi
done < <(git ls-files -co --exclude-standard 'bus/*pp' 'components/*pp' 'http/*pp' 'runtime/*pp' |
    xargs grep -nE '^#include "' /dev/null)
exit $bad
