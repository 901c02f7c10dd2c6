"""handover.sh: the hand-over page: what runs, who owns what, open problems, locations."""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from . import metrics_text, web
from .handover_gates import Gate, gates_in
from .layout import Layout, ReleaseError

ROOT = Path(__file__).resolve().parents[2]
VISIBLE = "viz_api_ingest_to_visible_seconds"


@dataclass(frozen=True)
class Boundary:
    """A step of a transaction's lifecycle, the one component responsible for it, and the metrics that show
    its progress: (words, series, labels). `page` is the incident page to start with when it fails."""

    step: str
    owner: str  # a component's name, as in /health
    shown_by: tuple
    page: str
    asked_for: bool = False  # runs only if configured


BOUNDARIES = (
    Boundary("announced → received", "ingest", (("received", "viz_api_ingest_received_total", {}),
                                                ("disconnects", "viz_api_ingest_disconnects_total", {})), "chain-silent"),
    Boundary("received → verified", "decode", (("verified", "viz_api_ingest_decode_total", {}),
                                               ("refused", "viz_api_ingest_decode_fail_total", {})), "decode-failures"),
    Boundary("verified → ready, blocked, replaced, dropped", "lifecycle",
             (("followed", "viz_api_lifecycle_transactions", {}), ("replaced", "viz_api_lifecycle_replacements_total", {})),
             "coverage-collapse"),
    Boundary("mined → provisional, final, reorged", "lifecycle",
             (("reorgs", "viz_api_lifecycle_reorgs_total", {}), ("head gaps", "viz_api_lifecycle_head_gaps_total", {})), "reorg-depth"),
    Boundary("verified → labelled", "features", (("labelled", "viz_api_features_labelled_total", {}),), "component-failures"),
    Boundary("verified → candidate", "search", (("candidates", "viz_api_search_candidates_total", {}),), "sim-failures", asked_for=True),
    Boundary("candidate → simulated", "sim", (("simulated", "viz_api_sim_completed_total", {}), ("failed", "viz_api_sim_fail_total", {})),
             "sim-failures", asked_for=True),
    Boundary("any event → numbered and durable", "storage",
             (("recorded", "viz_api_storage_events_total", {}),
              ("dropped: queue full", "viz_api_ingest_drops_total", {"reason": "storage_queue_full"}),
              ("dropped: closed", "viz_api_ingest_drops_total", {"reason": "storage_queue_closed"})), "storage-drops"),
    Boundary("durable → visible to clients", "http",
             (("shown", f"{VISIBLE}_count", {}), ("events behind", "viz_api_replay_lag_events", {})), "replay-lag"),
    Boundary("started, ready, stopped", "monitor", (("failures", "viz_api_component_failures_total", {}),), "restarting"),
)

FIGURES = {  # fields of /metrics/snapshot
    "tx_per_sec_current": "transactions per second, current",
    "tx_per_sec_baseline": "transactions per second, baseline",
    "tx_decode_total": "transactions verified since the start",
    "tx_decode_fail_total": "bodies rejected since the start",
    "ingest_lag_ms": "announcement to visible, current, ms",
    "storage_write_latency_ms": "a commit, now, ms",
    "queue_depth_current": "entries queued for storage",
    "queue_depth_capacity": "limit of queued entries",
    "peer_disconnects_total": "connections to nodes lost since the start",
    "clock_skew_ms": "provable lag of this machine's clock, ms",
}


def live(base: str) -> dict:
    facts: dict = {"scrape": metrics_text.Scrape()}
    for name, route in (("health", "/health"), ("chains", "/chains/status"), ("figures", "/metrics/snapshot"), ("alerts", "/alerts/evaluate")):
        try:
            status, body = web.fetch(base + route)
            if status != 200 and name != "health":
                raise ValueError(f"status {status}")
            facts[name] = json.loads(body)
        except (web.Unreachable, ValueError) as failure:
            facts.setdefault("unreachable", []).append(f"{route}: {failure}")
    try:
        facts["scrape"] = metrics_text.parse(web.fetch(f"{base}/metrics")[1])
    except (web.Unreachable, ValueError) as failure:
        facts.setdefault("unreachable", []).append(f"/metrics: {failure}")
    return facts


def warnings_of(facts: dict) -> list[str]:
    """The current problems, one line each."""
    found = list(facts.get("unreachable", []))
    found += [f"health: {reason}" for reason in facts.get("health", {}).get("reasons", [])]
    found += [f"component {c['name']} is {c['state']}" for c in facts.get("health", {}).get("components", []) if c["state"] != "running"]
    found += [f"chain {c['chain_key']} is {c['state']} ({c['last_error'] or 'no error'})" for c in facts.get("chains", []) if c["state"] != "subscribed"]
    found += [f"alert {name}" for name, on in facts.get("alerts", {}).items() if on is True]
    for reason in ("storage_queue_full", "storage_queue_closed"):
        dropped = facts["scrape"].total("viz_api_ingest_drops_total", reason=reason) if "scrape" in facts else 0
        found += [f"{dropped:.0f} entries of the record were dropped since the start: {reason}"] if dropped else []
    return found


def warnings_of_release(layout: Layout, gates: list[Gate]) -> list[str]:
    state, found = layout.state(), []
    if state and not state.get("ready"):
        found.append(f"{state['version']} has not become ready: its activation failed or was interrupted")
    elif state and not state.get("promoted"):
        found.append(f"{state['version']} is not promoted: its canary has not ended")
    found += [f"{gate.name}: {gate.verdict}: {gate.summary}" for gate in gates if gate.verdict != "pass"]
    return found


