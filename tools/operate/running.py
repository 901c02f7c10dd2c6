"""The running service as seen by release.sh: commands that restart and stop it, and its URL."""

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
        """Seconds until the release was ready and healthy; the ReleaseError contains the last answer."""
        start = time.monotonic()
        if not web.wait_until(lambda: self._well(release, self._answers()), self._limit, every=0.1):
            raise ReleaseError(f"not ready within {self._limit:g} s: {self._last}")
        return time.monotonic() - start

    def wait_subscribed(self, seconds: float) -> bool:
        """Waits until every chain is subscribed: a new process connects after it is ready."""

        def all_subscribed() -> bool:
            try:
                return all(chain["state"] == "subscribed" for chain in web.get_json(f"{self.base}/chains/status"))
            except (web.Unreachable, TypeError, KeyError):
                return False

        return web.wait_until(all_subscribed, seconds, every=0.1)

    def _answers(self) -> dict:
        answers = {}
        for route in ("/ready", "/health"):
            try:
                answers[route] = web.fetch(self.base + route, timeout=3)
            except web.Unreachable as failure:
                self._last = str(failure)
                return {}
        return answers

    def _well(self, release: Release, answers: dict) -> bool:
        """Ready, healthy, of that release, and started since the restart: answers of the earlier process do
        not count."""
        for route, (status, body) in answers.items():
            if status != 200:
                self._last = f"{route} answers {status}: {body[:200]}"
                return False
        if not answers:
            return False
        try:
            health = json.loads(answers["/health"][1])
            version, uptime = health.get("version"), float(health.get("uptime_s", 0))
        except (ValueError, TypeError, AttributeError):
            self._last = f"/health is not viz-api's: {answers['/health'][1][:80]!r}"
            return False
        if version != release.reports:
            self._last = f"/health reports version {version}, expected {release.reports}"
            return False
        if uptime > time.monotonic() - self._restarted + 1:
            self._last = "the earlier process still serves requests: the restart command did not restart it"
            return False
        return True


def run(command: str) -> None:
    """In a separate session: Ctrl-C reaches only this process, which then handles it."""
    try:
        done = subprocess.run(["sh", "-c", command], stdin=subprocess.DEVNULL, timeout=COMMAND_SECONDS, start_new_session=True)
    except subprocess.TimeoutExpired:
        raise ReleaseError(f"`{command}` did not end within {COMMAND_SECONDS:g} s") from None
    if done.returncode != 0:
        raise ReleaseError(f"`{command}` ended with {done.returncode}")
