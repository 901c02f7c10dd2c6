"""An activation that migrates the store to a newer version, and the rollback from it.

The copy made before is complete when the service is stopped meanwhile (--stop-command): then a rollback
to it loses no recorded data, and a failed activation is rolled back automatically."""

from __future__ import annotations

import argparse
import time
from contextlib import contextmanager
from pathlib import Path

from . import running, store
from .checks import Checks
from .layout import Layout, Release, ReleaseError
from .words import say

WRITER_SECONDS = 30.0


class Migration:
    def __init__(self, options: argparse.Namespace, layout: Layout, service: running.Service, checks: Checks):
        self._options, self._layout, self._service, self._checks = options, layout, service, checks
        self._copy: Path | None = None

    @contextmanager
    def before(self, release: Release, found: int | None):
        """Wraps the switch. If the store will be migrated and the service can be stopped, it is not written to
        until the switch; if the switch does not happen, the service is started again."""
        if found is None or found >= release.store_version:
            yield
            return
        path, stop = self._checks.store_path, self._options.stop_command
        name = time.strftime(f"store_v{found}_%Y%m%dT%H%M%SZ.db", time.gmtime())
        copy = self._layout.prefix / "backups" / name
        say(f"the store will be migrated from version {found} to {release.store_version}, and releases that open {found} "
            f"at most will not open it then; copying it to {copy}")
        if not stop:
            say("without --stop-command there is no automatic rollback: events recorded during the copy are not in it")
            store.copy(path, copy)
            yield
            return
        try:
            running.run(stop)
            with store.writer_lock(path, WRITER_SECONDS):
                store.copy(path, copy)
                self._copy = copy
                yield
        except BaseException:
            say("starting the service again")
            self._service.restart()
            raise

    def restorable(self, target: Release) -> Path | None:
        """The copy, if `target` needs it. Refuses when that would lose events recorded since."""
        path = self._checks.store_path
        if self._copy is None or (store.version(path) or 0) <= target.store_version:
            return None
        newer = store.latest_seq_id(path) - store.latest_seq_id(self._copy)
        if newer > 0:
            raise ReleaseError(f"it recorded {newer} events that {self._copy}, from before the migration, does not have; "
                               f"rollback --restore-store restores that copy anyway. Nothing was changed")
        return self._copy
