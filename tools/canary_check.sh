#!/usr/bin/env bash
# Watches a running service and decides whether it passes as a release; see --help. Implemented in
# tools/operate/canary.py.
set -euo pipefail
PYTHONPATH=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)${PYTHONPATH:+:$PYTHONPATH}
export PYTHONPATH PYTHONDONTWRITEBYTECODE=1
exec python3 -m operate.canary "$@"
