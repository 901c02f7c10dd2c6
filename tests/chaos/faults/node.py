"""A node that sends chosen bytes to whoever connects."""
import socket
import threading


class ByteNode:
    """Answers each connection's first bytes with `answer`, then closes it."""

    def __init__(self, answer):
        self.answer, self.served = answer, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.listener.settimeout(0.2)
        self.closing = threading.Event()
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()

    def _serve(self):
        while not self.closing.is_set():
            try:
                peer, _ = self.listener.accept()
            except OSError:
                continue
            self.served += 1
            with peer:
                peer.settimeout(2)
                try:
                    peer.recv(65536)
                    peer.sendall(self.answer)
                except OSError:
                    pass  # the service left first

    def close(self):
        self.closing.set()
        self.thread.join()
        self.listener.close()


SCENARIOS = {
    "closes at once": b"",
    "TLS garbage": b"\x16\x03\x03\xff\xff" + b"\xaa" * 4096,
    "redirect": b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
    "body that claims 2^40 bytes": b"HTTP/1.1 200 OK\r\nContent-Length: 1099511627776\r\n\r\n{",
    "body that claims 2^62 bytes": b"HTTP/1.1 200 OK\r\nContent-Length: 4611686018427387904\r\n\r\n{",
    "endless header": b"HTTP/1.1 200 OK\r\nX: " + b"a" * (4 << 20),
}
