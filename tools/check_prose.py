#!/usr/bin/env python3
"""Finds words that the project's texts do not use: riddles, inversions and metaphors for which technical
English has a plain word. Reads documents, comments and texts in string literals; names in code are
left alone. Usage: check_prose.py [FILE ...] (all tracked files when none is named). Exit status 1 when something is found."""
import pathlib
import re
import subprocess
import sys

# pattern -> what to write instead. Matched without regard to case.
WORDS = {
    r"\btold\b": "reported, given, known",
    r"\btells?\b(?! .{0,40}\bapart\b)": "reports, says, shows, means",
    r"\bbeliev(?:e|es|ed|ing)\b": "verified, accepted, trusted; rejected",
    r"\b(?:was|were|is|are|be|been) had\b|\bto be had\b": "obtained, available",
    r"\bone's\b": "your, custom, its own",
    r"\bwho(?:m)?ever\b|\bwhosoever\b": "name it: the caller, the reader, the client",
    r"\bgoes with\b|\bgo with\b": "is included in, is sent with",
    r"\bstands? in\b": "is in, replaces, conflicts with",
    r"\b(?:is|are|be|all) well\b": "healthy, works",
    r"\bbecame of\b|^became\b": "outcome",
    r"\bhold still\b": "pause",
    r"\bgives? up\b|\bgave up\b|\bgiven up\b|\bgiving up\b": "abandons, drops, evicts",
    r"\bgives? way\b": "is dropped, is replaced",
    r"\bfor room\b": "to stay within the limit",
    r"\b(?:speaks?|spoke) against\b": "warns, warning",
    r"\bof which\b": "whose, where; or two sentences",
    r"\bdesks?\b|\bshel(?:f|ves)\b|\bparcels?\b|\bfreights?\b|\bfarewells?\b|\bhunt(?:s|ed|ing)?\b|\brooms\b":
        "the field's own word",
    r"\bbeforehand\b": "in advance, before",
    r"\bfor want of\b": "without, because there is no",
    r"\bthe like\b": "name it",
    r"\bit is lawful\b|\bnobody else's\b": "say it plainly",
}
PATTERN = re.compile("|".join(f"(?P<w{i}>{word})" for i, word in enumerate(WORDS)), re.IGNORECASE)
INSTEAD = list(WORDS.values())

SLASH = {".cpp", ".hpp", ".js", ".mjs", ".c", ".fbs"}
HASH = {".py", ".sh", ".txt", ".cmake", ".yml", ".yaml", ".service", ".env", ".supp"}
STRING = re.compile(r'"((?:[^"\\\n]|\\.)*)"|`([^`]*)`|\'((?:[^\'\\\n]|\\.)*)\'')
HERE = "tools/check_prose.py"


def prose_of(line, suffix):
    """What a person reads in a line: all of a document, comments and literals with spaces of code."""
    if suffix == ".md":
        return [re.sub(r"`[^`]*`", "", line)]
    mark = "//" if suffix in SLASH else "#"
    texts = [next(t for t in m.groups() if t is not None) for m in STRING.finditer(line)]
    texts = [text for text in texts if " " in text]
    bare = STRING.sub(lambda m: " " * len(m.group()), line)
    at = bare.find(mark)
    if at >= 0:
        texts.append(line[at:])
    elif re.match(r"\s*(\*|/\*)", line):
        texts.append(line)
    return texts


def findings(path):
    suffix = path.suffix or ".sh"
    for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
        for text in prose_of(line, suffix):
            for match in PATTERN.finditer(text):
                kind = next(int(name[1:]) for name, hit in match.groupdict().items() if hit is not None)
                yield f"{path}:{number}: \"{match.group()}\": write {INSTEAD[kind]}"


def main():
    names = sys.argv[1:]
    if not names:
        listed = subprocess.run(["git", "ls-files", "-z"], capture_output=True, text=True, check=True)
        names = [name for name in listed.stdout.split("\0") if name]
    kept = SLASH | HASH | {".md", ""}
    paths = [pathlib.Path(name) for name in names if name != HERE]
    found = [one for path in paths if path.suffix in kept and path.is_file() for one in findings(path)]
    print("\n".join(found) if found else "prose: clean")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
