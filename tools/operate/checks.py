"""What release.sh looks at before it touches anything: the store, the configuration, room."""

from __future__ import annotations

import argparse
import os
import subprocess
from pathlib import Path

from . import store
from .layout import Layout, Release, ReleaseError
from .words import say

CREDENTIALS = Path("/etc/credstore")  # what the unit loads by LoadCredential


class Checks:
    def __init__(self, options: argparse.Namespace, layout: Layout):
        self._layout = layout
        self._root = options.root
        self.store_path = Path(options.root + options.store) if options.store else None
        self._env_file = getattr(options, "env_file", "")

    def latest(self) -> int:
        """The last event of the record; 0 where there is none or it cannot be read."""
        try:
            return store.latest_seq_id(self.store_path) if self.store_path else 0
        except store.StoreError as failure:
            say(f"the record cannot be read: {failure}")
            return 0

    def store(self, release: Release) -> int | None:
        """The store's version; refuses a release that cannot open it."""
        found = store.version(self.store_path) if self.store_path else None
        if found is not None and found > release.store_version:
            raise ReleaseError(
                f"the store {self.store_path} has version {found}, and {release.version} opens up to "
                f"{release.store_version}. Nothing was changed. Copies from before the migration: "
                f"{', '.join(map(str, self.backups())) or 'none'} (--restore-store FILE puts one in its place)"
            )
        return found

    def config(self, release: Release) -> None:
        """The binary's own opinion of the configuration that it will be started with."""
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
        """The one that was named has to be there; the usual one is taken where it is."""
        if self._env_file:
            return Path(self._env_file)
        usual = Path(self._root + "/etc/viz-api/viz-api.env")
        return usual if usual.exists() else None


def read_env_file(path: Path) -> dict:
    """KEY=VALUE lines, as systemd's EnvironmentFile reads the simple ones."""
    settings = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        line = line.strip()
        if line and line[0] not in "#;":
            key, separator, value = line.partition("=")
            if not separator:
                raise ReleaseError(f"{path}, line {number}: not KEY=VALUE")
            settings[key.strip()] = value.strip().strip("\"'")
    return settings
