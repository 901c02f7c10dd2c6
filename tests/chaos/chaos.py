#!/usr/bin/env python3
"""Runs faults against viz-api and prints one table. Exit status 0 when every verdict passes."""
import argparse
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import threading
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).parent))
MODULES = ["node", "http", "record", "parts", "evm"]


def registry():
    """(group, fault, run, what, whether it is of the short form): run(binary, what, random) answers columns."""
    found = []
    for name in MODULES:
        found += getattr(__import__(f"faults.{name}"), name).rows()
    return found


def run_row(run, binary, what, rng):
    """The columns, or why it fails: a fault of the harness counts as one of the service."""
    before = set(threading.enumerate())
    try:
        return run(binary, what, rng) | {"verdict": "pass"}
    except (AssertionError, OSError, ValueError, KeyError, TypeError, IndexError, subprocess.SubprocessError) as error:
        if not isinstance(error, AssertionError):
            traceback.print_exc()
        return {"verdict": "FAIL", "seen": " ".join(f"{type(error).__name__}: {error}".split())[:1500]}
    finally:
        for thread in set(threading.enumerate()) - before:
            thread.join(2)  # of connections that the node has cut


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", default="build/release/viz-api")
    parser.add_argument("--only", default="", help="groups or faults, by comma: node,kill,'closes in mid body'")
    parser.add_argument("--short", action="store_true", help="a few faults of each group, within a minute")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--seconds", type=float, default=1200, help="no fault begins after this time")
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--list", action="store_true", help="name the faults and end")
    parser.add_argument("--soak", type=float, metavar="SECONDS", help="steady mixed load instead of faults")
    args = parser.parse_args()
    # What was started ends with this, whichever way it is ended.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    signal.signal(signal.SIGINT, lambda *_: sys.exit(128 + signal.SIGINT))
    binary = os.path.abspath(args.binary)
    seed = random.SystemRandom().randrange(1 << 32) if args.seed is None else args.seed
    if args.soak:
        import soak
        return soak.run(binary, args.soak)
    rows = registry()
    wanted = {name for name in args.only.split(",") if name}
    unknown = wanted - {row[0] for row in rows} - {row[1] for row in rows}
    if unknown:
        parser.error(f"no such group or fault: {', '.join(sorted(unknown))}")
    chosen = [row for row in rows if (not wanted or wanted & {row[0], row[1]}) and (row[4] or not args.short)]
    if args.list:
        for group, name, _, _, short in chosen:
            print(f"{group}: {name}{' (short form)' if short else ''}")
        return 0
    print(f"chaos: seed {seed}, {len(chosen)} faults", flush=True)
    end, results = time.monotonic() + args.seconds, []
    for number, (group, name, run, what, _) in enumerate(chosen, 1):
        print(f"chaos: step {number} of {len(chosen)}: {group}: {name}", flush=True)
        row = {"group": group, "fault": name, "seen": "", "recovery_s": None, "rss_mib": None, "verdict": "FAIL"}
        begin = time.monotonic()
        if begin > end:
            row |= {"seen": "not run: the time was over"}
        else:
            row |= run_row(run, binary, what, random.Random(f"{seed} {name}"))
        print(f"chaos: {row['verdict']} in {time.monotonic() - begin:.1f} s: {row['seen']}", flush=True)
        results.append(row)
    print("\n| group | fault | seen | recovery s | MiB | verdict |\n|---|---|---|---|---|---|")
    for row in results:
        print("| " + " | ".join("" if value is None else str(value).replace("|", "/") for value in row.values()) + " |")
    failed = sum(row["verdict"] != "pass" for row in results)
    print(f"\nchaos: {len(results) - failed} of {len(results)} pass, seed {seed}")
    if args.json:
        pathlib.Path(args.json).write_text(json.dumps({"seed": seed, "results": results}, indent=1))
    return 0 if results and failed == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
