"""One file of all that tells why a release failed: logs, metrics, states, events of its window."""

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


class FailedWindow:
    """Collects while the failed release still runs, and is closed when the other one serves."""

    def __init__(self, folder: Path, facts: dict):
        self._folder = folder
        self._facts = facts
        self._notes: list[str] = []
        self._work = Path(tempfile.mkdtemp(prefix="viz-window-"))

    def take_answers(self, base: str) -> None:
        for name, route in ROUTES.items():
            try:
                status, body = web.fetch(base + route, timeout=3)
            except web.Unreachable as failure:
                self._notes.append(f"{route}: {failure}")
                continue
            (self._work / name).write_text(body)
            if status != 200:
                self._notes.append(f"{route}: status {status}")

    def take_log(self, files: list[Path], command: str) -> None:
        """`command` prints the log; files are taken as they are."""
        for path in files:
            try:
                shutil.copyfile(path, self._work / f"log_{path.name}")
            except OSError as failure:
                self._notes.append(f"log: {failure}")
        if not command:
            return
        with open(self._work / "log.txt", "wb") as file:
            try:
                done = subprocess.run(["sh", "-c", command], stdout=file, stderr=subprocess.STDOUT, timeout=60)
                if done.returncode != 0:
                    self._notes.append(f"log: `{command}` ended with {done.returncode}")
            except subprocess.TimeoutExpired:
                self._notes.append(f"log: `{command}` did not end")

    def take_events(self, path: Path, after: int) -> None:
        try:
            self._facts["events"] = store.export_events(path, after, self._work / "events.jsonl")
            self._facts["events_after_seq_id"] = after
        except store.StoreError as failure:
            self._notes.append(f"events: {failure}")

    def take_file(self, path: Path) -> None:
        if path.is_file():
            shutil.copyfile(path, self._work / path.name)
        else:
            self._notes.append(f"{path} is missing")

    def close(self) -> Path:
        """Writes the archive, whole or not at all; what could not be had is noted in it."""
        name = time.strftime("failed_%Y%m%dT%H%M%SZ_", time.gmtime()) + self._facts["failed_version"]
        files = sorted(path for path in self._work.iterdir())
        manifest = {
            **self._facts,
            "closed_unix_ms": int(time.time() * 1000),
            "missing": self._notes,
            "files": {path.name: {"sha256": hash_of(path), "bytes": path.stat().st_size} for path in files},
        }
        (self._work / "MANIFEST.json").write_text(json.dumps(manifest, indent=2) + "\n")
        self._folder.mkdir(parents=True, exist_ok=True)
        target = self._folder / f"{name}.tar.gz"
        partial = self._folder / f".{name}.partial"
        with tarfile.open(partial, "w:gz") as archive:
            for path in [self._work / "MANIFEST.json", *files]:
                archive.add(path, arcname=f"{name}/{path.name}")
        partial.rename(target)
        shutil.rmtree(self._work, ignore_errors=True)
        return target
