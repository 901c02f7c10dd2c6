"""What these tests share: a node with traffic, and a service that a restart command restarts, as
systemd would."""

import os
import shlex
import socket
import subprocess
import tempfile
import unittest
from pathlib import Path

from operate import pipeline, web
from operate.process import chain_settings

TOOLS = Path(__file__).resolve().parents[3] / "tools"
BINARY = os.environ["VIZ_BIN"]
REPLAY = os.environ["VIZ_REPLAY_BIN"]

# Bounds for what is to succeed: a busy machine takes its time.
READY_SECONDS = 60
WAIT_SECONDS = 60

# restart: ends the old process by its id, starts the current release with the environment file.
SERVICE = """#!/bin/bash
set -eu
cd "$(dirname "$0")"
if [ -s pid ]; then
    kill "$(cat pid)" 2>/dev/null || true
    while kill -0 "$(cat pid)" 2>/dev/null; do sleep 0.02; done
fi
[ "${1:-restart}" = stop ] && exit 0
set -a; . ./viz-api.env; set +a
setsid ./opt/current/bin/viz-api >>service.log 2>&1 </dev/null &
echo $! >pid
"""


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class Bench(unittest.TestCase):
    TRANSACTIONS = 20000

    @classmethod
    def setUpClass(cls):
        cls.node = cls.enterClassContext(pipeline.Node(os.environ["PIPELINE_LOAD_BIN"], cls.TRANSACTIONS))

    def setUp(self):
        self.root = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="viz operate ")))  # a space, as paths may have
        self.base = f"http://127.0.0.1:{free_port()}"
        self.store = self.root / "viz-api.db"
        settings = {
            **chain_settings(self.node.greeting),
            "VIZ_API_BIND": self.base.removeprefix("http://"),
            "VIZ_API_STORAGE_PATH": str(self.store),
        }
        (self.root / "viz-api.env").write_text("".join(f"{k}='{v}'\n" for k, v in settings.items()))
        self.service = self.root / "service"
        self.service.write_text(SERVICE)
        self.service.chmod(0o755)
        self.addCleanup(self.end_service)

    def end_service(self):
        subprocess.run([self.service, "stop"], timeout=WAIT_SECONDS)

    def pid(self):
        return int((self.root / "pid").read_text())

    def tool(self, name, *arguments, timeout=200):
        """(exit status, what it printed)"""
        # From elsewhere: where one stands is of no account.
        done = subprocess.run([TOOLS / name, *map(str, arguments)], cwd="/", capture_output=True, text=True, timeout=timeout,
                              env={**os.environ, "TMPDIR": str(self.root)})  # its files are removed with the test
        return done.returncode, done.stdout + done.stderr

    def release(self, command, *arguments, limit=READY_SECONDS):
        return self.tool("release.sh", *self.release_arguments(command, *arguments, limit=limit))

    def release_arguments(self, command, *arguments, limit=READY_SECONDS):
        acting = ["--restart-command", shlex.quote(str(self.service)), "--ready-limit", limit, "--env-file", self.root / "viz-api.env",
                  "--log-command", "", "--log-file", self.root / "service.log", "--recheck-seconds", 1]
        running = ["--ready-url", self.base, "--store", self.store]
        more = {"activate": running + acting, "rollback": running + acting, "status": running}.get(command, [])
        return [command, "--prefix", self.root / "opt", *more, *arguments]

    def package(self, version, script=None, extra=None):
        """A release named `version` of the executable under test, or of a script in its place."""
        tree = self.root / f"tree-{version}"
        (tree / "bin").mkdir(parents=True)
        binary = tree / "bin/viz-api"
        binary.write_text(script or f'#!/bin/sh\nexec {BINARY} "$@"\n')
        binary.chmod(0o755)
        replay = tree / "bin/viz-replay"
        replay.write_text(f'#!/bin/sh\nexec {REPLAY} "$@"\n')
        replay.chmod(0o755)
        for name, text in (extra or {}).items():
            (tree / name).write_text(text)
        status, reported = self.tool("release.sh", "build", "--tree", tree, "--version", version, "--out", self.root / "packages")
        self.assertEqual(status, 0, reported)
        return self.root / f"packages/viz-api-{version}.tar.gz"

    def have(self, version, script=None):
        status, reported = self.release("install", self.package(version, script))
        self.assertEqual(status, 0, reported)

    def current(self):
        return Path(os.readlink(self.root / "opt/current")).name

    def seen(self):
        """seq_id -> the event as a client sees it, of the whole record."""
        events, after = {}, 0
        while page := web.get_json(f"{self.base}/events?after={after}&limit=5000"):
            events |= {event["seq_id"]: event for event in page}
            after = page[-1]["seq_id"]
        return events

    def announce(self, first, count):
        """Traffic, until it is in the record."""
        self.assertTrue(web.wait_until(lambda: self.node.subscribers() == 1, WAIT_SECONDS))
        before = web.get_json(f"{self.base}/dashboard/snapshot")["latest_seq_id"]
        self.node.play(first, count, 1_000_000)
        wanted = before + 3 * count  # seen, decoded, ready or blocked
        self.assertTrue(web.wait_until(
            lambda: web.get_json(f"{self.base}/dashboard/snapshot")["latest_seq_id"] >= wanted, WAIT_SECONDS))
