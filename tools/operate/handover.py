"""handover.sh: the page for who takes over: what runs, who owns what, what is open, where things are."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from . import web
from .layout import Layout

ROOT = Path(__file__).resolve().parents[2]

# Each boundary of a transaction's life has one owner: what to look at when it is not crossed.
BOUNDARIES = (
    ("announced -> received", "ingest", "ingest_received_total, ingest_drops_total"),
    ("received -> verified", "decode", "ingest_decode_total, decode_errors_total"),
    ("verified -> ready, blocked, replaced, dropped", "lifecycle", "lifecycle_transactions"),
    ("mined -> provisional, final, reorged", "lifecycle", "replay_reorg_depth"),
    ("verified -> labelled", "features", "features_labelled_total"),
    ("anything -> numbered and durable", "storage", "storage_commit_seconds, ingest_drops_total{storage_queue_*}"),
    ("durable -> visible to clients", "http", "ingest_to_visible_seconds, replay_lag_events"),
    ("started, ready, stopped", "runtime", "/health, /ready, component_failures_total"),
)


def live(base: str) -> dict:
    told = {}
    for name, route in (("health", "/health"), ("chains", "/chains/status"), ("figures", "/metrics/snapshot"), ("alerts", "/alerts/evaluate")):
        try:
            told[name] = json.loads(web.fetch(base + route)[1])
        except (web.Unreachable, ValueError) as failure:
            told.setdefault("unreachable", []).append(f"{route}: {failure}")
    return told


def warnings_of(told: dict) -> list[str]:
    """What is not as it should be, one line each."""
    found = list(told.get("unreachable", []))
    found += [f"health: {reason}" for reason in told.get("health", {}).get("reasons", [])]
    found += [f"component {c['name']} is {c['state']}" for c in told.get("health", {}).get("components", []) if c["state"] != "running"]
    found += [f"chain {c['chain_key']} is {c['state']} ({c['last_error'] or 'no error'})" for c in told.get("chains", []) if c["state"] != "subscribed"]
    found += [f"alert {name}" for name, on in told.get("alerts", {}).items() if on is True]
    return found


def page(told: dict, base: str, layout: Layout, artifacts: list[Path]) -> str:
    lines = [f"# Hand-over, {time.strftime('%Y-%m-%d %H:%M UTC', time.gmtime())}", "", "## What runs"]
    current, previous = layout.named("current"), layout.named("previous")
    health = told.get("health", {})
    lines += [f"- {base}: version {health.get('version', 'unknown')}, {health.get('status', 'no answer')}, up {health.get('uptime_s', 0)} s",
              f"- release {current.version if current else 'none'}; to go back to: {previous.version if previous else 'none'}",
              "", "## Open warnings"]
    lines += [f"- {one}" for one in warnings_of(told)] or ["None."]
    lines += ["", "## Who owns which boundary", "| boundary | owner | look at |", "|---|---|---|"]
    lines += [f"| {boundary} | {owner} | {look} |" for boundary, owner, look in BOUNDARIES]
    lines += ["", "## Figures", "| figure | value |", "|---|---|"]
    lines += [f"| {name} | {value} |" for name, value in sorted(told.get("figures", {}).items())]
    lines += ["", "## Artifacts"] + ([f"- {path}" for path in artifacts] or ["None."])
    lines += ["", "## What was done", *(f"- {time.strftime('%Y-%m-%d %H:%M', time.gmtime(one['unix_ms'] / 1000))} "
              f"{one['action']} {one['version']} {one.get('result', '')}".rstrip() for one in layout.history()[-20:])]
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="handover.sh", description="Writes the hand-over page: what runs, open warnings, who owns which lifecycle boundary, figures, artifacts.",
        epilog="Exit status: 0 written and no warning open; 1 written with open warnings; 2 bad command line.")
    parser.add_argument("--base", default="http://127.0.0.1:3000", help="(%(default)s)")
    parser.add_argument("--prefix", default="/opt/viz-api", help="(%(default)s)")
    parser.add_argument("--artifacts", default=str(ROOT / "build/artifacts"), help="(%(default)s)")
    parser.add_argument("--out", default="", help="file; standard output without it")
    options = parser.parse_args(arguments)
    layout = Layout(Path(options.prefix))
    folders = (Path(options.artifacts), layout.prefix / "failed", layout.prefix / "backups")
    artifacts = sorted(path for folder in folders if folder.is_dir() for path in folder.rglob("*") if path.is_file())
    base = options.base.rstrip("/")
    told = live(base)
    text = page(told, base, layout, artifacts)
    if options.out:
        Path(options.out).write_text(text)
    else:
        print(text, end="")
    return 1 if warnings_of(told) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
