"""Half an hour of steady mixed load, with search on: resident memory must not grow in the last half.

Two chains: the devnet of tools/devnet (anvil, real swaps, reorgs), and a scripted node at a higher rate
that fills the bounded tables early. Clients of pages, streams and metrics, and taps that come and go.
"""
import http.client
import json
import os
import pathlib
import subprocess
import tempfile
import threading
import time

from support.node import Node, Traffic
from support.service import Service
from support.stream import chunks

ROOT = pathlib.Path(__file__).resolve().parents[2]
SAMPLE_S = 5
GROWTH_BOUND = 0.03  # of resident memory over the last half, by a line through its samples
DEVNET_RATE, NODE_RATE = 60, 150


class Devnet:
    def __init__(self, folder):
        self.errors = open(os.path.join(folder, "devnet.err"), "wb")
        command = ["node", "tools/devnet/devnet.mjs", "--rate", str(DEVNET_RATE), "--reorg-every", "15"]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=self.errors)
        line = self.process.stdout.readline()
        if not line:
            self.close()
            raise AssertionError(f"the devnet did not start: {folder}/devnet.err")
        self.started = json.loads(line)
        self.drain = threading.Thread(target=self.process.stdout.read, name="devnet", daemon=True)
        self.drain.start()

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.errors.close()

    def chain(self):
        return {"chain_key": "devnet", "chain_id": self.started["chain_id"], "finality_depth": 8,
                "endpoints": [{"ws_url": self.started["ws_url"], "http_url": self.started["http_url"]}]}


class Load:
    """Readers of the API until they are closed; each counts what it got."""

    def __init__(self, service, folder, tap):
        self.service, self.tap_endpoint, self.tap = service, f"ipc://{folder}/tap.sock", tap
        self.closing, self.answers, self.stream_bytes = threading.Event(), 0, 0
        self.threads = [threading.Thread(target=run, name=run.__name__)
                        for run in (self._pages, self._stream, self._stream, self._taps)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.closing.set()
        for thread in self.threads:
            thread.join()

    def _pages(self):
        after = 0
        while not self.closing.wait(0.5):
            for path in (f"/events?limit=1000&after={after}", "/transactions/all?limit=500", "/metrics", "/health",
                         "/dashboard/snapshot", "/opps/recent?limit=50"):
                connection = http.client.HTTPConnection("127.0.0.1", self.service.port, timeout=30)
                try:
                    connection.request("GET", path)
                    answer = connection.getresponse()
                    body = answer.read()
                    self.answers += answer.status == 200
                    if path.startswith("/events") and answer.status == 200:
                        page = json.loads(body)
                        after = page[-1]["seq_id"] if page else after
                except (OSError, http.client.HTTPException):
                    pass
                finally:
                    connection.close()

    def _stream(self):
        while not self.closing.is_set():
            end = time.monotonic() + 60  # then a new connection
            try:
                for chunk in chunks(self.service.port, "/stream",
                                    lambda end=end: self.closing.is_set() or time.monotonic() > end):
                    self.stream_bytes += len(chunk)
            except OSError:
                self.closing.wait(0.2)

    def _taps(self):
        while not self.closing.is_set():
            with subprocess.Popen([self.tap, "follow", "--json", "--seconds", "30", "--endpoint", self.tap_endpoint],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as tap:
                self.closing.wait(30)
                tap.terminate()


def growth(samples):
    """By a least-squares line: (growth from the first sample to the last, mean), in KiB."""
    times, sizes = [time for time, _ in samples], [size for _, size in samples]
    mean_t, mean_s = sum(times) / len(times), sum(sizes) / len(sizes)
    slope = (sum((t - mean_t) * (s - mean_s) for t, s in samples) /
             sum((t - mean_t) ** 2 for t in times))
    return slope * (times[-1] - times[0]), mean_s


def steady(service, seconds):
    """Samples of resident memory, as (seconds, KiB), with a line per minute."""
    samples, begin, minute = [], time.monotonic(), -1
    while (now := time.monotonic() - begin) < seconds:
        service.check()
        samples.append((now, service.rss_kib()))
        if int(now / 60) > minute:
            minute = int(now / 60)
            print(f"soak: minute {minute} of {seconds / 60:.0f}: {samples[-1][1] // 1024} MiB resident, "
                  f"{int(service.metric('storage_events_total'))} events", flush=True)
        time.sleep(SAMPLE_S)
    return samples


def run(binary, seconds):
    """The exit status."""
    tap = os.path.join(os.path.dirname(binary), "viz-tap")
    with tempfile.TemporaryDirectory(prefix="viz-soak-") as folder, Node() as node:
        devnet = Devnet(folder)
        try:
            scripted = {"chain_key": "scripted", "chain_id": 1,
                        "endpoints": [{"ws_url": f"ws://127.0.0.1:{node.port}", "http_url": f"http://127.0.0.1:{node.port}"}]}
            settings = {"VIZ_API_CHAINS": json.dumps([devnet.chain(), scripted]), "VIZ_API_SEARCH": "on",
                        "VIZ_API_SIM_SINGLES": "all", "VIZ_API_TAP_ENDPOINT": f"ipc://{folder}/tap.sock"}
            with Service(binary, None, settings, folder) as service, Traffic(node, NODE_RATE, 2.0) as traffic, \
                    Load(service, folder, tap) as load:
                samples = steady(service, seconds)
                events, found = int(service.metric("storage_events_total")), int(service.metric("search_candidates_total"))
                status, took = service.stop()
        finally:
            devnet.close()
    grown, mean = growth(samples[len(samples) // 2:])
    print(f"soak: {seconds:.0f} s, {traffic.sent} transactions of the scripted chain, {events} events, "
          f"{found} opportunities, {load.answers} answers, {load.stream_bytes >> 20} MiB streamed, stop {took:.1f} s\n"
          f"soak: resident memory {mean / 1024:.0f} MiB in the last half, grown by {grown / 1024:.1f} MiB in it "
          f"({100 * grown / mean:.1f} %, at most {100 * GROWTH_BOUND:.0f})")
    return 0 if status == 0 and grown <= GROWTH_BOUND * mean else 1
