"""perf_tx_pipeline_baseline.sh: measures viz-api's pipeline, and compares two executables."""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

from . import interrupt, paired, pipeline
from .process import StartFailed
from .web import Unreachable

ROOT = Path(__file__).resolve().parents[2]
PASS, FAIL, USAGE = 0, 1, 2

# The compared figures, where less is better. The verdict is on CPU time, which hardly depends on other
# load. Wall time does, so only statistically certain differences count there; it detects a candidate
# that waits instead of working.
CPU = "cpu_us_per_tx"
WALL = {
    "wall_us_per_tx": lambda run: 1e6 / run["tx_per_sec"],
    "announced_to_client_p50_ms": lambda run: run["announced_to_client_p50_ms"],
    "snapshot_latency_ms": lambda run: run["snapshot_latency_ms"],
}


def median_of(runs: list[dict]) -> dict:
    """The median of each figure; a figure that is missing in a run is left out."""
    return {
        key: statistics.median(run[key] for run in runs)
        for key in runs[0]
        if all(isinstance(run[key], (int, float)) for run in runs)
    }


def compare(baseline: list[dict], candidate: list[dict], limit: float) -> dict:
    """The comparison so far: {verdict, cpu, wall, reasons}."""
    ratios = paired.ratios_of([run[CPU] for run in baseline], [run[CPU] for run in candidate])
    cpu, verdict = paired.spread_of(ratios), paired.judge(ratios, limit)
    reasons = []
    if verdict == paired.SLOWER:
        reasons.append(f"{CPU}: {describe(cpu)}")
    wall = {}
    for name, figure in WALL.items():
        ratios = paired.ratios_of([figure(run) for run in baseline], [figure(run) for run in candidate])
        wall[name] = paired.spread_of(ratios)
        if paired.surely_slower(ratios, limit):
            verdict = paired.SLOWER
            reasons.append(f"{name}: {describe(wall[name])}")
    return {"verdict": verdict, "cpu": cpu, "wall": wall, "reasons": reasons}


def describe(spread: paired.Spread) -> str:
    return (
        f"median ratio {spread.median:.3f}, {spread.confidence:.0%} interval "
        f"{spread.low:.3f} to {spread.high:.3f}, {spread.pairs} pairs"
    )


def revision_of(binary: str) -> str:
    """The version of the executable: "0.1.0 (a9ade38b4a9b)"."""
    said = subprocess.run([binary, "--version"], capture_output=True, text=True, timeout=20)
    found = re.match(r"viz-api (\S+) \((\w+)", said.stdout)
    if said.returncode != 0 or not found:
        raise pipeline.RunFailed(f"{binary} --version: not a viz-api")
    return f"{found[1]} ({found[2]})"


class Bench:
    def __init__(self, options: argparse.Namespace, node: pipeline.Node, plan: pipeline.Plan):
        self._options, self._node, self._plan = options, node, plan

    def run(self, binary: str, label: str) -> dict:
        figures = pipeline.measure(binary, self._node, self._plan)
        print(
            f"  {label:<9} {figures[CPU]:8.1f} us of CPU per transaction  "
            f"{figures['tx_per_sec']:8.0f} tx/s  p50 {figures['announced_to_client_p50_ms']:.2f} ms",
            flush=True,
        )
        return figures

    def alone(self) -> tuple[int, dict]:
        runs = [self.run(self._options.bin, "run") for _ in range(self._options.runs)]
        return PASS, {**median_of(runs), "runs": runs}

    def against(self) -> tuple[int, dict]:
        """Adds pairs until the verdict is clear or the maximum is reached."""
        options = self._options
        binaries = {"A": options.baseline, "B": options.bin}
        runs = {"A": [], "B": []}
        pairs, found = 0, None
        for position, side in enumerate(paired.order_of_runs(options.max_pairs), 1):
            label = "baseline" if side == "A" else "candidate"
            runs[side].append(self.run(binaries[side], label))
            if position % 2 or position // 2 < options.pairs:
                continue
            pairs = position // 2
            found = compare(runs["A"], runs["B"], options.limit / 100)
            print(f"  {pairs} pairs: {found['verdict']}; {describe(found['cpu'])}", flush=True)
            if found["verdict"] != paired.UNCLEAR:
                break
        status = PASS if found["verdict"] == paired.NOT_SLOWER else FAIL
        return status, {
            **median_of(runs["B"]),
            "runs": runs["B"],
            "comparison": {
                "verdict": found["verdict"],
                "limit_percent": options.limit,
                "reasons": found["reasons"],
                "cpu_us_per_tx": found["cpu"].as_dict(),
                **{name: spread.as_dict() for name, spread in found["wall"].items()},
                "baseline": {"revision": revision_of(options.baseline), **median_of(runs["A"])},
                "baseline_runs": runs["A"],
            },
        }


