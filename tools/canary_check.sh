#!/usr/bin/env bash
# Watches a running service and says whether it is fit to stay; --help tells how. The work is in
# tools/operate/canary.py.
set -euo pipefail
PYTHONPATH=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)${PYTHONPATH:+:$PYTHONPATH}
export PYTHONPATH PYTHONDONTWRITEBYTECODE=1
exec python3 -m operate.canary "$@"
