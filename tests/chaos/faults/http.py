"""Clients of the HTTP service that do not behave."""
import socket


def _connections(service, count, first_bytes):
    sockets = []
    for _ in range(count):
        client = socket.create_connection(("127.0.0.1", service.port), timeout=5)
        sockets.append(client)
        try:
            client.sendall(first_bytes)
        except OSError:
            pass  # refused by the service: its right
    return sockets


def _attack(count, first_bytes):
    def run(service, _random):
        sockets = []
        try:
            sockets = _connections(service, count, first_bytes)
            service.sample()
        finally:
            for client in sockets:
                client.close()
        return f"{count} connections"
    return run


FAULTS = {
    "half requests": _attack(200, b"GET /health HTTP/1.1\r\nHost: a\r\nX-Half: "),
    "idle connections": _attack(500, b""),
    "streams that are never read": _attack(100, b"GET /stream HTTP/1.1\r\nHost: a\r\n\r\n"),
    "bytes that are not HTTP": _attack(100, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 100),
}
