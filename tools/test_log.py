#!/usr/bin/env python3
"""Reads the output of ctest (build/tests/NAME.log).
  test_log.py repeated BUILD LOG         lists the tests that passed only when repeated; fails if one
                                         of them is neither an integration nor an end-to-end test
  test_log.py report STEPS SINCE         the final table of the gate: duration of each step (lines of
                                         seconds, status and name in the file STEPS), slowest tests,
                                         slowest compilations since SINCE (seconds since 1970), tests that
                                         were repeated, and ctest's own summaries"""
import json
import pathlib
import re
import subprocess
import sys

RESULT = re.compile(r"^ *(?:\d+/\d+ )?Test +#\d+: (\S+) \.*(.*?) +(\d+\.\d+) sec", re.MULTILINE)
SUMMARY = re.compile(r"^\d+% tests passed.*$", re.MULTILINE)
PARDONED = {"integration", "e2e"}
SHOWN = 12


def runs(log):
    """For each test its runs in order: passed or not, and the seconds."""
    found = {}
    for name, outcome, seconds in RESULT.findall(log):
        found.setdefault(name, []).append((outcome.strip() in ("Passed", "***Skipped"), float(seconds)))
    return found


def repeated(log):
    return sorted(name for name, each in runs(log).items() if each[-1][0] and not all(good for good, _ in each))


def labels(build):
    listing = subprocess.run(["ctest", "--test-dir", build, "--show-only=json-v1"], check=True, capture_output=True, text=True)
    return {test["name"]: {label for prop in test.get("properties", []) if prop["name"] == "LABELS" for label in prop["value"]}
            for test in json.loads(listing.stdout)["tests"]}


def name_repeated(build, log):
    names = repeated(pathlib.Path(log).read_text(errors="replace"))
    if not names:
        return 0
    known = labels(build)
    bad = 0
    for name in names:
        pardoned = bool(known.get(name, set()) & PARDONED)
        bad |= not pardoned
        print(f"ran again: {name}{'' if pardoned else ' (FAILED: only integration and end-to-end tests may)'}")
    return int(bad)


def compilations(log, since):
    """Seconds and names of ninja's build steps since then, from its log."""
    for line in log.read_text().splitlines()[1:]:
        start, end, _, output, _ = line.split("\t")
        made = log.parent / output
        if output.endswith((".o", ".gch", ".pch")) and made.exists() and made.stat().st_mtime >= since:
            yield (int(end) - int(start)) / 1000, f"{log.parent.name}: {output}"


def table(title, rows):
    print(f"\n{title}")
    for seconds, name in rows:
        print(f"  {seconds:8.1f} s  {name}")


def report(steps, since):
    build = pathlib.Path("build")
    table("Steps", [(float(seconds), name if status == "0" else f"{name}  FAILED ({status})") for seconds, status, name in
                    (line.split("\t") for line in pathlib.Path(steps).read_text().splitlines())])
    logs = {path.stem: path.read_text(errors="replace") for path in sorted(build.glob("tests/*.log"), key=lambda path: path.stat().st_mtime)}
    table("Slowest tests", sorted(((sum(seconds for _, seconds in each), f"{kind}: {name}") for kind, log in logs.items()
                                   for name, each in runs(log).items()), reverse=True)[:SHOWN])
    table("Slowest compilations", sorted({made for log in build.glob("*/.ninja_log") for made in compilations(log, float(since))},
                                         reverse=True)[:SHOWN])
    again = [f"{kind}: {name}" for kind, log in logs.items() for name in repeated(log)]
    print(f"\nTests that ran again: {len(again)}" + "".join(f"\n  {name}" for name in again) + "\n")
    for kind, log in logs.items():
        for line in SUMMARY.findall(log):
            print(f"{kind}: {line}")
    return 0


if __name__ == "__main__":
    commands = {"repeated": name_repeated, "report": report}
    sys.exit(commands[sys.argv[1]](*sys.argv[2:]))
