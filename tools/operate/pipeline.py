"""One measured run of a viz-api executable: a test node announces prepared transactions, and a reader of
/stream receives the events."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from . import metrics_text, web
from .event_stream import StreamReader
from .process import Service, chain_settings

DECODED = b'"type":"TxDecoded"'
PHASE_SECONDS = 120.0
SNAPSHOTS = 21


class RunFailed(Exception):
    """An invalid run: data was lost, or did not arrive in time."""


@dataclass(frozen=True)
class Plan:
    """`transactions` are announced in batches as fast as the service accepts them: each batch waits until
    the one before is visible, so that the run keeps the service busy and no queue overflows. `paced` more
    follow at `rate` per second: their latency is that of a service
    without full load."""

    transactions: int = 8000
    batch: int = 1000
    warm_up: int = 1000
    paced: int = 1000
    rate: int = 1000

    def needed(self) -> int:
        return self.warm_up + self.transactions + self.paced


class Node:
    """pipeline_load: prepares its transactions once for all runs."""

    def __init__(self, program: str, transactions: int):
        self._child = subprocess.Popen(
            [program, str(transactions)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        line = self._child.stdout.readline()
        if not line:
            self._child.wait()
            raise RunFailed(f"{program} ended with {self._child.returncode}")
        self.greeting = json.loads(line)

    def __enter__(self) -> Node:
        return self

    def __exit__(self, *_: object) -> None:
        self._child.stdin.close()
        try:
            self._child.wait(10)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()

    def subscribers(self) -> int:
        self._child.stdin.write("subscribers\n")
        return int(self._child.stdout.readline())

    def play(self, first: int, count: int, rate: int) -> None:
        self._child.stdin.write(f"play {first} {count} {rate}\n")


def measure(binary: str, node: Node, plan: Plan, scratch: Path | None = None) -> dict:
    """Starts `binary` on an empty record, generates load, and returns the figures of the artifact."""
    folder = Path(tempfile.mkdtemp(prefix="viz-perf-", dir=scratch))
    try:
        with Service(binary, folder, chain_settings(node.greeting)) as service:
            service.wait_ready()
            if not web.wait_until(lambda: node.subscribers() == 1, 60):
                raise RunFailed("viz-api did not subscribe to the node")
            with StreamReader(service.base, count=DECODED) as stream:
                if not stream.wait_hello(60):
                    raise RunFailed("/stream did not accept a reader")
                return _figures(service, node, plan, stream)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _figures(service: Service, node: Node, plan: Plan, stream: StreamReader) -> dict:
    run = _Run(service, node, plan, stream)
    run.burst(plan.warm_up, plan.batch)
    cpu, wall = service.cpu_seconds(), time.perf_counter()
    run.burst(plan.transactions, plan.batch)
    cpu, wall = service.cpu_seconds() - cpu, time.perf_counter() - wall
    return {
        "seeded_transactions": plan.needed(),
        "cpu_us_per_tx": cpu / plan.transactions * 1e6,
        "tx_per_sec": plan.transactions / wall,
        **run.paced_latency(),
        **run.after_load(),
    }


class _Run:
    def __init__(self, service: Service, node: Node, plan: Plan, stream: StreamReader):
        self.service, self.node, self.plan, self.stream = service, node, plan, stream
        self.sent = 0

    def burst(self, count: int, batch: int) -> None:
        end = self.sent + count
        while self.sent < end:
            self._play(min(batch, end - self.sent), 1_000_000)

    def _play(self, count: int, rate: int) -> None:
        self.node.play(self.sent, count, rate)
        self.sent += count
        if not self.stream.wait_counted(self.sent, PHASE_SECONDS):
            raise RunFailed(
                f"{self.stream.counted()} of {self.sent} transactions arrived on /stream; "
                f"drops: {self._drops()}"
            )

    def _drops(self) -> dict:
        scrape = self._scrape()
        return {
            sample.labels["reason"]: sample.value
            for sample in scrape.each("viz_api_ingest_drops_total")
            if sample.value
        }

    def _scrape(self) -> metrics_text.Scrape:
        return metrics_text.parse(web.fetch(f"{self.service.base}/metrics")[1])

    def paced_latency(self) -> dict:
        name = "viz_api_ingest_to_visible_seconds"
        before, start = self._scrape().buckets(name), self.stream.size()
        self._play(self.plan.paced, self.plan.rate)
        web.wait_until(lambda: self._visible() >= self.sent, 10)
        after = self._scrape().buckets(name)
        lags = _lags_ms(self.stream.events(start))
        if not lags:
            raise RunFailed("the stream showed no transaction of the paced part")
        return {
            "ingest_to_visible_p50_ms": _ms(metrics_text.quantile(before, after, 0.50)),
            "ingest_to_visible_p99_ms": _ms(metrics_text.quantile(before, after, 0.99)),
            "announced_to_client_p50_ms": lags[len(lags) // 2],
            "announced_to_client_p99_ms": lags[len(lags) * 99 // 100],
        }

    def _visible(self) -> float:
        return self._scrape().total("viz_api_ingest_to_visible_seconds_count")

    def after_load(self) -> dict:
        base = self.service.base
        times = []
        latest = 0
        for _ in range(SNAPSHOTS):
            start = time.perf_counter()
            latest = web.get_json(f"{base}/dashboard/snapshot")["latest_seq_id"]
            times.append((time.perf_counter() - start) * 1e3)
        start = time.perf_counter()
        with StreamReader(base, after=0) as reader:
            if not reader.wait_id(latest, PHASE_SECONDS):
                raise RunFailed("a new reader of /stream did not catch up")
            took = time.perf_counter() - start
            seen = reader.seen()
        return {
            "seeded_events": latest,
            "latest_seq_id": latest,
            "snapshot_latency_ms": statistics.median(times),
            "stream_catch_up_ms": took * 1e3,
            "stream_events_seen": seen,
            "stream_events_per_sec": seen / took,
            "dropped": sum(self._drops().values()),
        }


def _lags_ms(events: list) -> list[float]:
    """From the time in TxSeen (when the announcement was read from the node's socket) to the arrival of
    TxDecoded: both are readings of this machine's monotonic clock."""
    announced, lags = {}, []
    for arrival, envelope in events:
        payload = envelope["payload"]
        tx_hash = payload["data"].get("hash")
        if payload["type"] == "TxSeen":
            announced[tx_hash] = envelope["ingest_ts_mono_ns"]
        elif payload["type"] == "TxDecoded" and tx_hash in announced:
            lags.append((arrival - announced[tx_hash]) / 1e6)
    return sorted(lags)


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else seconds * 1e3


def machine() -> dict:
    model = "unknown"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    return {"cpu": model, "cores": os.cpu_count(), "kernel": os.uname().release, "load": os.getloadavg()[0]}
