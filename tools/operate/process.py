"""A viz-api process started by a tool: on a free loopback port, measured, ended by its id."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path

from . import web


class StartFailed(Exception):
    """It ended or was not ready in time; the message contains the end of its log."""


class Service:
    """Ends with the `with` block, in every case."""

    def __init__(self, binary: str, folder: Path, settings: dict):
        self.log_path = folder / "viz-api.log"
        self._log = open(self.log_path, "wb")
        clean = {k: v for k, v in os.environ.items() if not k.startswith("VIZ_API_")}
        environment = {
            **clean,
            "VIZ_API_BIND": "127.0.0.1:0",
            "VIZ_API_STORAGE_PATH": str(folder / "viz-api.db"),
            **settings,
        }
        # It ends with this process, even if this one is killed.
        self.child = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", "--", os.path.abspath(binary)],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            cwd=folder,
        )
        self.base = ""

    def __enter__(self) -> Service:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def wait_ready(self, seconds: float = 60.0) -> None:
        if not web.wait_until(self._ready, seconds, every=0.02):
            raise StartFailed(f"not ready within {seconds:.0f} s; its log ends: {self._log_end()}")

    def cpu_seconds(self) -> float:
        """User and system time of all its threads so far, in seconds with nanosecond resolution: the process's
        CPU clock, whose id is derived from the process id (clock_getcpuclockid(3))."""
        return time.clock_gettime((~self.child.pid << 3) | 2)

    def stop(self, seconds: float = 10.0) -> int:
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
            try:
                self.child.wait(seconds)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()
        self._log.close()
        return self.child.returncode

    def _ready(self) -> bool:
        if self.child.poll() is not None:
            status = self.child.returncode
            raise StartFailed(f"ended with {status}; its log ends: {self._log_end()}")
        if not self.base:
            found = re.search(r"viz-api listening address=\S+:(\d+)\s", self._log_end(1 << 16))
            if not found:
                return False
            self.base = f"http://127.0.0.1:{found[1]}"
        return web.answers_ready(self.base)

    def _log_end(self, most: int = 800) -> str:
        return self.log_path.read_text("utf-8", "replace")[-most:].strip()


def chain_settings(greeting: dict) -> dict:
    """The environment that makes viz-api use the node of pipeline_load."""
    chain = {
        "chain_key": "bench",
        "chain_id": greeting["chain_id"],
        "source_id": "node",
        "endpoints": [{"ws_url": greeting["ws_url"], "http_url": greeting["http_url"]}],
    }
    return {
        "VIZ_API_CHAINS": json.dumps([chain]),
        "VIZ_API_RATE_LIMIT_PER_MINUTE": "1000000",
        "VIZ_API_LOG": "info",
    }