def write_artifact(folder: Path, artifact: dict) -> Path:
    """Written atomically; each artifact has its own name."""
    name = time.strftime("tx_pipeline_%Y%m%dT%H%M%SZ", time.gmtime()) + f"_{os.getpid()}.json"
    path = folder / name
    partial = folder / f".{name}.partial"
    partial.write_text(json.dumps(artifact, indent=2) + "\n")
    partial.rename(path)
    return path


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="perf_tx_pipeline_baseline.sh",
        description="Measures the pipeline of a viz-api executable with prepared transactions from "
        "a dedicated test node, and writes the figures as JSON. With --baseline the two executables "
        "run in turn, and the verdict is on the median of the paired ratios of CPU time per "
        "transaction (and on wall time if the difference is certain).",
        epilog="Exit status: 0 measured and, with --baseline, not slower; 1 slower, unclear after "
        "--max-pairs, or a run failed; 2 invalid command line. An executable may be a script that "
        "ends in exec.",
    )
    parser.add_argument("--bin", default=str(ROOT / "build/release/viz-api"), help="the executable (%(default)s)")
    parser.add_argument("--baseline", help="the executable to compare with")
    parser.add_argument("--limit", type=float, default=5.0, help="fail if slower by more than this percentage (%(default)s)")
    parser.add_argument("--pairs", type=int, default=6, help="pairs before the first verdict (%(default)s)")
    parser.add_argument("--max-pairs", type=int, default=16, help="pairs after which an unclear result fails (%(default)s)")
    parser.add_argument("--runs", type=int, default=3, help="runs without --baseline (%(default)s)")
    parser.add_argument("--transactions", type=int, default=8000, help="measured transactions per run (%(default)s)")
    parser.add_argument("--node", default=str(ROOT / "build/release/tests/bench/pipeline_load"),
                        help="the program that simulates the node (%(default)s)")
    parser.add_argument("--out", type=Path, default=ROOT / "build/artifacts/perf", help="folder of the artifact (%(default)s)")
    options = parser.parse_args(arguments)
    for program in filter(None, (options.bin, options.baseline, options.node)):
        if not os.access(program, os.X_OK):
            parser.error(f"{program} is not an executable; run `make build`")
    for name in ("bin", "baseline", "node"):  # a name without a slash is a file here, not a command from PATH
        if getattr(options, name):
            setattr(options, name, os.path.abspath(getattr(options, name)))
    if options.limit <= 0 or options.runs < 1 or options.transactions < 1:
        parser.error("--limit, --runs and --transactions must be above 0")
    if not 1 <= options.pairs <= options.max_pairs:
        parser.error("--pairs must be from 1 to --max-pairs")
    return options


def main(arguments: list[str]) -> int:
    options = parse_arguments(arguments)
    plan = pipeline.Plan(transactions=options.transactions)
    interrupt.as_exceptions()
    try:
        options.out.mkdir(parents=True, exist_ok=True)  # fails now, not after all runs
        revision = revision_of(options.bin)
        with pipeline.Node(options.node, plan.needed()) as node:
            print(f"perf: {revision}, {plan.transactions} transactions per run, models: {node.greeting['models']}")
            bench = Bench(options, node, plan)
            status, figures = bench.against() if options.baseline else bench.alone()
            models = node.greeting["models"]
    except (pipeline.RunFailed, StartFailed, Unreachable, OSError) as failure:
        print(f"perf: FAIL: {failure}", file=sys.stderr)
        return FAIL
    except interrupt.Interrupted as signal:
        print(f"perf: FAIL: ended by {signal}", file=sys.stderr)
        return FAIL
    artifact = {
        "artifact": "tx_pipeline",
        "verdict": "pass" if status == PASS else "fail",
        "revision": revision,
        "machine": pipeline.machine(),
        "models": models,
        "written_unix_ms": int(time.time() * 1000),
        **figures,
    }
    path = write_artifact(options.out, artifact)
    reasons = figures.get("comparison", {}).get("reasons", [])
    for reason in reasons:
        print(f"perf: {reason}")
    print(f"perf: {'PASS' if status == PASS else 'FAIL'}; {path}")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
