"""Clients of the HTTP service that misbehave: it has to answer others meanwhile, and let go of them."""
import resource
import socket
import threading
import time

from support.node import Node, Traffic
from support.service import Service

HEALTH_DEADLINE_S = 5


def connect(service, receive_buffer=0):
    client = socket.socket()
    if receive_buffer:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    client.settimeout(5)
    client.connect(("127.0.0.1", service.port))
    return client


def send(client, data):
    try:
        client.sendall(data)
        return True
    except OSError:
        return False  # refused by the service, as it may


def crowd(count, first_bytes, receive_buffer=0, drip=b""):
    """Opens `count` connections that send `first_bytes` and read nothing, then drip one byte at a time."""
    def attack(service, clients, ending):
        for _ in range(min(count, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)):
            if ending.is_set():
                return
            try:
                clients.append(connect(service, receive_buffer))
            except OSError:
                continue
            send(clients[-1], first_bytes)
        for byte in drip:
            if ending.wait(0.2):
                return
            for client in clients:
                send(client, bytes([byte]))
    return attack


def repeat(requests):
    """One connection after the other, each with all of these bytes, for as long as the fault lasts."""
    def attack(service, clients, ending):
        while not ending.is_set():
            try:
                with connect(service) as client:
                    clients.append(None)
                    send(client, requests)
                    client.settimeout(0.5)
                    while client.recv(65536):
                        pass
            except OSError:
                pass
    return attack


GET = b"GET %s HTTP/1.1\r\nHost: a\r\n\r\n"
# attack, whether it is of the short form
FAULTS = {
    "half requests": (crowd(500, b"GET /health HTTP/1.1\r\nHost: a\r\nX-Half: "), True),
    "thousands of idle connections": (crowd(4000, b""), False),
    "a header of one byte at a time": (crowd(200, b"GET /health HTTP/1.1\r\nX: ", drip=b"a" * 10), False),
    "streams that nobody reads": (crowd(300, GET % b"/stream", receive_buffer=4096), True),
    "large answers that nobody reads": (crowd(300, GET % b"/transactions/all?limit=5000", receive_buffer=4096), False),
    "a header of 4 MiB": (repeat(b"GET /health HTTP/1.1\r\nX: " + b"a" * (4 << 20) + b"\r\n\r\n"), False),
    "a body of 64 MiB": (repeat(b"POST /health HTTP/1.1\r\nHost: a\r\nContent-Length: 67108864\r\n\r\n" + b"a" * (1 << 20)), False),
    "a thousand pipelined requests": (repeat(GET % b"/transactions" * 1000), False),
    "bytes that are not HTTP": (repeat(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 100), False),
    "unknown methods and paths": (repeat(b"BREW /%ff/../../etc/passwd?limit=-1&after=x HTTP/1.1\r\nHost: a\r\n\r\n" * 50), False),
}


def http_fault(binary, attack, _rng, hold_s=4.0):
    with Node() as node, Service(binary, node.port) as service, Traffic(node, per_second=100):
        service.until_visible(node)
        clients, ending = [], threading.Event()
        attacker = threading.Thread(target=attack, args=(service, clients, ending), name="attacker")
        attacker.start()
        slowest, begin = 0.0, time.monotonic()
        try:
            while time.monotonic() - begin < hold_s:
                asked = time.monotonic()
                for path in ("/health", "/ready", "/metrics"):
                    if service.get(path)[0] not in (200, 503):
                        raise AssertionError(f"{path} was not answered beside {len(clients)} clients")
                slowest = max(slowest, time.monotonic() - asked)
                service.check()
                time.sleep(0.05)
            if slowest > 3 * HEALTH_DEADLINE_S * service.factor:
                raise AssertionError(f"/health, /ready and /metrics took {slowest:.1f} s")
            service.until_visible(node)
        finally:
            ending.set()
            attacker.join()
            for client in clients:
                if client:
                    client.close()
        recovery = service.until_visible(node)
        return service.finish(f"{len(clients)} connections; three probes took at most {slowest:.2f} s", recovery)


def rows():
    return [("http", name, http_fault, attack, short) for name, (attack, short) in FAULTS.items()]
