"""One archive with the evidence of a failed release: logs, metrics, states, and its events."""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
import tempfile
import time
from pathlib import Path

from . import store, web
from .layout import hash_of

ROUTES = {
    "metrics.prom": "/metrics",
    "health.json": "/health",
    "ready.json": "/ready",
    "chains_status.json": "/chains/status",
    "metrics_snapshot.json": "/metrics/snapshot",
    "alerts.json": "/alerts/evaluate",
    "propagation.json": "/propagation",
}


MOST_EVENTS = 1_000_000


class FailedWindow:
    """Collects while the failed release still runs; closed when the other release serves. Missing
    parts (no answer, no disk space) are noted: the rollback does not wait for them."""

    def __init__(self, folder: Path, facts: dict):
        self._folder = folder
        self._facts = facts
        self._notes: list[str] = []
        self._work: Path | None = None
        self.path: Path | None = None
        try:
            self._work = Path(tempfile.mkdtemp(prefix="viz-window-"))
        except OSError as failure:
            self._notes.append(f"cannot create a folder for the archive: {failure}")

    def take_answers(self, base: str) -> None:
        gone = 0
        for name, route in ROUTES.items():
            if gone == 2:  # each costs its time-out while the failed release is active
                self._notes.append(f"{route}: skipped after two failures")
                continue
            try:
                status, body = web.fetch(base + route, timeout=3)
            except web.Unreachable as failure:
                self._notes.append(f"{route}: {failure}")
                gone += 1
                continue
            self._take(name, lambda target: target.write_text(body))
            if status != 200:
                self._notes.append(f"{route}: status {status}")

    def take_log(self, files: list[Path], command: str, seconds: float) -> None:
        """`command` prints the log; files are copied."""
        for path in files:
            self._take(f"log_{path.name}", lambda target: shutil.copyfile(path, target))
        if command:
            self._take("log.txt", lambda target: self._run(command, target, seconds))

    def take_events(self, path: Path, after: int) -> None:
        def export(target: Path) -> None:
            count = store.export_events(path, after, target, MOST_EVENTS)
            self._facts |= {"events": count, "events_after_seq_id": after}
            if count == MOST_EVENTS:
                self._notes.append(f"events: only the first {count}; the rest is in the record")

        self._take("events.jsonl", export)

    def take_file(self, path: Path) -> None:
        self._take(path.name, lambda target: shutil.copyfile(path, target))

    def close(self, problems: list[str]) -> Path:
        """Writes the archive atomically and returns its path. OSError: it failed."""
        if self._work is None:
            raise OSError(self._notes[0])
        name = time.strftime("failed_%Y%m%dT%H%M%SZ_", time.gmtime()) + self._facts["failed_version"]
        self._folder.mkdir(parents=True, exist_ok=True)
        target = self._folder / f"{name}.tar.gz"
        partial = self._folder / f".{name}.partial"
        try:
            files = sorted(self._work.iterdir())
            manifest = {
                **self._facts,
                "closed_unix_ms": int(time.time() * 1000),
                "problems": problems,
                "missing": self._notes,
                "files": {path.name: {"sha256": hash_of(path), "bytes": path.stat().st_size} for path in files},
            }
            (self._work / "MANIFEST.json").write_text(json.dumps(manifest, indent=2) + "\n")
            with tarfile.open(partial, "w:gz") as archive:
                for path in [self._work / "MANIFEST.json", *files]:
                    archive.add(path, arcname=f"{name}/{path.name}")
            partial.chmod(0o640)
            partial.rename(target)
        except OSError as failure:
            raise OSError(f"{failure}; the collected files are in {self._work}") from failure
        finally:
            partial.unlink(missing_ok=True)
        shutil.rmtree(self._work, ignore_errors=True)
        self.path = target
        return target

    def _take(self, name: str, write) -> None:
        """`write` fills the file; an incomplete file is removed."""
        if self._work is None:
            return
        target = self._work / name
        try:
            write(target)
        except (OSError, store.StoreError) as failure:
            self._notes.append(f"{name}: {failure}")
            target.unlink(missing_ok=True)

    def _run(self, command: str, target: Path, seconds: float) -> None:
        with open(target, "wb") as file:
            try:
                done = subprocess.run(["sh", "-c", command], stdout=file, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                      timeout=seconds, start_new_session=True)
                if done.returncode != 0:
                    self._notes.append(f"log: `{command}` ended with {done.returncode}")
            except subprocess.TimeoutExpired:
                self._notes.append(f"log: `{command}` did not end within {seconds:g} s")
