#!/usr/bin/env bash
# What has to hold before a release leaves the desk; --help tells how. The work is in
# tools/operate/phase_checks.py.
set -euo pipefail
PYTHONPATH=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)${PYTHONPATH:+:$PYTHONPATH}
export PYTHONPATH PYTHONDONTWRITEBYTECODE=1
exec python3 -m operate.phase_checks "$@"
