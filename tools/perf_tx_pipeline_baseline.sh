#!/usr/bin/env bash
# Measures the pipeline and compares two executables; see --help. Implemented in tools/operate/perf.py.
set -euo pipefail
PYTHONPATH=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)${PYTHONPATH:+:$PYTHONPATH}
export PYTHONPATH PYTHONDONTWRITEBYTECODE=1
exec python3 -m operate.perf "$@"
