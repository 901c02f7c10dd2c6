"""canary_check.sh: watches a running service for a while and decides whether it passes."""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import time
from pathlib import Path

from . import interrupt, metrics_text, web
from .canary_checks import WATCHED, Finding, Judge, Limits, Observation, Watched
from .layout import ReleaseError

PASS, FAIL = 0, 1


def observe(base: str, start: float) -> Observation:
    """One poll of all routes; routes that do not answer stay None."""
    seen = Observation(at=time.monotonic() - start)
    try:
        seen.ready = web.fetch(f"{base}/ready")[0]
        seen.health_status, text = web.fetch(f"{base}/health")
        seen.health = dict(json.loads(text))
        seen.chains = [{key: one[key] for key in ("chain_key", "state")} for one in web.get_json(f"{base}/chains/status")]
        asked = time.monotonic()
        seen.snapshot_status, text = web.fetch(f"{base}/dashboard/snapshot?tx_limit=1&feature_limit=1&opp_limit=1")
        seen.snapshot_ms = (time.monotonic() - asked) * 1e3
        if seen.snapshot_status == 200:
            seen.latest_seq_id = json.loads(text)["latest_seq_id"]
        status, text = web.fetch(f"{base}/metrics")
        if status != 200:
            raise web.Unreachable(f"/metrics: status {status}")
        seen.scrape = metrics_text.parse(text).only(WATCHED)
    except web.Unreachable as failure:
        seen.trouble = str(failure)
    except (ValueError, KeyError, TypeError) as odd:
        seen.trouble = f"invalid response: {odd}"
    return seen


class Canary:
    def __init__(self, options: argparse.Namespace, limits: Limits):
        self._options = options
        self._judge = Judge(limits)
        self._watched = Watched()
        self._other = Watched() if options.against and "://" in options.against else None
        self._recorded = None if self._other or not options.against else recorded(options.against)

    def watch(self) -> dict:
        """The verdict. An interrupted watch fails."""
        print(_ROW.format("s", "ready", "tx", "drops", "5xx", "p50 ms", "p99 ms", "MiB", "chains", "verdict"))
        try:
            findings = self._poll()
        except interrupt.Interrupted as signal:
            findings = [*self._findings(over=False), Finding("watched to the end", False, f"ended by {signal}")]
        return self._verdict(findings)

    def _poll(self) -> list:
        options, start = self._options, time.monotonic()
        end = start + options.minutes * 60
        for turn in itertools.count(1):
            self._watched.add(observe(options.base, start))
            if self._other:
                self._other.add(observe(options.against.rstrip("/"), start))
            due = start + turn * options.every
            findings = self._findings(over=due > end)
            failed = not all(one.ok for one in findings)
            print(self._row("fail" if failed else "ok"), flush=True)
            if due > end or (failed and not options.keep_going):
                return findings
            time.sleep(max(0.0, due - time.monotonic()))

    def _findings(self, over: bool) -> list:
        return self._judge.findings(self._watched, self._baseline(), self._other, over)

    def _baseline(self) -> dict | None:
        return self._other.figures() if self._other else self._recorded

    def _row(self, verdict: str) -> str:
        watched, last = self._watched, self._watched.polls[-1]
        figures = watched.figures()
        drops = sum(watched.growth("viz_api_ingest_drops_total", reason=reason)
                    for reason in ("storage_queue_full", "storage_queue_closed"))
        return _ROW.format(
            f"{last.at:.0f}", last.ready or "-", f"{figures['decoded']:.0f}", f"{drops:.0f}",
            f"{watched.errors()[0]:.0f}", _number(figures["visible_p50_ms"]), _number(figures["visible_p99_ms"]),
            _number(figures["memory_mib"]), ",".join(chain["state"] for chain in last.chains or []) or "-", verdict)

    def _verdict(self, findings: list) -> dict:
        healths = [poll.health for poll in self._watched.answered]
        return {
            "verdict": "pass" if findings and all(one.ok for one in findings) else "fail",
            "base": self._options.base,
            "against": self._options.against or None,
            "version": healths[-1].get("version") if healths else None,
            "asked_minutes": self._options.minutes,
            "checks": [one.as_dict() for one in findings],
            "figures": self._watched.figures(),
            "baseline": self._baseline(),
            "ended_unix_ms": int(time.time() * 1000),
        }


