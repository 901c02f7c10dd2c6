"""The running service as release.sh knows it: commands that restart and stop it, a URL it answers at."""

from __future__ import annotations

import argparse
import json
import subprocess
import time

from . import web
from .layout import Release, ReleaseError

COMMAND_SECONDS = 300.0


class Service:
    def __init__(self, options: argparse.Namespace):
        self._restart_command = options.restart_command
        self._limit = options.ready_limit
        self.base = options.ready_url.rstrip("/")
        self._restarted = time.monotonic()
        self._last = "no answer"

    def restart(self) -> None:
        self._restarted = time.monotonic()
        run(self._restart_command)

    def wait_ready(self, release: Release) -> float:
        """Seconds until it answered well; ReleaseError tells what it said last."""
        start = time.monotonic()
        if not web.wait_until(lambda: self._well(release, self._answers()), self._limit, every=0.1):
            raise ReleaseError(f"not ready within {self._limit:g} s: {self._last}")
        return time.monotonic() - start

    def wait_subscribed(self, seconds: float) -> bool:
        """Until every chain is listened to again: a new process connects after it is ready."""

        def all_subscribed() -> bool:
            try:
                return all(chain["state"] == "subscribed" for chain in web.get_json(f"{self.base}/chains/status"))
            except (web.Unreachable, TypeError, KeyError):
                return False

        return web.wait_until(all_subscribed, seconds, every=0.1)

    def _answers(self) -> dict:
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
        try:
            health = json.loads(told["/health"][1])
            version, uptime = health.get("version"), float(health.get("uptime_s", 0))
        except (ValueError, TypeError, AttributeError):
            self._last = f"/health is not viz-api's: {told['/health'][1][:80]!r}"
            return False
        if version != release.reports:
            self._last = f"/health says version {version}, expected {release.reports}"
            return False
        if uptime > time.monotonic() - self._restarted + 1:
            self._last = "the process of before still serves: the restart command did not restart it"
            return False
        return True


def run(command: str) -> None:
    """In a session of its own: Ctrl-C is for us, who then put things in order."""
    try:
        done = subprocess.run(["sh", "-c", command], stdin=subprocess.DEVNULL, timeout=COMMAND_SECONDS, start_new_session=True)
    except subprocess.TimeoutExpired:
        raise ReleaseError(f"`{command}` did not end within {COMMAND_SECONDS:g} s") from None
    if done.returncode != 0:
        raise ReleaseError(f"`{command}` ended with {done.returncode}")