def _count(warnings: int) -> str:
    return {0: "No warning is open.", 1: "1 warning is open."}.get(warnings, f"{warnings} warnings are open.")


def _time(unix_ms: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(unix_ms / 1000))


def _number(value: object) -> str:
    return f"{value:,.3g}" if isinstance(value, float) and abs(value) < 1000 else f"{value:,.0f}" if isinstance(value, (int, float)) else str(value)


def _what_runs(facts: dict, base: str, layout: Layout) -> list[str]:
    current, previous, health = layout.current(), layout.previous(), facts.get("health", {})
    promoted = ", promoted" if layout.state().get("promoted") else ""
    lines = [f"- {base}: version {health.get('version', 'unknown')}, {health.get('status', 'no answer')}, up {health.get('uptime_s', 0)} s",
             f"- release {current.version + promoted if current else 'not installed by release.sh'}; rollback target: {previous.version if previous else 'none'}"]
    return lines + [f"- chain {c['chain_key']} ({c['chain_id']}): {c['state']}, endpoint {c['endpoint_index'] + 1} of {c['endpoint_count']}, "
                    f"{c['disconnect_count']} disconnects, {c['rotation_count']} rotations" for c in facts.get("chains", [])]


def _boundaries(facts: dict) -> list[str]:
    states: dict[str, set] = {}
    for component in facts.get("health", {}).get("components", []):
        states.setdefault(component["name"].split(".")[0], set()).add(component["state"])
    lines = ["| boundary | owner | state | figures | incident page |", "|---|---|---|---|---|"]
    for one in BOUNDARIES:
        shows = ", ".join(f"{words} {facts['scrape'].total(series, **labels):,.0f}" for words, series, labels in one.shown_by
                          if facts["scrape"].has(series)) or "no figures"
        state = "/".join(sorted(states.get(one.owner, {"not running"})))
        lines.append(f"| {one.step} | {one.owner} | {state} | {shows} | incidents/{one.page}.md |")
    return lines


def _figures(facts: dict) -> list[str]:
    figures = facts.get("figures", {})
    rows = [(FIGURES.get(name, name), _number(figures[name])) for name in [*FIGURES, *sorted(figures.keys() - FIGURES)] if name in figures]
    buckets = facts["scrape"].buckets(VISIBLE)
    for share in (0.5, 0.99):
        seconds = metrics_text.quantile({}, buckets, share)
        rows += [(f"announcement to visible since the start, p{share * 100:g}, ms", _number(seconds * 1e3))] if seconds is not None else []
    for words, name in (("memory, MiB", "viz_api_process_resident_memory_bytes"), ("the record on disk, MiB", "viz_api_storage_used_bytes")):
        value = facts["scrape"].value(name)
        rows += [(words, _number(value / (1 << 20)))] if value is not None else []
    return ["| figure | value |", "|---|---|", *(f"| {words} | {value} |" for words, value in rows)]


def page(facts: dict, base: str, layout: Layout, gates: list[Gate], kept: list[Path]) -> str:
    warnings = warnings_of(facts) + warnings_of_release(layout, gates)
    lines = [f"# Hand-over, {time.strftime('%Y-%m-%d %H:%M UTC', time.gmtime())}", "",
             _count(len(warnings)), "", "## What runs", *_what_runs(facts, base, layout),
             "", "## Open warnings", *([f"- {one}" for one in warnings] or ["None."]),
             "", "## Gates", "| gate | verdict | of | figures |", "|---|---|---|---|",
             *([] if gates else ["| none | | | no verdict was found |"]),
             *(f"| {gate.name} | {gate.verdict} | {_time(gate.unix_ms)} | {gate.summary} ({gate.path}) |" for gate in gates)]
    lines += ["", "## Who owns which boundary", *_boundaries(facts), "", "## Figures", *_figures(facts)]
    lines += ["", "## Kept", *([f"- {path} ({path.stat().st_size / 1e6:.1f} MB)" for path in kept] or ["Nothing."])]
    lines += ["", "## What was done", *(f"- {_time(one['unix_ms'])} {one['action']} {one['version']} {one.get('result', '')}".rstrip()
                                        + (f": {one['reason']}" if one.get("reason") else "") for one in layout.history()[-20:])]
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="handover.sh", description="Writes the hand-over page: what runs, open warnings, the gates' verdicts, who owns which "
        "lifecycle boundary, figures, saved artifacts.",
        epilog="Exit status: 0 written and no warning open; 1 written with open warnings, or not written; 2 invalid command line. "
        "VIZ_OPERATE_API_KEY is sent as x-api-key.")
    parser.add_argument("--base", default="http://127.0.0.1:3000", help="(%(default)s)")
    parser.add_argument("--prefix", default="/opt/viz-api", help="the releases (%(default)s)")
    parser.add_argument("--artifacts", default=str(ROOT / "build/artifacts"), help="verdicts of the gates (%(default)s)")
    parser.add_argument("--out", default="", help="file; standard output without it")
    options = parser.parse_args(arguments)
    if "://" not in options.base:
        parser.error("--base must be a URL")
    base, layout = options.base.rstrip("/"), Layout(Path(options.prefix))
    try:
        gates = gates_in(Path(options.artifacts), layout.prefix / "verdicts")
        kept = sorted(path for name in ("failed", "backups") for path in (layout.prefix / name).glob("*"))
        facts = live(base)
        text = page(facts, base, layout, gates, kept)
        if options.out:
            Path(options.out).write_text(text)
        else:
            print(text, end="")
        return 1 if warnings_of(facts) + warnings_of_release(layout, gates) else 0
    except (OSError, ReleaseError) as failure:
        print(f"handover: FAIL: {failure}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
