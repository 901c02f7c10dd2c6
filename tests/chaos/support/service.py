"""The viz-api under test: its own folder, a port the kernel chose, its own process id."""
import http.client
import json
import os
import re
import signal
import subprocess
import tempfile
import time

START_DEADLINE_S = 60
STOP_DEADLINE_S = 30   # a busy machine; the time it took is in the table
RECOVERY_DEADLINE_S = 60
RSS_BOUND_KIB = 1 << 20
ASAN_FACTOR = 4        # red zones and freed memory that is kept back


class Process:
    """One viz-api, whole or a part, with its log."""

    def __init__(self, binary, folder, settings, name="viz-api", preload=None):
        self.binary, self.folder, self.settings, self.name, self.preload = binary, folder, settings, name, preload
        self.log_path = os.path.join(folder, f"{name}.log")
        self.process, self.max_rss_kib = None, 0

    def launch(self):
        env = {k: v for k, v in os.environ.items() if not k.startswith("VIZ_API_")} | self.settings
        env.setdefault("ASAN_OPTIONS", "detect_leaks=0:verify_asan_link_order=0")
        if self.preload:
            env |= self.preload
        with open(self.log_path, "ab") as log:
            self.log_start = log.tell()
            self.process = subprocess.Popen([self.binary], env=env, stdout=log, stderr=log, cwd=self.folder)

    def log(self):
        with open(self.log_path, "rb") as log:
            log.seek(self.log_start)
            return log.read().decode("utf-8", "replace")

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def check(self):
        if not self.alive():
            log = self.log()
            at = log.find("ERROR: AddressSanitizer")
            raise AssertionError(f"{self.name} ended with {self.process.returncode}: {log[at:at + 900] if at >= 0 else log[-400:]}")
        self.sample()

    def sample(self):
        """The peak, as the kernel keeps it: nothing is missed between two looks."""
        try:
            with open(f"/proc/{self.process.pid}/status") as status:
                found = re.search(r"VmHWM:\s+(\d+)", status.read())
        except OSError:
            return
        if found:
            self.max_rss_kib = max(self.max_rss_kib, int(found[1]))

    def rss_kib(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            return int(re.search(r"VmRSS:\s+(\d+)", status.read())[1])

    def until(self, what, condition, deadline_s):
        """Seconds until the condition held. Raises when it does not in time, or the process ended."""
        begin = time.monotonic()
        while True:
            self.check()
            if condition():
                return time.monotonic() - begin
            if time.monotonic() > begin + deadline_s:
                raise AssertionError(f"not within {deadline_s} s: {what}")
            time.sleep(0.05)

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        if self.alive():
            self.sample()
            self.process.kill()
        if self.process:
            self.process.wait()

    def stop(self, deadline_s=STOP_DEADLINE_S):
        """SIGTERM; the exit status and the seconds it took."""
        begin = time.monotonic()
        self.sample()
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(deadline_s), time.monotonic() - begin
        except subprocess.TimeoutExpired:
            raise AssertionError(f"SIGTERM did not end {self.name} within {deadline_s} s") from None


class Service(Process):
    """A viz-api with an HTTP API, in a temporary folder of its own unless one is given."""

    def __init__(self, binary, node_port, settings=None, folder=None, preload=None, name="viz-api"):
        self.temporary = None if folder else tempfile.TemporaryDirectory(prefix="viz-chaos-")
        folder = folder or self.temporary.name
        node = {} if node_port is None else {"VIZ_API_ETH_WS_URL": f"ws://127.0.0.1:{node_port}",
                                             "VIZ_API_ETH_HTTP_URL": f"http://127.0.0.1:{node_port}"}
        own = {"VIZ_API_BIND": "127.0.0.1:0", "VIZ_API_STORAGE_PATH": os.path.join(folder, "viz-api.db")}
        super().__init__(binary, folder, own | node | (settings or {}), name, preload)
        self.port = None
        with open(binary, "rb") as file:
            self.factor = ASAN_FACTOR if b"__asan_init" in file.read() else 1

    @property
    def database(self):
        return self.settings["VIZ_API_STORAGE_PATH"]

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.kill()
        if self.temporary:
            self.temporary.cleanup()

    def start(self):
        """Seconds until /ready."""
        self.launch()
        self.port = None
        return self.until("viz-api is ready", self.ready, START_DEADLINE_S)

    def restart(self):
        self.kill()
        return self.start()

    def ready(self):
        if self.port is None:
            found = re.search(r"viz-api listening address=\S+:(\d+)\s", self.log())
            if not found:
                return False
            self.port = int(found[1])
        return self.get("/ready")[0] == 200

    def get(self, path, timeout_s=10):
        """(status, body); status 0 while nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout_s)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            connection.close()

    def health(self):
        status, body = self.get("/health")
        return json.loads(body) if body and status else {}

    def reasons(self):
        """What /health complains of; nothing while it is ok or unreachable."""
        return self.health().get("reasons", [])

    def knows(self, tx_hash):
        return self.get(f"/transactions/{tx_hash}")[0] == 200

    def metric(self, name, label=""):
        """The sum over all labels that match."""
        lines = self.get("/metrics")[1].decode().splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines
                   if line.startswith((f"viz_api_{name} ", f"viz_api_{name}{{")) and label in line)

    def until_visible(self, node, deadline_s=RECOVERY_DEADLINE_S):
        """Announces a new transaction every half second until one is shown; the seconds it took."""
        announced, last = [], 0.0

        def one_is_shown():
            nonlocal last
            if time.monotonic() - last >= 0.5:
                last = time.monotonic()
                announced.append(node.announce())
                if not node.subscribers():
                    announced.pop()
            return any(self.knows(tx_hash) for tx_hash in announced[-4:])
        return self.until("a new transaction is visible", one_is_shown, deadline_s * self.factor)

    def finish(self, seen, recovery_s, rss_bound_kib=RSS_BOUND_KIB, stop_bound_s=STOP_DEADLINE_S):
        """Checks memory and the stop; the row's columns."""
        self.check()
        bound = rss_bound_kib * self.factor
        if self.max_rss_kib > bound:
            raise AssertionError(f"{self.max_rss_kib // 1024} MiB resident, more than {bound // 1024}; {seen}")
        status, took = self.stop(stop_bound_s * self.factor)
        if status != 0:
            raise AssertionError(f"SIGTERM: status {status}: {self.log()[-300:]}; {seen}")
        return {"seen": f"{seen}; stop {took:.1f} s", "recovery_s": round(recovery_s, 2),
                "rss_mib": self.max_rss_kib // 1024}
