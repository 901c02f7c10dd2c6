"""release.sh: several installed versions of viz-api, one of them active."""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from . import interrupt, store, web
from .checks import Checks
from .layout import Layout, Release, ReleaseError, pack, verify
from .migration import Migration
from .release_options import parse_arguments
from .rollback import Rollback
from .running import Service
from .words import FAIL, PASS, say


class Actions:
    def __init__(self, options: argparse.Namespace):
        self.options = options
        self.service = Service(options) if "restart_command" in options else None
        self.layout = Layout(Path(options.root + options.prefix))
        self.checks = Checks(options, self.layout) if "store" in options else None

    def install(self) -> int:
        release = self.layout.install(Path(self.options.package))
        self.layout.note("install", version=release.version)
        say(f"PASS: {release.version} is installed in {release.path}")
        return PASS

    def activate(self) -> int:
        release = self.layout.release(self.options.version)
        verify(release.path)
        found = self.checks.store(release)
        self.checks.config(release)
        before = self.layout.current()
        migration = Migration(self.options, self.layout, self.service, self.checks)
        with migration.before(release, found):
            self.layout.begin(release, self.checks.latest())
            self._switch(release, before)
        try:
            self.service.restart()
            took = self.service.wait_ready(release)
        except (ReleaseError, OSError, interrupt.Interrupted) as why:
            reason = str(why) if isinstance(why, Exception) else f"the activation was interrupted by {why}"
            say(f"{release.version} failed: {reason}")
            with interrupt.held_off():
                return self._go_back(release, reason, migration)
        self.layout.became(ready=True)
        self._keep_metrics()
        self.layout.note("activate", version=release.version, result="ready", seconds=round(took, 3))
        say(f"PASS: {release.version} serves, ready after {took:.1f} s" + (f"; before: {before.version}" if before else ""))
        return PASS

    def promote(self) -> int:
        current, state = self._current(), self.layout.state()
        if not state.get("ready"):
            raise ReleaseError(f"{current.version} has not become ready: activate it, or roll back")
        verdict = self._take_verdict(current, state) if self.options.verdict else "without a canary's verdict"
        self.layout.became(promoted=True)
        self.layout.note("promote", version=current.version, result=verdict)
        say(f"PASS: {current.version} is promoted, {verdict}")
        return PASS

    def _take_verdict(self, current: Release, state: dict) -> str:
        """Accepts the canary's verdict: a pass, of this release, since its activation."""
        path = Path(self.options.verdict)
        try:
            verdict = json.loads(path.read_text())
            passed, version, ended = verdict["verdict"] == "pass", verdict["version"], verdict["ended_unix_ms"]
        except (OSError, ValueError, KeyError, TypeError) as bad:
            raise ReleaseError(f"{path} is not a verdict of a canary: {bad}") from bad
        if not passed:
            raise ReleaseError(f"the canary failed ({path}): roll back")
        if version != current.reports or ended < state["since_unix_ms"]:
            raise ReleaseError(f"{path} is a verdict on {version}, or older than the activation of {current.version}")
        kept = self.layout.prefix / "verdicts" / f"canary_{current.version}.json"
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(json.dumps(verdict, indent=2) + "\n")
        return f"after {verdict['figures']['seconds'] / 60:.1f} minutes of canary"

    def rollback(self) -> int:
        current = self._current()
        wanted = self.options.to
        target = self.layout.release(wanted) if wanted else self.layout.previous()
        if target is None:
            raise ReleaseError("there is no earlier release to go back to that became ready; name one with --to VERSION")
        if target.version == current.version:
            raise ReleaseError(f"{target.version} is in use already")
        restore = Path(self.options.restore_store) if self.options.restore_store else None
        return self._way_back(restore).run(current, target, self.options.reason)

    def status(self) -> int:
        current, previous, state = self.layout.current(), self.layout.previous(), self.layout.state()
        path = self.checks.store_path
        answer = {
            "prefix": str(self.layout.prefix),
            "current": current.version if current else None,
            "previous": previous.version if previous else None,
            "installed": [one.version for one in self.layout.all()],
            "state": state,
            "finished": bool(state.get("ready")) and current is not None and state.get("version") == current.version,
            "store_version": store.version(path) if path else None,
            "serves": web.answers_ready(self.options.ready_url.rstrip("/")),
            "history": self.layout.history()[-10:],
        }
        if self.options.json:
            print(json.dumps(answer, indent=2))
        else:
            self._print_status(answer)
        return PASS if current and answer["serves"] and answer["finished"] else FAIL

    def _print_status(self, answer: dict) -> None:
        for one in self.layout.all():
            mark = {answer["current"]: "current", answer["previous"]: "rollback target"}.get(one.version, "")
            print(f"{one.version:<32} opens stores up to version {one.store_version}  {mark}")
        version = "none yet" if answer["store_version"] is None else f"version {answer['store_version']}"
        print(f"store: {version} ({self.checks.store_path})")
        print(f"serves: {'yes' if answer['serves'] else 'no'} ({self.options.ready_url})")
        if answer["state"] and not answer["finished"]:
            print(f"the last action, with {answer['state']['version']}, was interrupted: activate it again, or roll back")

    def _current(self) -> Release:
        current = self.layout.current()
        if current is None:
            raise ReleaseError("no release is in use")
        return current

    def _switch(self, release: Release, before: Release | None) -> None:
        self.layout.point("current", release)
        self.layout.point_previous()
        say(f"{release.version} is current" + (f", was {before.version}" if before else ""))

    def _keep_metrics(self) -> None:
        """Saves the initial counters: the archive of a failed release has metrics from its start and end."""
        try:
            status, text = web.fetch(f"{self.service.base}/metrics")
            if status == 200:
                (self.layout.prefix / "metrics_at_start.prom").write_text(text)
        except (web.Unreachable, OSError) as failure:
            say(f"the metrics at start could not be kept: {failure}")

    def _way_back(self, restore: Path | None) -> Rollback:
        return Rollback(self.options, self.layout, self.service, self.checks, restore)

    def _go_back(self, failed: Release, why: str, migration: Migration) -> int:
        try:
            self.layout.note("activate", version=failed.version, result="failed", reason=why)
        except OSError as failure:
            say(f"the history cannot be written: {failure}")
        try:
            target = self.layout.previous()
            if target is None:
                say("FAIL: there is no other release to go back to; it stays active")
            else:
                self._way_back(migration.restorable(target)).run(failed, target, why)
        except (ReleaseError, store.StoreError, OSError) as refused:
            say(f"FAIL: {failed.version} stays active, the rollback is not possible: {refused}")
        return FAIL


def build(options: argparse.Namespace) -> int:
    """Packs a given folder, or the result of `cmake --install` of the build folder."""
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


def main(arguments: list[str]) -> int:
    options = parse_arguments(arguments)
    interrupt.as_exceptions()
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
    except interrupt.Interrupted as signal:
        print(f"release: FAIL: ended by {signal}", file=sys.stderr)
        return FAIL


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
