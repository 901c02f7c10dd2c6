#!/usr/bin/env bash
# Builds, installs, activates and rolls back versioned releases; see --help. Implemented in
# tools/operate/release.py.
set -euo pipefail
PYTHONPATH=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)${PYTHONPATH:+:$PYTHONPATH}
export PYTHONPATH PYTHONDONTWRITEBYTECODE=1
exec python3 -m operate.release "$@"
