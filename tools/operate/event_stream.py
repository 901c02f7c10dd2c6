"""A reader of /stream with little overhead, for measurements: it stores bytes and arrival times, and
parses them afterwards."""

from __future__ import annotations

import bisect
import json
import re
import socket
import threading
import time
from urllib.parse import urlsplit

_EVENT = re.compile(rb"^id: (\d+)\r?\n(?:event: [^\n]*\n)?data: (\{.*\})\r?$", re.MULTILINE)
_ID = re.compile(rb"^id: (\d+)\r?$", re.MULTILINE)


class StreamReader:
    """Reads on a separate thread until closed by either side."""

    def __init__(self, base: str, after: int | None = None, count: bytes = b""):
        url = urlsplit(base)
        self._socket = socket.create_connection((url.hostname, url.port), timeout=20)
        path = "/stream" if after is None else f"/stream?after={after}"
        self._socket.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {url.netloc}\r\nAccept: text/event-stream\r\n\r\n".encode()
        )
        self._mark = count
        self._counted = 0
        self._last_id = 0
        self._bytes = bytearray()
        self._arrivals: list[tuple[int, int]] = []  # end offset, monotonic ns
        self._changed = threading.Condition()
        self._ended = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def __enter__(self) -> StreamReader:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._thread.join()
        self._socket.close()

    def wait_hello(self, seconds: float) -> bool:
        """Waits until the subscription has begun: earlier events are not received."""
        return self._wait(lambda: b"event: hello" in self._bytes[:4096], seconds)

    def wait_counted(self, count: int, seconds: float) -> bool:
        """Waits until the mark has been seen that many times."""
        return self._wait(lambda: self._counted >= count, seconds)

    def wait_id(self, seq_id: int, seconds: float) -> bool:
        return self._wait(lambda: self._last_id >= seq_id, seconds)

    def counted(self) -> int:
        return self._counted

    def size(self) -> int:
        return len(self._bytes)

    def events(self, start: int = 0) -> list[tuple[int, dict]]:
        """(arrival in monotonic ns, envelope) of the events from that offset on."""
        with self._changed:
            text, arrivals = bytes(self._bytes), list(self._arrivals)
        ends = [end for end, _ in arrivals]
        found = []
        for match in _EVENT.finditer(text, start):
            at = bisect.bisect_left(ends, match.end())
            found.append((arrivals[min(at, len(ends) - 1)][1], json.loads(match[2])))
        return found

    def seen(self) -> int:
        """The number of events received."""
        with self._changed:
            return len(_ID.findall(bytes(self._bytes)))

    def _wait(self, holds, seconds: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: holds() or self._ended, seconds) and holds()

    def _run(self) -> None:
        while True:
            try:
                chunk = self._socket.recv(1 << 18)
            except OSError:
                chunk = b""
            now = time.monotonic_ns()
            with self._changed:
                if not chunk:
                    self._ended = True
                    self._changed.notify_all()
                    return
                self._take(chunk, now)
                self._changed.notify_all()

    def _take(self, chunk: bytes, now: int) -> None:
        # A mark or an id may span two reads: searches a little earlier, without counting one twice.
        before = len(self._bytes)
        self._bytes += chunk
        self._arrivals.append((len(self._bytes), now))
        if self._mark:
            self._counted += self._bytes.count(self._mark, max(0, before - len(self._mark) + 1))
        for match in _ID.finditer(self._bytes, max(0, self._bytes.rfind(b"\nid: ", 0, len(self._bytes) - 24))):
            self._last_id = int(match[1])
