"""verify_phase_checks.sh: the checks that must pass before a release."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from . import interrupt, phase_logs, pipeline, store
from .process import Service, StartFailed, chain_settings
from .web import Unreachable, wait_until

ROOT = Path(__file__).resolve().parents[2]
PASS, FAIL = 0, 1
CONTRACT_TESTS = ("Runtime.DefaultStateIsPureAndDoesNotSpawnIngest", "Runtime.BinaryBootstrapUsesRuntimeBuilderContract")
PARITY_TRANSACTIONS = 4000  # more than one checkpoint's worth of events


@dataclass(frozen=True)
class Outcome:
    step: str
    verdict: str  # pass, fail, skipped
    seconds: float
    detail: str


def run(command: list[str], log: Path, minutes: float) -> int:
    """The exit status; ends the process and its children at the time limit or on a signal."""
    with open(log, "wb") as file:
        child = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT,
                                 start_new_session=True)
    try:
        return child.wait(minutes * 60)
    except BaseException:
        os.killpg(child.pid, signal.SIGTERM)
        child.wait()
        raise


class Steps:
    """Each step returns whether it passed, and its figures."""

    def __init__(self, build: Path, logs: Path, jobs: str, minutes: float):
        self._build, self._logs, self._jobs, self._minutes = build, logs, jobs, minutes

    def _run(self, step: str, command: list[str], figures) -> tuple[bool, str]:
        """`figures` extracts the summary from the log and decides whether it is good."""
        log = self._logs / f"{step}.log"
        try:
            status = run(command, log, self._minutes)
        except subprocess.TimeoutExpired:
            return False, f"exceeded {self._minutes:g} minutes; {log}"
        good, summary = figures(log.read_text("utf-8", "replace"))
        ok = status == 0 and good
        return ok, summary if ok else f"{summary}; exit status {status}; {log}"

    def build(self) -> tuple[bool, str]:
        return self._run("build", ["cmake", "--build", str(self._build), "-j", self._jobs], phase_logs.of_build)

    def tests(self) -> tuple[bool, str]:
        command = ["ctest", "--test-dir", str(self._build), "--output-on-failure", "-j", self._jobs]
        return self._run("tests", command, phase_logs.of_tests)

    def contract(self) -> tuple[bool, str]:
        """By name, so that a renamed or lost test fails: it does not run."""
        program = self._build / "tests/integration/runtime/runtime_integration_test"
        return self._run("contract", [str(program), f"--gtest_filter={':'.join(CONTRACT_TESTS)}"],
                         lambda log: phase_logs.of_named(log, CONTRACT_TESTS))

    def parity(self) -> tuple[bool, str]:
        """On a record made by this build under traffic: stored checkpoints must equal those computed from the log."""
        with tempfile.TemporaryDirectory(prefix="viz-parity-") as scratch:
            folder = Path(scratch)
            try:
                latest = self._make_record(folder)
            except (pipeline.RunFailed, StartFailed, Unreachable, OSError) as failure:
                return False, str(failure)
            done = subprocess.run([self._build / "viz-replay", "verify", folder / "viz-api.db"], capture_output=True, text=True)
        summary = (done.stdout.strip().splitlines() or [done.stderr.strip()])[-1]
        compared = f"events 1 to {latest}" in summary and "checkpoints compared 0" not in summary
        return done.returncode == 0 and compared, summary[:240]

    def _make_record(self, folder: Path) -> int:
        program = str(self._build / "tests/bench/pipeline_load")
        path = folder / "viz-api.db"
        with pipeline.Node(program, PARITY_TRANSACTIONS) as node:
            with Service(str(self._build / "viz-api"), folder, chain_settings(node.greeting)) as service:
                service.wait_ready()
                if not wait_until(lambda: node.subscribers() == 1, 60):
                    raise pipeline.RunFailed("viz-api did not subscribe to the node")
                node.play(0, PARITY_TRANSACTIONS, 10_000)
                if not wait_until(lambda: store.latest_seq_id(path) >= 3 * PARITY_TRANSACTIONS, 60):
                    raise pipeline.RunFailed(f"the record stopped at event {store.latest_seq_id(path)}")
                if not wait_until(lambda: store.checkpoints(path) > 0, 60):
                    raise pipeline.RunFailed("no checkpoint was stored")
        return store.latest_seq_id(path)

    def lint(self) -> tuple[bool, str]:
        return self._run("lint", [str(ROOT / "tools/lint.sh")], phase_logs.of_lint)


STEPS = ("build", "tests", "contract", "parity", "lint")


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="verify_phase_checks.sh",
        description="Build, all tests, the runtime contract tests by name, parity of replay checkpoints on a record "
        "made under traffic, lint. Prints a table and a verdict as JSON.",
        epilog="Exit status: 0 all pass, 1 something failed, 2 invalid command line. Logs are under build/artifacts/checks.")
    parser.add_argument("--only", action="append", choices=STEPS, default=[], help="only this step; may be repeated")
    parser.add_argument("--skip", action="append", choices=STEPS, default=[], help="skip this step; may be repeated")
    parser.add_argument("--build-dir", default=str(ROOT / "build/release"), help="(%(default)s)")
    parser.add_argument("--out", default=str(ROOT / "build/artifacts/checks"), help="logs and verdict (%(default)s)")
    parser.add_argument("--jobs", default=str(os.cpu_count()), help="(%(default)s)")
    parser.add_argument("--step-minutes", type=float, default=120.0, help="fail a step after this time (%(default)s)")
    options = parser.parse_args(arguments)
    options.steps = [step for step in STEPS if step in (options.only or STEPS) and step not in options.skip]
    if not options.steps:
        parser.error("no step is selected")
    if options.step_minutes <= 0:
        parser.error("--step-minutes must be above 0")
    return options


def take(steps: Steps, name: str) -> Outcome:
    start = time.monotonic()
    try:
        ok, detail = getattr(steps, name)()
    except OSError as failure:
        ok, detail = False, str(failure)
    return Outcome(name, "pass" if ok else "fail", round(time.monotonic() - start, 1), detail)


def main(arguments: list[str]) -> int:
    options = parse_arguments(arguments)
    interrupt.as_exceptions()
    out = Path(options.out)
    outcomes = []
    try:
        out.mkdir(parents=True, exist_ok=True)
        steps = Steps(Path(options.build_dir).resolve(), out.resolve(), options.jobs, options.step_minutes)
        print(f"{'step':<10} {'verdict':<8} {'seconds':>8}  detail")
        for name in STEPS:
            outcome = take(steps, name) if name in options.steps else Outcome(name, "skipped", 0.0, "")
            outcomes.append(outcome)
            print(f"{outcome.step:<10} {outcome.verdict:<8} {outcome.seconds:>8.1f}  {outcome.detail}", flush=True)
    except interrupt.Interrupted as signal_name:
        outcomes.append(Outcome(name, "fail", 0.0, f"ended by {signal_name}"))
    except OSError as failure:
        print(f"checks: FAIL: {failure}", file=sys.stderr)
        return FAIL
    failed = any(outcome.verdict == "fail" for outcome in outcomes)
    verdict = {"verdict": "fail" if failed else "pass", "complete": len(options.steps) == len(STEPS),
               "steps": [asdict(outcome) for outcome in outcomes], "ended_unix_ms": int(time.time() * 1000)}
    (out / "verdict.json").write_text(json.dumps(verdict, indent=2) + "\n")
    print(json.dumps(verdict))
    return FAIL if failed else PASS


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
