"""What the logs of the steps say in figures, and whether that is good. A step that looked at nothing
has shown nothing: that is not good either."""

from __future__ import annotations

import re

MOST_NAMES = 5


def of_build(log: str) -> tuple[bool, str]:
    lines = log.strip().splitlines()
    if lines and "no work to do" in lines[-1]:
        return True, "up to date"
    steps = re.findall(r"^\[(\d+)/(\d+)\]", log, re.MULTILINE)
    return bool(steps), f"{steps[-1][0]} of {steps[-1][1]} steps" if steps else (lines[-1] if lines else "nothing told")


def of_tests(log: str) -> tuple[bool, str]:
    """ctest ends with 0 where there is no test at all."""
    found = re.search(r"tests passed, (\d+) tests? failed out of (\d+)", log)
    if not found:
        return False, "no test ran"
    failed, all_of_them = int(found[1]), int(found[2])
    skipped = len(re.findall(r"^\s*\d+ - .* \(Skipped\)", log, re.MULTILINE))
    names = re.findall(r"^\s*\d+ - (\S+) \((?!Skipped|Disabled)[^)]+\)", log, re.MULTILINE)
    told = f"{all_of_them - failed - skipped} passed, {failed} failed, {skipped} skipped"
    return all_of_them > skipped, told + (f": {', '.join(names[:MOST_NAMES])}" if names else "") + (
        f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else "")


def of_named(log: str, names: tuple) -> tuple[bool, str]:
    passed = [name for name in names if f"[       OK ] {name} " in log]
    missing = [name for name in names if name not in passed]
    told = f"{len(passed)} of {len(names)}: "
    return not missing, told + (f"did not pass: {', '.join(missing)}" if missing else ", ".join(names))


def of_lint(log: str) -> tuple[bool, str]:
    """Its last line; the first complaint where there is one."""
    lines = log.strip().splitlines()
    bad = next((line for line in lines if "error:" in line), None)
    return bool(lines), (bad or (lines[-1] if lines else "nothing told"))[:160]
