"""From a failed release to an earlier one. Obstacles are reported before anything is changed; once
begun, the rollback completes even if parts of the archive are unavailable."""

from __future__ import annotations

import argparse
import os
import subprocess
import time
from pathlib import Path

from . import archive, canary, interrupt, running, store
from .checks import Checks
from .layout import Layout, Release, ReleaseError
from .migration import WRITER_SECONDS
from .words import FAIL, PASS, say

SUBSCRIBE_SECONDS = 20.0
LOG_SECONDS = 60.0


class Rollback:
    """`restore`: a copy of the store that replaces it, for a release that cannot open the newer one."""

    def __init__(self, options: argparse.Namespace, layout: Layout, service: running.Service, checks: Checks, restore: Path | None):
        self.options, self.layout, self.service, self.checks, self.restore = options, layout, service, checks, restore

    def run(self, failed: Release, target: Release, why: str) -> int:
        self._check_before(target)
        with interrupt.held_off():
            return self._act(failed, target, why)

    def _check_before(self, target: Release) -> None:
        if not self.restore:
            self.checks.store(target)
        self.checks.config(target)
        if self.restore:
            self._prepare_copy(target)

    def _act(self, failed: Release, target: Release, why: str) -> int:
        state = self.layout.state()
        window = self._open_window(failed, target, why, state)
        latest = store.latest_seq_id(self.restore) if self.restore else self.checks.latest()
        self.layout.point("current", target)
        say(f"{target.version} is current, was {failed.version}")
        problems = self._restart_on(target)
        if not problems:
            problems += self._check_after(target, latest)
        problems += self._note_switch(target, failed, latest)
        problems += self._close_window(window, failed, state, problems)
        try:
            self.layout.note("rollback", version=target.version, failed=failed.version, reason=why,
                             archive=str(window.path), result="; ".join(problems) or "ready")
        except OSError as failure:
            problems.append(f"the history cannot be written: {failure}")
        if problems:
            say(f"FAIL: back on {target.version}, but {'; '.join(problems)}")
            return FAIL
        say(f"PASS: back on {target.version}, it serves requests, and the record continues after event {latest}")
        return PASS

    def _open_window(self, failed: Release, target: Release, why: str, state: dict) -> archive.FailedWindow:
        """Runs while the failed release is still active."""
        window = archive.FailedWindow(self.layout.prefix / "failed", {
            "failed_version": failed.version, "back_to": target.version, "reason": why,
            "window_from_unix_ms": state.get("since_unix_ms"), "window_to_unix_ms": int(time.time() * 1000)})
        window.take_answers(self.service.base)
        return window

    def _restart_on(self, target: Release) -> list[str]:
        try:
            if self.restore:
                self._put_back()
            self.service.restart()
            say(f"{target.version} ready after {self.service.wait_ready(target):.1f} s")
        except (ReleaseError, store.StoreError, OSError) as failure:
            return [str(failure)]
        return []

    def _note_switch(self, target: Release, failed: Release, latest: int) -> list[str]:
        try:
            self.layout.went_back(target, failed, latest)
        except OSError as failure:
            return [f"the state cannot be written: {failure}"]
        return []

    # ---- checks after the rollback

    def _check_after(self, target: Release, latest: int) -> list[str]:
        return self._check_record(target, latest) + self._check_service()

    def _check_record(self, target: Release, latest: int) -> list[str]:
        """No recorded event may be missing, and the log must be intact."""
        path = self.checks.store_path
        if not path:
            return []
        try:
            after = store.latest_seq_id(path)
        except store.StoreError as failure:
            return [str(failure)]
        if after < latest:
            return [f"the record ends at {after}, before the rollback at {latest}"]
        tool = target.path / "bin/viz-replay"
        if not tool.exists() or self.options.no_verify:
            return []
        done = subprocess.run([tool, "verify", "--quick", path], capture_output=True, text=True, start_new_session=True)
        output = (done.stdout.strip() or done.stderr.strip() or "nothing").splitlines()[-1]
        say(f"viz-replay verify: {output}")
        return [] if done.returncode == 0 else [f"viz-replay verify found problems: {output}"]

    def _check_service(self) -> list[str]:
        """A short canary. The older release does not fail for lack of traffic."""
        seconds = self.options.recheck_seconds
        if seconds <= 0:
            return []
        self.service.wait_subscribed(SUBSCRIBE_SECONDS)
        say(f"repeating the checks, {seconds:g} s")
        verdict = canary.watch(["--base", self.service.base, "--minutes", str(seconds / 60),
                                "--every", str(min(5.0, seconds / 4)), "--idle-ok"])
        return [f"{check['check']}: {check['detail']}" for check in verdict["checks"] if not check["ok"]]

    # ---- evidence of the failure

    def _close_window(self, window: archive.FailedWindow, failed: Release, state: dict, problems: list[str]) -> list[str]:
        since = state.get("since_seq_id", 0) if state.get("version") == failed.version else 0
        path = self.checks.store_path
        if path:
            aside = self._aside()
            window.take_events(aside if self.restore and aside.exists() else path, since)
        log_command = self.options.log_command.replace("{since}", "@%d" % ((state.get("since_unix_ms") or 0) // 1000))
        window.take_log([Path(one) for one in self.options.log_file], log_command, LOG_SECONDS)
        window.take_file(failed.path / "RELEASE.json")
        window.take_file(self.layout.prefix / "metrics_at_start.prom")
        for attached in getattr(self.options, "attach", []):
            window.take_file(Path(attached))
        try:
            say(f"the archive of the failed release is {window.close(problems)}")
        except OSError as failure:
            return [f"the archive of the failed release could not be kept: {failure}"]
        return []

    # ---- restoring an older copy of the store

    def _prepare_copy(self, target: Release) -> None:
        """All slow steps, before anything is changed."""
        found = store.version(self.restore)
        if found is None or found > target.store_version:
            raise ReleaseError(f"{self.restore} has version {found}, and {target.version} opens up to {target.store_version}. Nothing was changed.")
        if not self.options.stop_command:
            raise ReleaseError("--restore-store needs --stop-command: the store can only be replaced while no process has it open. Nothing was changed.")
        prepared, owner = self._prepared(), self.checks.store_path.stat()
        store.copy(self.restore, prepared)
        prepared.chmod(owner.st_mode & 0o7777)
        os.chown(prepared, owner.st_uid, owner.st_gid)

    def _prepared(self) -> Path:
        return Path(f"{self.checks.store_path}.restored")

    def _aside(self) -> Path:
        return Path(f"{self.checks.store_path}.before-{self.restore.stem}" if self.restore else "")

    def _put_back(self) -> None:
        path, aside = self.checks.store_path, self._aside()
        running.run(self.options.stop_command)
        with store.writer_lock(path, WRITER_SECONDS):
            for ending in ("", "-wal", "-shm"):
                if Path(f"{path}{ending}").exists():
                    os.replace(f"{path}{ending}", f"{aside}{ending}")
            Path(f"{path}.checkpoints").unlink(missing_ok=True)
            os.replace(self._prepared(), path)
        say(f"{self.restore} is restored; the newer store is kept as {aside}")
