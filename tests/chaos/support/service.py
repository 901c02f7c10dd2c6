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


class Service:
    def __init__(self, binary, node_port):
        self.binary, self.node_port = binary, node_port
        self.folder = tempfile.TemporaryDirectory(prefix="viz-chaos-")
        self.log_path = os.path.join(self.folder.name, "log")
        self.process = None
        self.max_rss_kib = 0

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
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.folder.cleanup()

    def start(self):
        env = {k: v for k, v in os.environ.items() if not k.startswith("VIZ_API_")}
        env |= {"VIZ_API_BIND": "127.0.0.1:0", "VIZ_API_STORAGE_PATH": os.path.join(self.folder.name, "viz-api.db")}
        env |= {"VIZ_API_ETH_WS_URL": f"ws://127.0.0.1:{self.node_port}",
                "VIZ_API_ETH_HTTP_URL": f"http://127.0.0.1:{self.node_port}"}
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen([self.binary], env=env, stdout=log, stderr=log, cwd=self.folder.name)
        self.port = None
        self.until("viz-api is ready", self.ready, START_DEADLINE_S)

    def ready(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            found = re.search(r"viz-api listening address=\S+:(\d+)\s", log.read())
        if not found:
            return False
        self.port = int(found[1])
        return self.get("/ready")[0] == 200

    def until(self, what, condition, deadline_s):
        end = time.monotonic() + deadline_s
        while True:
            if self.process.poll() is not None:
                with open(self.log_path, encoding="utf-8", errors="replace") as log:
                    raise AssertionError(f"viz-api ended with {self.process.returncode}: {log.read()[-400:]}")
            self.sample()
            if condition():
                return
            if time.monotonic() > end:
                raise AssertionError(f"not within {deadline_s} s: {what}")
            time.sleep(0.05)

    def sample(self):
        try:
            with open(f"/proc/{self.process.pid}/status") as status:
                found = re.search(r"VmRSS:\s+(\d+)", status.read())
        except OSError:
            return
        if found:
            self.max_rss_kib = max(self.max_rss_kib, int(found[1]))

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

    def stop(self, deadline_s):
        """SIGTERM; the exit status and the seconds it took."""
        begin = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(deadline_s), time.monotonic() - begin
        except subprocess.TimeoutExpired:
            raise AssertionError(f"SIGTERM did not end viz-api within {deadline_s} s") from None
