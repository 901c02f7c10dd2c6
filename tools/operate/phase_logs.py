"""Extracts the figures from the logs of the steps, and decides whether they are good. A step that checked
nothing is not good."""

from __future__ import annotations

import re

MOST_NAMES = 5


def of_build(log: str) -> tuple[bool, str]:
    lines = log.strip().splitlines()
    if lines and "no work to do" in lines[-1]:
        return True, "up to date"
    steps = re.findall(r"^\[(\d+)/(\d+)\]", log, re.MULTILINE)
    return bool(steps), f"{steps[-1][0]} of {steps[-1][1]} steps" if steps else (lines[-1] if lines else "no output")


def of_tests(log: str) -> tuple[bool, str]:
    """ctest exits with 0 when there is no test at all."""
    found = re.search(r"tests passed, (\d+) tests? failed out of (\d+)", log)
    if not found:
        return False, "no test ran"
    failed, all_of_them = int(found[1]), int(found[2])
    skipped = len(re.findall(r"^\s*\d+ - .* \(Skipped\)", log, re.MULTILINE))
    names = re.findall(r"^\s*\d+ - (\S+) \((?!Skipped|Disabled)[^)]+\)", log, re.MULTILINE)
    summary = f"{all_of_them - failed - skipped} passed, {failed} failed, {skipped} skipped"
    return all_of_them > skipped, summary + (f": {', '.join(names[:MOST_NAMES])}" if names else "") + (
        f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else "")


def of_named(log: str, names: tuple) -> tuple[bool, str]:
    passed = [name for name in names if f"[       OK ] {name} " in log]
    missing = [name for name in names if name not in passed]
    summary = f"{len(passed)} of {len(names)}: "
    return not missing, summary + (f"did not pass: {', '.join(missing)}" if missing else ", ".join(names))


def of_lint(log: str) -> tuple[bool, str]:
    """The last line, or the first error if there is one."""
    lines = log.strip().splitlines()
    bad = next((line for line in lines if "error:" in line), None)
    return bool(lines), (bad or (lines[-1] if lines else "no output"))[:160]
