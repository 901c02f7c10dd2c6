"""The verdicts of the gates, one line each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Gate:
    name: str
    verdict: str
    unix_ms: float
    summary: str
    path: Path


def gates_in(artifacts: Path, verdicts: Path) -> list[Gate]:
    """The newest verdict of each gate."""
    places = ((artifacts / "checks", "verdict.json", _checks), (artifacts / "perf", "tx_pipeline_*.json", _perf),
              (artifacts / "canary", "*.json", _canary), (verdicts, "canary_*.json", _canary))
    newest: dict[str, Gate] = {}
    for folder, pattern, read in places:
        for path in folder.glob(pattern):
            gate = _read(path, read)
            if gate.name not in newest or newest[gate.name].unix_ms < gate.unix_ms:
                newest[gate.name] = gate
    return list(newest.values())


def _read(path: Path, read) -> Gate:
    try:
        return read(json.loads(path.read_text()), path)
    except (OSError, ValueError, KeyError, TypeError) as bad:
        return Gate(path.name, "unreadable", 0.0, str(bad), path)


def _checks(report: dict, path: Path) -> Gate:
    steps = ", ".join(f"{step['step']} {step['verdict']}" for step in report["steps"])
    verdict = report["verdict"] if report["complete"] or report["verdict"] != "pass" else "incomplete"
    return Gate("verify_phase_checks", verdict, report["ended_unix_ms"], steps, path)


def _perf(report: dict, path: Path) -> Gate:
    words = f"{report['revision']}: {report['tx_per_sec']:.0f} tx/s, {report['cpu_us_per_tx']:.0f} µs of CPU a transaction"
    if "comparison" in report:
        ratio = report["comparison"]["cpu_us_per_tx"]
        words += f"; {report['comparison']['verdict']} than {report['comparison']['baseline']['revision']}, ratio {ratio['median']:.3f} " \
                 f"({ratio['low']:.3f} to {ratio['high']:.3f})"
    return Gate("perf_tx_pipeline_baseline", report["verdict"], report["written_unix_ms"], words, path)


def _canary(report: dict, path: Path) -> Gate:
    figures = report["figures"]
    bad = [check["check"] for check in report["checks"] if not check["ok"]]
    words = f"{report['version']}, {figures['seconds'] / 60:.1f} min, {figures['decoded']:.0f} transactions, " \
            f"p99 {figures['visible_p99_ms'] or 0:.1f} ms, {figures['memory_mib']} MiB" + (f"; failed: {', '.join(bad)}" if bad else "")
    return Gate("canary_check", report["verdict"], report["ended_unix_ms"], words, path)
