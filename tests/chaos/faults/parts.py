"""Components in processes of their own that are killed or stopped, and taps that stop. The rest goes on,
the record stays whole, and work resumes without a restart of the rest."""
import os
import signal
import socket
import subprocess
import tempfile
import time

from support.ledger import Clients, Ledger
from support.node import Node, Traffic
from support.service import Process, Service

COMPONENTS = ["ingest", "decode", "lifecycle", "features", "sim", "storage", "http", "search", "builder"]
STREAMS = ["pending", "tx", "chain", "query", "feature", "candidate", "simulated", "journal", "events", "verdict"]
START_DEADLINE_S = 60
AWAY_S = 4.0


class Part(Process):
    """A viz-api without an HTTP API: known by its log."""

    def start(self):
        self.launch()

    def started(self):
        self.until(f"{self.name} is started", lambda: "viz-api started" in self.log(), START_DEADLINE_S)


class Split:
    """One service in two processes: `component` and all the others. `api` is the one that serves HTTP."""

    def __init__(self, binary, node, component, folder):
        endpoints = ",".join(f"{stream}=ipc://{folder}/{stream}.sock" for stream in STREAMS)
        shared = {"VIZ_API_ENDPOINTS": endpoints, "VIZ_API_STORAGE_PATH": os.path.join(folder, "viz-api.db"),
                  "VIZ_API_SEARCH": "on", "VIZ_API_SIM_SINGLES": "all", "VIZ_API_TAP_ENDPOINT": "",
                  "VIZ_API_ETH_WS_URL": f"ws://127.0.0.1:{node.port}",
                  "VIZ_API_ETH_HTTP_URL": f"http://127.0.0.1:{node.port}"}
        others = ",".join(name for name in COMPONENTS if name != component)
        has_http = {component: component == "http", others: component != "http"}
        made = [Service(binary, None, shared | {"VIZ_API_COMPONENTS": names}, folder, name=names.split(",")[0])
                if has_http[names] else
                Part(binary, folder, shared | {"VIZ_API_COMPONENTS": names}, name=names.split(",")[0])
                for names in (component, others)]
        self.part, self.rest = made
        self.part.name, self.rest.name = component, f"all but {component}"
        self.api = next(process for process in made if isinstance(process, Service))

    def __enter__(self):
        try:
            self.rest.launch()  # together: the one waits for the other's greeting
            self.part.launch()
            self.await_both()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.part.kill()
        self.rest.kill()

    def await_both(self):
        for process in (self.rest, self.part):
            if isinstance(process, Part):
                process.started()
        self.api.until("viz-api is ready", self.api.ready, START_DEADLINE_S)

    def lost(self):
        """Messages that were under way when the part went, by the rest's own count."""
        return int(self.api.metric("bus_remote_lost_total"))


def away(component, how):
    """`how`: "killed", or "stopped" (SIGSTOP) for some seconds."""
    def run(binary, _what, _rng):
        ledger = Ledger()
        with tempfile.TemporaryDirectory(prefix="viz-chaos-") as folder, Node() as node, \
                Split(binary, node, component, folder) as split, Traffic(node, per_second=100):
            split.api.until_visible(node)
            if component != "http":
                with Clients(split.api, ledger):
                    recovery = take_away(split, node, how)
            else:
                with Clients(split.api, ledger):
                    time.sleep(2)
                recovery = take_away(split, node, how)
            whole = ledger.assert_whole(split.api, f"after {component} was {how}")
            seen = f"{whole}, {split.lost()} messages lost under way"
            if split.part is not split.api:
                status, _ = split.part.stop()
                if status != 0:
                    raise AssertionError(f"SIGTERM: {component} ended with {status}: {split.part.log()[-300:]}")
            else:
                status, _ = split.rest.stop()
                if status != 0:
                    raise AssertionError(f"SIGTERM: the rest ended with {status}: {split.rest.log()[-300:]}")
            return split.api.finish(seen, recovery)
    return run


