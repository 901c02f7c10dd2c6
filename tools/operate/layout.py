"""Releases side by side under one prefix:

    releases/VERSION/   as packed: bin/, share/, …, RELEASE.json (description, and each file's hash)
    current             link to the active release; previous: to the one before it
    state.json          activation time and first event of the active release, whether it became
                        ready, and the earlier releases that became ready
    history.jsonl       every action, one line each
    failed/             archives of failed releases;  backups/  copies of the store before migrations

Configuration and data are in other folders.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import tarfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

MANIFEST = "RELEASE.json"
_VERSION = re.compile(r"^[A-Za-z0-9][A-Za-z0-9.+~_-]{0,99}$")


class ReleaseError(Exception):
    """Why an action was refused or failed, as text."""


@dataclass(frozen=True)
class Release:
    version: str
    path: Path
    reports: str  # its version in /health
    store_version: int  # the newest store it can open
    built_unix_ms: int

    @property
    def binary(self) -> Path:
        return self.path / "bin/viz-api"


def check_version(version: str) -> str:
    if not _VERSION.match(version):
        raise ReleaseError(f"{version!r} is not a version: expected letters, digits and .+~_-")
    return version


def identify(binary: Path) -> dict:
    """The version output of an executable: {"reports", "store_version"}."""
    try:
        said = subprocess.run([binary, "--version"], capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired) as failure:
        raise ReleaseError(f"{binary} --version: {failure}") from failure
    name = re.match(r"viz-api (\S+) \((\w+)", said.stdout)
    store = re.search(r"^store version (\d+)$", said.stdout, re.MULTILINE)
    if said.returncode != 0 or not name:
        raise ReleaseError(f"{binary} --version: not a viz-api")
    # Releases that do not report it support only the first store version.
    return {"reports": f"{name[1]}+{name[2]}", "store_version": int(store[1]) if store else 1}


def hash_of(path: Path) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _files_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)


def pack(tree: Path, version: str, out: Path) -> Path:
    """Makes viz-api-VERSION.tar.gz from a folder that contains bin/viz-api."""
    binary = tree / "bin/viz-api"
    if not os.access(binary, os.X_OK):
        raise ReleaseError(f"{binary} is not an executable")
    links = [path for path in tree.rglob("*") if path.is_symlink()]
    if links:
        raise ReleaseError(f"{links[0]} is a link: a release holds plain files only")
    about = identify(binary)
    manifest = {
        "version": check_version(version or about["reports"]),
        **about,
        "built_unix_ms": int(time.time() * 1000),
        "files": {str(path.relative_to(tree)): hash_of(path) for path in _files_of(tree)},
    }
    (tree / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n")
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"viz-api-{manifest['version']}.tar.gz"
    partial = path.with_name(f".{path.name}.partial")
    with tarfile.open(partial, "w:gz") as archive:
        for name in sorted([*manifest["files"], MANIFEST]):
            archive.add(tree / name, arcname=name, filter=_plain_owner)
    partial.rename(path)
    return path


def _plain_owner(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = "root"
    member.mode = 0o755 if member.mode & 0o100 else 0o644
    return member


class Layout:
    def __init__(self, prefix: Path):
        self.prefix = prefix
        self.releases = prefix / "releases"

    @contextmanager
    def locked(self):
        """Allows one action at a time."""
        self.prefix.mkdir(parents=True, exist_ok=True)
        with open(self.prefix / ".lock", "w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise ReleaseError(f"another release action is running in {self.prefix}") from None
            yield

    def install(self, package: Path) -> Release:
        """Unpacks beside the other releases, checks every file, then renames to the final name."""
        for left in self.releases.glob(".incoming-*"):  # left by a killed process: this one holds the lock
            shutil.rmtree(left, ignore_errors=True)
        incoming = self.releases / f".incoming-{os.getpid()}"
        incoming.mkdir(parents=True)
        try:
            _unpack(package, incoming)
            version = check_version(_manifest(incoming)["version"])
            verify(incoming)
            target = self.releases / version
            if target.exists():
                if _manifest(target)["files"] != _manifest(incoming)["files"]:
                    raise ReleaseError(f"{version} is installed already, with other files")
                verify(target)
            else:
                incoming.rename(target)
        finally:
            shutil.rmtree(incoming, ignore_errors=True)
        return self.release(version)

    def release(self, version: str) -> Release:
        path = self.releases / check_version(version)
        if not path.is_dir():
            known = ", ".join(one.version for one in self.all()) or "none"
            raise ReleaseError(f"{version} is not installed; installed: {known}")
        manifest = _manifest(path)
        return Release(version, path, manifest["reports"], manifest["store_version"], manifest["built_unix_ms"])

    def all(self) -> list[Release]:
        if not self.releases.is_dir():
            return []
        names = [path.name for path in self.releases.iterdir() if (path / MANIFEST).is_file() and not path.name.startswith(".")]
        return sorted((self.release(name) for name in names), key=lambda one: one.built_unix_ms)

    def current(self) -> Release | None:
        path = self.prefix / "current"
        return self.release(Path(os.readlink(path)).name) if path.is_symlink() else None

    def previous(self) -> Release | None:
        """The last release that became ready before the current one and is still installed."""
        current = self.current()
        there = {one.version: one for one in self.all()}
        good = [there[name] for name in self.state().get("before", []) if name in there]
        good = [one for one in good if current is None or one.version != current.version]
        return good[-1] if good else None

    def point(self, link: str, release: Release) -> None:
        """Replaces the link by rename, so that it always exists."""
        fresh = self.prefix / f".{link}-{os.getpid()}"
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(Path("releases") / release.version)
        os.replace(fresh, self.prefix / link)
        folder = os.open(self.prefix, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def state(self) -> dict:
        path = self.prefix / "state.json"
        try:
            return json.loads(path.read_text()) if path.exists() else {}
        except ValueError as bad:
            raise ReleaseError(f"{path}: {bad}") from bad

    def set_state(self, state: dict) -> None:
        fresh = self.prefix / ".state.json"
        fresh.write_text(json.dumps(state, indent=2) + "\n")
        os.replace(fresh, self.prefix / "state.json")

    def begin(self, release: Release, since_seq_id: int) -> None:
        """Called before the switch, so that the state shows an interrupted one. Releases that became ready
        are kept as rollback targets; others are not."""
        state, current = self.state(), self.current()
        before = [name for name in state.get("before", []) if name != release.version]
        if current and current.version != release.version and state.get("ready") and state.get("version") == current.version:
            before = [name for name in before if name != current.version] + [current.version]
        self.set_state({"version": release.version, "since_unix_ms": int(time.time() * 1000), "since_seq_id": since_seq_id,
                        "ready": False, "promoted": False, "before": before})

    def became(self, **facts: bool) -> None:
        """Sets ready or promoted."""
        self.set_state({**self.state(), **facts})

    def went_back(self, target: Release, failed: Release, since_seq_id: int) -> None:
        """Releases before `target` stay available for rollback; the failed one does not."""
        before = [name for name in self.state().get("before", []) if name != failed.version]
        if target.version in before:
            before = before[: before.index(target.version)]
        self.set_state({"version": target.version, "since_unix_ms": int(time.time() * 1000), "since_seq_id": since_seq_id,
                        "ready": True, "promoted": True, "before": before})
        self.point_previous()

    def point_previous(self) -> None:
        """For human readers: the commands use the state."""
        previous = self.previous()
        if previous:
            self.point("previous", previous)
        else:
            (self.prefix / "previous").unlink(missing_ok=True)

    def note(self, action: str, **facts: object) -> None:
        line = {"unix_ms": int(time.time() * 1000), "action": action, **facts}
        with open(self.prefix / "history.jsonl", "a") as history:
            history.write(json.dumps(line) + "\n")

    def history(self) -> list[dict]:
        path = self.prefix / "history.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def verify(folder: Path) -> None:
    """Checks that every packed file exists unchanged, and no other."""
    wanted = _manifest(folder)["files"]
    there = {str(path.relative_to(folder)) for path in _files_of(folder)}
    for name in sorted(wanted.keys() ^ there):
        raise ReleaseError(f"{folder / name} is {'missing' if name in wanted else 'not part of the release'}")
    for name, digest in wanted.items():
        if hash_of(folder / name) != digest:
            raise ReleaseError(f"{folder / name} has been changed since it was packed")


def _manifest(folder: Path) -> dict:
    try:
        return json.loads((folder / MANIFEST).read_text())
    except (OSError, json.JSONDecodeError) as bad:
        raise ReleaseError(f"{folder} is not a release: {bad}") from bad


def _unpack(package: Path, folder: Path) -> None:
    try:
        with tarfile.open(package, "r:gz") as archive:
            for member in archive:
                name = Path(member.name)
                if not member.isfile() or name.is_absolute() or ".." in name.parts:
                    raise ReleaseError(f"{package}: {member.name} is not allowed in a release")
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.extractfile(member) as source, open(target, "xb") as file:
                    shutil.copyfileobj(source, file)
                target.chmod(0o755 if member.mode & 0o100 else 0o644)
    except (OSError, tarfile.TarError) as bad:
        raise ReleaseError(f"{package}: {bad}") from bad
