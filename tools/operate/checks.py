"""The checks of release.sh before it changes anything: store, configuration, disk space."""

from __future__ import annotations

import argparse
import os
import subprocess
from pathlib import Path

from . import store
from .layout import Layout, Release, ReleaseError
from .words import say

CREDENTIALS = Path("/etc/credstore")  # loaded by the unit with LoadCredential


class Checks:
    def __init__(self, options: argparse.Namespace, layout: Layout):
        self._layout = layout
        self._root = options.root
        self.store_path = Path(options.root + options.store) if options.store else None
        self._env_file = getattr(options, "env_file", "")

    def latest(self) -> int:
        """The last event of the record; 0 when there is none or it cannot be read."""
        try:
            return store.latest_seq_id(self.store_path) if self.store_path else 0
        except store.StoreError as failure:
            say(f"the record cannot be read: {failure}")
            return 0

    def store(self, release: Release) -> int | None:
        """The store's version; raises ReleaseError when the release cannot open it."""
        found = store.version(self.store_path) if self.store_path else None
        if found is not None and found > release.store_version:
            raise ReleaseError(
                f"the store {self.store_path} has version {found}, and {release.version} opens up to "
                f"{release.store_version}. Nothing was changed. Copies from before the migration: "
                f"{', '.join(map(str, self.backups())) or 'none'} (--restore-store FILE restores one)"
            )
        return found

    def config(self, release: Release) -> None:
        """Checks with the release's binary the configuration that it will be started with."""
        path = self._env_path()
        if path is None:
            return
        environment = {k: v for k, v in os.environ.items() if not k.startswith("VIZ_API_")}
        if CREDENTIALS.is_dir() and not self._root:
            environment.setdefault("CREDENTIALS_DIRECTORY", str(CREDENTIALS))
        environment |= read_env_file(path)
        try:
            done = subprocess.run([release.binary, "--check-config"], env=environment, capture_output=True, text=True, timeout=30)
        except subprocess.TimeoutExpired:
            raise ReleaseError(f"{release.binary} --check-config did not end. Nothing was changed.") from None
        if done.returncode != 0:
            raise ReleaseError(f"{release.version} refuses the configuration {path}: {done.stderr.strip()}. Nothing was changed.")

    def backups(self) -> list[Path]:
        return sorted((self._layout.prefix / "backups").glob("*.db"))

    def _env_path(self) -> Path | None:
        """A file named on the command line must exist; the default one is optional."""
        if self._env_file:
            return Path(self._env_file)
        usual = Path(self._root + "/etc/viz-api/viz-api.env")
        return usual if usual.exists() else None


def read_env_file(path: Path) -> dict:
    """KEY=VALUE lines, the simple subset of systemd's EnvironmentFile."""
    settings = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        line = line.strip()
        if line and line[0] not in "#;":
            key, separator, value = line.partition("=")
            if not separator:
                raise ReleaseError(f"{path}, line {number}: not KEY=VALUE")
            settings[key.strip()] = value.strip().strip("\"'")
    return settings
