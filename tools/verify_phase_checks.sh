#!/usr/bin/env bash
# Runs the checks that must pass before a release; see --help. Implemented in
# tools/operate/phase_checks.py.
set -euo pipefail
PYTHONPATH=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)${PYTHONPATH:+:$PYTHONPATH}
export PYTHONPATH PYTHONDONTWRITEBYTECODE=1
exec python3 -m operate.phase_checks "$@"
