"""An activation that brings the store to a newer version, and how one goes back from it.

The copy that is made before is whole when the service stands still meanwhile (--stop-command): then going
back to it loses nothing that was recorded, and an activation that fails does so by itself."""

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
        """For the switch to take place in. Nobody writes the store until it has, if it will be migrated
        and the service can be stopped; what keeps the switch from taking place starts it again."""
        if found is None or found >= release.store_version:
            yield
            return
        path, stop = self._checks.store_path, self._options.stop_command
        name = time.strftime(f"store_v{found}_%Y%m%dT%H%M%SZ.db", time.gmtime())
        copy = self._layout.prefix / "backups" / name
        say(f"the store will be brought from version {found} to {release.store_version}, and releases that open {found} "
            f"at most will not open it then; copying it to {copy}")
        if not stop:
            say("without --stop-command there is no way back by itself: what is recorded while it is copied is not in the copy")
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
            say("the service is started again as it was")
            self._service.restart()
            raise

    def restorable(self, target: Release) -> Path | None:
        """The copy, where `target` needs it. Refuses where that would lose what was recorded since."""
        path = self._checks.store_path
        if self._copy is None or (store.version(path) or 0) <= target.store_version:
            return None
        newer = store.latest_seq_id(path) - store.latest_seq_id(self._copy)
        if newer > 0:
            raise ReleaseError(f"it recorded {newer} events that {self._copy}, from before the migration, does not have; "
                               f"rollback --restore-store puts that in place all the same. Nothing was changed")
        return self._copy
