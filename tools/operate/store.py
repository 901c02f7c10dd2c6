"""The operator's view of the record: its version, its last event, a copy of it. All by read-only
connections beside a running service."""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from . import web

APPLICATION_ID = 0x56495A41


class StoreError(Exception):
    """It cannot be read, or is not a viz-api record."""


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=10)


def _ask(path: Path, sql: str) -> int:
    try:
        with closing(_open(path)) as connection:
            return connection.execute(sql).fetchone()[0] or 0
    except sqlite3.Error as failure:
        raise StoreError(f"{path}: {failure}") from failure


def version(path: Path) -> int | None:
    """PRAGMA user_version: the file's schema version. None when there is no file yet."""
    if not path.exists() or path.stat().st_size == 0:
        return None
    if _ask(path, "PRAGMA application_id") != APPLICATION_ID:
        raise StoreError(f"{path} is not a record of viz-api")
    return _ask(path, "PRAGMA user_version")


def latest_seq_id(path: Path) -> int:
    """0 when there is no file yet."""
    return _ask(path, "SELECT max(seq_id) FROM events") if version(path) else 0


def checkpoints(path: Path) -> int:
    """The number of stored checkpoints, which a separate component writes behind the log."""
    file = Path(f"{path}.checkpoints")
    try:
        return _ask(file, "SELECT count(*) FROM checkpoints") if file.exists() else 0
    except StoreError:  # the file is being created
        return 0


def copy(path: Path, target: Path) -> None:
    """A complete copy of one moment, while the service may continue to write."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.partial")
    partial.unlink(missing_ok=True)
    try:
        with closing(_open(path)) as source, closing(sqlite3.connect(partial)) as sink:
            source.backup(sink)
        partial.rename(target)
    except sqlite3.Error as failure:
        raise StoreError(f"copying {path} to {target}: {failure}") from failure
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def writer_lock(path: Path, seconds: float):
    """Held like the running service holds it (components/storage/writer_lock.hpp): no process can start to
    write meanwhile, including a service started by a connection to its socket."""
    lock = Path(f"{path}.lock")
    with open(lock, "a") as file:
        if os.geteuid() == 0:  # created as root, it must still belong to the service
            owner = path.stat()
            os.chown(lock, owner.st_uid, owner.st_gid)
        if not web.wait_until(lambda: _locked(file), seconds):
            raise StoreError(f"{path} is still being written {seconds:g} s after the service was stopped")
        yield


def _locked(file) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def export_events(path: Path, after: int, out: Path, most: int) -> int:
    """The first `most` events after that number, one JSON object per line, payloads as hex
    (bus/events.fbs). Returns the count."""
    sql = """SELECT e.seq_id, e.ts_unix_ms, e.chain_id, s.name, t.name, e.payload
             FROM events e JOIN sources s ON s.id = e.source JOIN event_types t ON t.id = e.type
             WHERE e.seq_id > ? ORDER BY e.seq_id LIMIT ?"""
    names = ("seq_id", "ingest_ts_unix_ms", "chain_id", "source_id", "type")
    count = 0
    try:
        with closing(_open(path)) as connection, open(out, "w") as file:
            for *row, payload in connection.execute(sql, (after, most)):
                file.write(json.dumps({**dict(zip(names, row)), "payload_hex": payload.hex()}) + "\n")
                count += 1
    except sqlite3.Error as failure:
        raise StoreError(f"{path}: {failure}") from failure
    return count
