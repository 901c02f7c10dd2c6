#!/usr/bin/env bash
# Builds, installs, switches and rolls back versioned releases; --help tells how. The work is in
# tools/operate/release.py.
set -euo pipefail
PYTHONPATH=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)${PYTHONPATH:+:$PYTHONPATH}
export PYTHONPATH PYTHONDONTWRITEBYTECODE=1
exec python3 -m operate.release "$@"