def take_away(split, node, how):
    """The seconds from when the part is back until a new transaction is visible."""
    if how == "killed":
        split.part.kill()
    else:
        split.part.signal(signal.SIGSTOP)
    begin = time.monotonic()
    while time.monotonic() - begin < AWAY_S:
        split.rest.check()
        if split.rest is split.api and not split.api.health():
            raise AssertionError("/health does not answer while the part is away")
        time.sleep(0.2)
    if how == "killed":
        split.part.launch()
        if split.part is split.api:
            split.api.port = None
        split.await_both()
    else:
        split.part.signal(signal.SIGCONT)
    return split.api.until_visible(node)


class Tap:
    """A viz-tap that follows everything into a pipe that nobody reads, or into nothing."""

    def __init__(self, binary, folder, read):
        tool = os.path.join(os.path.dirname(binary), "viz-tap")
        self.sink = open(os.devnull, "wb") if read else None
        self.process = subprocess.Popen([tool, "follow", "--json", "--endpoint", f"ipc://{folder}/tap.sock"],
                                        stdout=self.sink or subprocess.PIPE, stderr=subprocess.DEVNULL)

    def end(self):
        self.process.kill()
        self.process.wait()
        for pipe in (self.sink, self.process.stdout):
            if pipe:
                pipe.close()


def taps(count, how):
    """`how`: "stopped" (SIGSTOP), "unread" (its pipe is full), or "killed" again and again."""
    def run(binary, _what, _rng):
        with tempfile.TemporaryDirectory(prefix="viz-chaos-") as folder, Node() as node:
            settings = {"VIZ_API_TAP_ENDPOINT": f"ipc://{folder}/tap.sock"}
            with Service(binary, node.port, settings, folder) as service, Traffic(node, per_second=300):
                service.until_visible(node)
                begun = [Tap(binary, folder, how != "unread") for _ in range(count)]
                try:
                    time.sleep(1)
                    if how == "stopped":
                        for tap in begun:
                            tap.process.send_signal(signal.SIGSTOP)
                    worst, begin = 0.0, time.monotonic()
                    while time.monotonic() - begin < 8:
                        worst = max(worst, service.until_visible(node))
                        if how == "killed":
                            begun.pop(0).end()
                            begun.append(Tap(binary, folder, True))
                finally:
                    for tap in begun:
                        tap.end()
                recovery = service.until_visible(node)
                return service.finish(f"visible within {worst:.2f} s beside {count} taps", recovery)
    return run


def impostor(binary, _what, rng):
    """Bytes that no process of ours sends, on every socket of a split service."""
    ledger = Ledger()
    with tempfile.TemporaryDirectory(prefix="viz-chaos-") as folder, Node() as node, \
            Split(binary, node, "features", folder) as split, Traffic(node, per_second=100):
        with Clients(split.api, ledger):
            split.api.until_visible(node)
            reached = 0
            for _ in range(20):
                for stream in STREAMS:
                    try:
                        with socket.socket(socket.AF_UNIX) as peer:
                            peer.settimeout(0.2)
                            peer.connect(f"{folder}/{stream}.sock")
                            peer.sendall(rng.randbytes(rng.choice([1, 64, 5000])))
                            reached += 1
                    except OSError:
                        pass  # nobody listens there, or it was cut
            if not reached:
                raise AssertionError("no socket was reached, which proves nothing")
            recovery = split.api.until_visible(node)
        whole = ledger.assert_whole(split.api, "after strange bytes")
        split.part.check()
        split.part.stop()
        return split.api.finish(f"{reached} times strange bytes; {whole}", recovery)


# group, fault, run, what, whether it is of the short form
def rows():
    parts = [("parts", f"{component} {how}", away(component, how), None, (component, how) == ("storage", "killed"))
             for component in COMPONENTS for how in ("killed", "stopped")]
    return parts + [
        ("parts", "strange bytes on every socket", impostor, None, False),
        ("tap", "a tap that stops", taps(1, "stopped"), None, True),
        ("tap", "ten taps whose output nobody reads", taps(10, "unread"), None, False),
        ("tap", "taps killed again and again", taps(3, "killed"), None, False),
    ]
