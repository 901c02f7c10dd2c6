#!/usr/bin/env python3
"""Runs faults against viz-api and prints one table. Exit status 0 when every verdict passes."""
import argparse
import json
import os
import pathlib
import random
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from faults import http as http_faults  # noqa: E402
from faults import kill as kill_faults  # noqa: E402
from faults import node as node_faults  # noqa: E402
from support.service import Service  # noqa: E402

RECOVERY_DEADLINE_S = 60
STOP_DEADLINE_S = 30  # a busy machine; the time it took is in the table
RSS_BOUND_KIB = 1 << 20


def http_fault(binary, fault, rng):
    node = node_faults.ByteNode(b"")
    try:
        with Service(binary, node.port) as service:
            seen = fault(service, rng)
            return finish(service, seen, lambda: "status" in service.health())
    finally:
        node.close()


def node_fault(binary, answer, _rng):
    node = node_faults.ByteNode(answer)
    try:
        with Service(binary, node.port) as service:
            service.until("the node was asked three times", lambda: node.served >= 3, RECOVERY_DEADLINE_S)
            service.until("/health is not ok without a node", lambda: service.health().get("status") not in (None, "ok"),
                          RECOVERY_DEADLINE_S)
            return finish(service, f"{node.served} connections, degraded", lambda: service.get("/ready")[0] != 0)
    finally:
        node.close()


def finish(service, seen, recovered):
    begin = time.monotonic()
    service.until("the service is well again", recovered, RECOVERY_DEADLINE_S)
    recovery = time.monotonic() - begin
    if service.max_rss_kib > RSS_BOUND_KIB:
        raise AssertionError(f"{service.max_rss_kib} KiB resident")
    status, took = service.stop(STOP_DEADLINE_S)
    if status != 0:
        raise AssertionError(f"SIGTERM: status {status}")
    return {"seen": f"{seen}; stop {took:.1f} s", "recovery_s": round(recovery, 2), "rss_mib": service.max_rss_kib // 1024}


def registry():
    rows = [("http", name, http_fault, fault) for name, fault in http_faults.FAULTS.items()]
    rows += [("kill", name, kill_faults.kill_rounds, rounds) for name, rounds in kill_faults.FAULTS.items()]
    return rows + [("node", name, node_fault, answer) for name, answer in node_faults.SCENARIOS.items()]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", default="build/release/viz-api")
    parser.add_argument("--only", default="", help="groups, by comma")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--seconds", type=float, default=1200, help="no fault begins after this time")
    parser.add_argument("--json", metavar="FILE")
    args = parser.parse_args()
    seed = random.SystemRandom().randrange(1 << 32) if args.seed is None else args.seed
    groups = {group for group in args.only.split(",") if group}
    unknown = groups - {row[0] for row in registry()}
    if unknown:
        parser.error(f"no such group: {', '.join(sorted(unknown))}")
    chosen = [row for row in registry() if not groups or row[0] in groups]
    print(f"chaos: seed {seed}, {len(chosen)} faults", flush=True)
    end, results = time.monotonic() + args.seconds, []
    for number, (group, name, run, what) in enumerate(chosen, 1):
        print(f"chaos: step {number} of {len(chosen)}: {group}: {name}", flush=True)
        row = {"group": group, "fault": name, "seen": "", "recovery_s": None, "rss_mib": None, "verdict": "pass"}
        if time.monotonic() > end:
            row |= {"verdict": "FAIL", "seen": "not run: the time was over"}
        else:
            try:
                row |= run(os.path.abspath(args.binary), what, random.Random(f"{seed} {name}"))
            except (AssertionError, OSError, ValueError) as error:
                row |= {"verdict": "FAIL", "seen": " ".join(str(error).split())}
        results.append(row)
    print("\n| group | fault | seen | recovery s | MiB | verdict |\n|---|---|---|---|---|---|")
    for row in results:
        print("| " + " | ".join(str(value) for value in row.values()) + " |")
    if args.json:
        pathlib.Path(args.json).write_text(json.dumps({"seed": seed, "results": results}, indent=1))
    return 0 if all(row["verdict"] == "pass" for row in results) else 1


if __name__ == "__main__":
    sys.exit(main())
