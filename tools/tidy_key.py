#!/usr/bin/env python3
"""Computes a key of the inputs of clang-tidy for one source: its text, the text of all project headers that
it includes directly or indirectly, the compile command, and the checks. Equal keys, equal findings."""
import hashlib
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
INCLUDE = re.compile(rb'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)


def closure(source):
    """The source and the headers that it includes, by path; without generated ones."""
    found, todo = set(), [source]
    while todo:
        path = todo.pop()
        if path in found or not (ROOT / path).is_file():
            continue
        found.add(path)
        todo += [name.decode() for name in INCLUDE.findall((ROOT / path).read_bytes())]
    return sorted(found)


def command(source):
    for entry in json.loads((ROOT / "build/lint/compile_commands.json").read_text()):
        if pathlib.Path(entry["directory"], entry["file"]).resolve() == ROOT / source:
            return entry["command"].replace(str(ROOT), "")
    return ""


def main():
    source = sys.argv[1]
    key = hashlib.sha256(command(source).encode())
    schemas = subprocess.run(["git", "ls-files", "*.fbs"], cwd=ROOT, check=True,
                             capture_output=True, text=True).stdout.split()
    for path in closure(source) + sorted(schemas) + [".clang-tidy"]:
        key.update(path.encode() + b"\0" + (ROOT / path).read_bytes() + b"\0")
    key.update(subprocess.run(["clang-tidy-14", "--version"], check=True,
                              capture_output=True).stdout)
    print(key.hexdigest()[:48])


main()
