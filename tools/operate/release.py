"""release.sh: versioned releases side by side, one of them in use."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from . import archive, store, web
from .layout import Layout, Release, ReleaseError, pack, verify
from .release_options import parse_arguments

PASS, FAIL = 0, 1


def say(text: str) -> None:
    print(f"release: {text}", flush=True)


class Service:
    """The running one, as this command knows it: a command that restarts it, a URL it answers at."""

    def __init__(self, options: argparse.Namespace):
        self._command = options.restart_command
        self._limit = options.ready_limit
        self.base = options.ready_url.rstrip("/")
        self._restarted = time.monotonic()
        self._last = "no answer"

    def restart(self) -> None:
        self._restarted = time.monotonic()
        done = subprocess.run(["sh", "-c", self._command], stdin=subprocess.DEVNULL, timeout=300)
        if done.returncode != 0:
            raise ReleaseError(f"`{self._command}` ended with {done.returncode}")

    def wait_ready(self, release: Release) -> float:
        """Seconds until it answered well; ReleaseError tells what it said last."""
        start = time.monotonic()
        if not web.wait_until(lambda: self._well(release, self._say()), self._limit, every=0.1):
            raise ReleaseError(f"not ready within {self._limit:g} s: {self._last}")
        return time.monotonic() - start

    def _say(self) -> dict:
        told = {}
        for route in ("/ready", "/health"):
            try:
                told[route] = web.fetch(self.base + route, timeout=3)
            except web.Unreachable as failure:
                self._last = str(failure)
                return {}
        return told

    def _well(self, release: Release, told: dict) -> bool:
        """Ready, healthy, of that release, and started since the restart: what still answers from
        before does not count."""
        for route, (status, body) in told.items():
            if status != 200:
                self._last = f"{route} says {status}: {body[:200]}"
                return False
        if not told:
            return False
        health = json.loads(told["/health"][1])
        if health.get("version") != release.reports:
            self._last = f"/health says version {health.get('version')}, expected {release.reports}"
            return False
        if health.get("uptime_s", 0) > time.monotonic() - self._restarted + 1:
            self._last = "the process of before still serves: the restart command did not restart it"
            return False
        return True


class Actions:
    def __init__(self, options: argparse.Namespace):
        self.options = options
        self.service = Service(options) if "restart_command" in options else None
        self.layout = Layout(Path(options.root + options.prefix) if options.root else Path(options.prefix))

    # ---- what is checked before anything is touched

    def check_store(self, release: Release) -> int | None:
        """The store's version; refuses a release that cannot open it."""
        path = self._store()
        found = store.version(path) if path else None
        if found is not None and found > release.store_version:
            raise ReleaseError(
                f"the store {path} has version {found}, and {release.version} opens up to "
                f"{release.store_version}. Nothing was changed. Copies from before the migration: "
                f"{', '.join(map(str, self._backups())) or 'none'} (--restore-store FILE puts one in its place)"
            )
        return found

    def check_config(self, release: Release) -> None:
        """The binary's own opinion of the configuration that it will be started with."""
        if not self.options.env_file:
            return
        environment = {k: v for k, v in os.environ.items() if not k.startswith("VIZ_API_")}
        environment |= read_env_file(Path(self.options.env_file))
        done = subprocess.run([release.binary, "--check-config"], env=environment, capture_output=True, text=True, timeout=30)
        if done.returncode != 0:
            raise ReleaseError(f"{release.version} refuses the configuration: {done.stderr.strip()}. Nothing was changed.")

    # ---- subcommands

    def install(self) -> int:
        release = self.layout.install(Path(self.options.package))
        self.layout.note("install", version=release.version)
        say(f"PASS: {release.version} is installed in {release.path}")
        return PASS

    def activate(self) -> int:
        release = self.layout.release(self.options.version)
        verify(release.path)
        before = self.layout.named("current")
        found = self.check_store(release)
        self.check_config(release)
        self._back_up_before_migration(release, found)
        since = self._latest()
        state = {"version": release.version, "since_unix_ms": int(time.time() * 1000), "since_seq_id": since,
                 "promoted": False}
        self._switch(release, before)
        self.layout.set_state(state)
        try:
            self.service.restart()
            took = self.service.wait_ready(release)
        except ReleaseError as why:
            self.layout.note("activate", version=release.version, result="failed", reason=str(why))
            say(f"{release.version} failed: {why}")
            return self._go_back(release, before, str(why))
        self.layout.note("activate", version=release.version, result="ready", seconds=round(took, 3))
        say(f"PASS: {release.version} serves, ready after {took:.1f} s" + (f"; before: {before.version}" if before else ""))
        return PASS

    def promote(self) -> int:
        current = self._current()
        self.layout.set_state({**self.layout.state(), "promoted": True})
        self.layout.note("promote", version=current.version)
        say(f"PASS: {current.version} is promoted")
        return PASS

    def rollback(self) -> int:
        current = self._current()
        wanted = self.options.to
        target = self.layout.release(wanted) if wanted else self.layout.named("previous")
        if target is None:
            raise ReleaseError("there is no release to go back to; --to VERSION names one")
        if target.version == current.version:
            raise ReleaseError(f"{target.version} is in use already")
        return self._roll(current, target, self.options.reason)

    def status(self) -> int:
        current, previous = self.layout.named("current"), self.layout.named("previous")
        path = self._store()
        answer = {
            "prefix": str(self.layout.prefix),
            "current": current.version if current else None,
            "previous": previous.version if previous else None,
            "installed": [one.version for one in self.layout.all()],
            "state": self.layout.state(),
            "store_version": store.version(path) if path else None,
            "serves": web.answers_ready(self.options.ready_url.rstrip("/")),
            "history": self.layout.history()[-10:],
        }
        if self.options.json:
            print(json.dumps(answer, indent=2))
        else:
            for one in self.layout.all():
                mark = {answer["current"]: "current", answer["previous"]: "previous"}.get(one.version, "")
                print(f"{one.version:<32} store {one.store_version}  {mark}")
            print(f"serves: {'yes' if answer['serves'] else 'no'} ({self.options.ready_url})")
        return PASS if current and answer["serves"] else FAIL

    # ---- how

    def _store(self) -> Path | None:
        return Path(self.options.root + self.options.store) if self.options.store else None

    def _latest(self) -> int:
        path = self._store()
        return store.latest_seq_id(path) if path else 0

    def _backups(self) -> list[Path]:
        return sorted((self.layout.prefix / "backups").glob("*.db"))

    def _current(self) -> Release:
        current = self.layout.named("current")
        if current is None:
            raise ReleaseError("no release is in use")
        return current

    def _back_up_before_migration(self, release: Release, found: int | None) -> None:
        if found is None or found >= release.store_version:
            return
        name = time.strftime(f"store_v{found}_%Y%m%dT%H%M%SZ.db", time.gmtime())
        target = self.layout.prefix / "backups" / name
        say(f"the store will be brought from version {found} to {release.store_version}; copying it to {target}")
        store.copy(self._store(), target)

    def _switch(self, release: Release, before: Release | None) -> None:
        if before and before.version != release.version:
            self.layout.point("previous", before)
        self.layout.point("current", release)
        say(f"{release.version} is current" + (f", was {before.version}" if before else ""))

    def _go_back(self, failed: Release, before: Release | None, why: str) -> int:
        if before is None or before.version == failed.version:
            say("FAIL: there is no other release to go back to; it stays current")
            return FAIL
        try:
            self._roll(failed, before, why)
        except ReleaseError as refused:
            say(f"FAIL: cannot go back to {before.version}: {refused}")
        return FAIL

    def _roll(self, failed: Release, target: Release, why: str) -> int:
        """From `failed` to `target`: checks first, then keeps what tells why, then acts."""
        restore = Path(self.options.restore_store) if getattr(self.options, "restore_store", None) else None
        if restore:
            self._check_copy(restore, target)
        else:
            self.check_store(target)
        self.check_config(target)
        state = self.layout.state()
        since = state.get("since_seq_id", 0) if state.get("version") == failed.version else 0
        window = archive.FailedWindow(self.layout.prefix / "failed", {
            "failed_version": failed.version, "back_to": target.version, "reason": why,
            "window_from_unix_ms": state.get("since_unix_ms"), "window_to_unix_ms": int(time.time() * 1000)})
        window.take_answers(self.options.ready_url.rstrip("/"))
        latest = self._latest()
        self._switch(target, failed)
        self.layout.set_state({"version": target.version, "since_unix_ms": int(time.time() * 1000),
                               "since_seq_id": latest, "promoted": True})
        problem = self._restart_on(target, restore)
        if self._store():
            window.take_events(self._aside(restore) if restore else self._store(), since)
        log_command = self.options.log_command.replace("{since}", "@%d" % ((state.get("since_unix_ms") or 0) // 1000))
        window.take_log([Path(path) for path in self.options.log_file], log_command)
        window.take_file(failed.path / "RELEASE.json")
        kept = window.close()
        say(f"the failed window is kept in {kept}")
        problem = problem or (None if restore else self._check_record(target, latest))
        self.layout.note("rollback", version=target.version, failed=failed.version, reason=why,
                         archive=str(kept), result=problem or "ready")
        if problem:
            say(f"FAIL: back on {target.version}, but {problem}")
            return FAIL
        say(f"PASS: back on {target.version}, it serves, and the record goes on behind event {latest}")
        return PASS

    def _restart_on(self, target: Release, restore: Path | None) -> str | None:
        """Nothing when it serves, else what is wrong."""
        try:
            if restore:
                self._put_back(restore)
            self.service.restart()
            say(f"{target.version} ready after {self.service.wait_ready(target):.1f} s")
        except (ReleaseError, store.StoreError, OSError) as why:
            return str(why)
        return None

    def _check_record(self, target: Release, latest: int) -> str | None:
        """Nothing that was recorded may be missing, and the log must be whole."""
        path = self._store()
        if not path:
            return None
        after = store.latest_seq_id(path)
        if after < latest:
            return f"the record ends at {after}, it had gone to {latest}"
        tool = target.path / "bin/viz-replay"
        if not tool.exists() or self.options.no_verify:
            return None
        done = subprocess.run([tool, "verify", "--quick", path], capture_output=True, text=True)
        say(f"viz-replay verify: {done.stdout.strip().splitlines()[-1] if done.stdout else done.stderr.strip()}")
        return None if done.returncode == 0 else "viz-replay verify found something"

    # ---- putting an older copy of the store in place

    def _check_copy(self, copy: Path, target: Release) -> None:
        found = store.version(copy)
        if found is None or found > target.store_version:
            raise ReleaseError(f"{copy} has version {found}, and {target.version} opens up to {target.store_version}. Nothing was changed.")
        if not self.options.stop_command:
            raise ReleaseError("--restore-store needs --stop-command: the store is changed while nobody has it open. Nothing was changed.")

    def _aside(self, copy: Path) -> Path:
        return Path(f"{self._store()}.before-{copy.stem}")

    def _put_back(self, copy: Path) -> None:
        done = subprocess.run(["sh", "-c", self.options.stop_command], timeout=300)
        if done.returncode != 0:
            raise ReleaseError(f"`{self.options.stop_command}` ended with {done.returncode}")
        path = self._store()
        owner = path.stat()
        for ending in ("", "-wal", "-shm"):
            if Path(f"{path}{ending}").exists():
                os.replace(f"{path}{ending}", f"{self._aside(copy)}{ending}")
        Path(f"{path}.checkpoints").unlink(missing_ok=True)
        store.copy(copy, path)
        path.chmod(owner.st_mode & 0o7777)
        os.chown(path, owner.st_uid, owner.st_gid)
        say(f"{copy} is in place of the store; the newer one is kept as {self._aside(copy)}")


def build(options: argparse.Namespace) -> int:
    """Packs a folder that is given, or what `cmake --install` makes of the build folder."""
    with tempfile.TemporaryDirectory(prefix="viz-release-") as scratch:
        tree = Path(scratch) / "tree"
        if options.tree:
            subprocess.run(["cp", "-a", "--", options.tree, tree], check=True)
        else:
            steps = [["cmake", "--install", options.build_dir, "--prefix", str(tree)]]
            if not options.no_compile:
                steps.insert(0, ["cmake", "--build", options.build_dir])
            for step in steps:
                say(shlex.join(step))
                done = subprocess.run(step, capture_output=True, text=True)
                if done.returncode != 0:
                    raise ReleaseError(f"{shlex.join(step)}: {(done.stdout + done.stderr)[-2000:]}")
        path = pack(tree, options.version, Path(options.out))
    say(f"PASS: {path} ({path.stat().st_size / 1e6:.1f} MB)")
    return PASS


def read_env_file(path: Path) -> dict:
    """KEY=VALUE lines, as systemd's EnvironmentFile reads the simple ones."""
    settings = {}
    for line in path.read_text().splitlines():
        line = line.strip()
        if line and line[0] not in "#;":
            key, separator, value = line.partition("=")
            if not separator:
                raise ReleaseError(f"{path}: not KEY=VALUE: {line}")
            settings[key.strip()] = value.strip().strip("\"'")
    return settings


def main(arguments: list[str]) -> int:
    options = parse_arguments(arguments)
    try:
        if options.command == "build":
            return build(options)
        actions = Actions(options)
        if options.command == "status":
            return actions.status()
        with actions.layout.locked():
            return getattr(actions, options.command)()
    except (ReleaseError, store.StoreError, OSError, subprocess.SubprocessError) as failure:
        print(f"release: FAIL: {failure}", file=sys.stderr)
        return FAIL


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