_ROW = "{:>6} {:>5} {:>8} {:>6} {:>5} {:>8} {:>8} {:>8}  {:<24} {}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"


def recorded(path: str) -> dict:
    """The figures of an earlier verdict."""
    try:
        return dict(json.loads(Path(path).read_text())["figures"])
    except (OSError, ValueError, KeyError, TypeError) as bad:
        raise ReleaseError(f"{path} is not a verdict of an earlier watch: {bad}") from bad


def parse_arguments(arguments: list[str]) -> tuple[argparse.Namespace, Limits]:
    usual = Limits()
    parser = argparse.ArgumentParser(
        prog="canary_check.sh",
        description="Polls health, readiness, metrics, snapshot and chain status of a service, prints a line per "
        "poll, and ends with a verdict as JSON. It fails on growth of storage_queue_full or storage_queue_closed, "
        "a chain not steadily subscribed, 5xx above the baseline, ingest-to-visible over the budget, memory that "
        "keeps growing, a restart, a component's failure, or no answer.",
        epilog="Exit status: 0 pass, 1 fail, 2 invalid command line. The first failure ends the watch. "
        "VIZ_OPERATE_API_KEY is sent as x-api-key.",
    )
    parser.add_argument("--base", required=True, help="the service, e.g. http://127.0.0.1:3000")
    parser.add_argument("--against", default="", help="URL of the previous release, or the JSON verdict of an earlier watch of it")
    parser.add_argument("--minutes", type=float, default=30.0, help="(%(default)s)")
    parser.add_argument("--every", type=float, default=5.0, help="seconds between polls (%(default)s)")
    parser.add_argument("--json", default="", metavar="FILE", help="also write the verdict to FILE")
    parser.add_argument("--keep-going", action="store_true", help="watch to the end after a failure")
    parser.add_argument("--budget-p99-ms", type=float, default=usual.budget_p99_ms, help="ingest to visible (%(default)s)")
    parser.add_argument("--slower-than-baseline", type=float, default=usual.slower_than_baseline, metavar="TIMES",
                        help="fail above this multiple of the baseline plus 5 ms (%(default)s)")
    parser.add_argument("--memory-mib-per-hour", type=float, default=usual.memory_mib_per_hour, help="(%(default)s)")
    parser.add_argument("--memory-mib", type=float, default=usual.memory_mib, help="fail above this memory (no limit)")
    parser.add_argument("--idle-ok", action="store_true", help="do not fail without traffic")
    options = parser.parse_args(arguments)
    if options.minutes <= 0 or options.every <= 0:
        parser.error("--minutes and --every must be above 0")
    if "://" not in options.base:
        parser.error("--base must be a URL")
    options.base = options.base.rstrip("/")
    limits = Limits(budget_p99_ms=options.budget_p99_ms, slower_than_baseline=options.slower_than_baseline,
                    memory_mib_per_hour=options.memory_mib_per_hour, memory_mib=options.memory_mib,
                    memory_from_s=options.minutes * 30, expect_traffic=not options.idle_ok)
    return options, limits


def watch(arguments: list[str]) -> dict:
    """Called with command-line arguments by code that uses the verdict."""
    verdict = Canary(*parse_arguments(arguments)).watch()
    for check in verdict["checks"]:
        print(f"  {'ok  ' if check['ok'] else 'FAIL'} {check['check']:<18} {check['detail']}", flush=True)
    return verdict


def main(arguments: list[str]) -> int:
    options, _ = parse_arguments(arguments)
    interrupt.as_exceptions()
    try:
        if options.json:  # fails now, not after half an hour
            open(options.json, "a").close()
        verdict = watch(arguments)
        text = json.dumps(verdict)
        if options.json:
            Path(options.json).write_text(text + "\n")
    except (ReleaseError, OSError) as bad:
        print(f"canary: FAIL: {bad}", file=sys.stderr)
        return FAIL
    print(text)
    return PASS if verdict["verdict"] == "pass" else FAIL


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
