"""A node that speaks JSON-RPC over HTTP and WebSocket as it should, until a scenario bends it."""
import base64
import dataclasses
import hashlib
import json
import socket
import threading
import time
from typing import Callable

from support.chain import Chain, NoMethod
from support.transactions import Accounts

PENDING, HEADS = "0xfade", "0x4ead"
SEND_TIMEOUT_S = 20


def nothing(*_):
    return None


@dataclasses.dataclass
class Scenario:
    """Hooks of a node that misbehaves. One that answers None leaves that step as it should be."""
    expect: str = "any"        # "down": /health has to name a reason; "serves": transactions stay visible
    hold_s: float = 2.0        # for how long the fault lasts at least
    accept: Callable = nothing     # (conn): a true answer: the connection was dealt with
    http: Callable = nothing       # (conn, body): the bytes to send; b"" sends nothing
    upgrade: Callable = nothing    # (conn, key): the bytes in place of the handshake
    call: Callable = nothing       # (conn, call): the reply as text or object
    batch: Callable = nothing      # (conn, replies): the batch's replies as text
    live: Callable = nothing       # (conn): once heads are subscribed, on a thread of its own
    drive: Callable = nothing      # (node): on the caller's thread
    cut: bool = True               # begins with new connections
    short: bool = False            # part of the short form


def holding(connection, pause_s=0.0):
    """Goes on while the scenario lasts and the connection is there."""
    scenario = connection.node.scenario
    while connection.node.scenario is scenario and not connection.closed and not connection.node.closing.is_set():
        yield
        if pause_s:
            time.sleep(pause_s)


def frame(payload, opcode=1, first=0x80, mask=0):
    if isinstance(payload, str):
        payload = payload.encode()
    size = len(payload)
    if size < 126:
        head = bytes([first | opcode, mask | size])
    elif size < 65536:
        head = bytes([first | opcode, mask | 126]) + size.to_bytes(2, "big")
    else:
        head = bytes([first | opcode, mask | 127]) + size.to_bytes(8, "big")
    return head + payload


def notice(subscription, result):
    return json.dumps({"jsonrpc": "2.0", "method": "eth_subscription",
                       "params": {"subscription": subscription, "result": result}})


def http_answer(body, status="200 OK", headers=""):
    body = body.encode() if isinstance(body, str) else body
    return f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode() + body


def accept_of(key):
    return base64.b64encode(hashlib.sha1(key.encode() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()).decode()


class Connection:
    def __init__(self, node, sock):
        self.node, self.sock, self.buffer = node, sock, b""
        self.pending = self.heads = self.upgraded = False
        self.lock = threading.Lock()
        sock.settimeout(SEND_TIMEOUT_S)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    @property
    def closed(self):
        return self.sock.fileno() < 0

    def send(self, data):
        with self.lock:
            self.sock.sendall(data)

    def close(self):
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.sock.close()

    def take(self, size):
        while len(self.buffer) < size:
            try:
                more = self.sock.recv(262144)
            except socket.timeout:
                if self.node.closing.is_set():
                    raise ConnectionError from None
                continue
            if not more:
                raise ConnectionError("closed")
            self.buffer += more
        taken, self.buffer = self.buffer[:size], self.buffer[size:]
        return taken

    def request(self):
        """(headers in lower case, body)."""
        while b"\r\n\r\n" not in self.buffer:
            self.buffer = self.take(len(self.buffer) + 1) + self.buffer
        head = self.take(self.buffer.index(b"\r\n\r\n") + 4).decode("latin-1")
        headers = {name.strip().lower(): value.strip() for name, _, value in
                   (line.partition(":") for line in head.split("\r\n")[1:])}
        return headers, self.take(int(headers.get("content-length", 0)))

    def run(self):
        try:
            if self.node.scenario.accept(self):
                return
            while True:
                headers, body = self.request()
                if "sec-websocket-key" in headers:
                    return self.websocket(headers["sec-websocket-key"])
                bent = self.node.scenario.http(self, body)
                self.send(http_answer(self.node.answer(self, body)) if bent is None else bent)
        except (OSError, ValueError, KeyError, TypeError):
            pass  # the other side left, or was cut
        finally:
            self.close()
            self.node.forget(self)

    def websocket(self, key):
        bent = self.node.scenario.upgrade(self, key)
        self.send(f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  f"Sec-WebSocket-Accept: {accept_of(key)}\r\n\r\n".encode() if bent is None else bent)
        self.upgraded = True
        while True:
            first, second = self.take(2)
            size = second & 127
            if size > 125:
                size = int.from_bytes(self.take(2 if size == 126 else 8), "big")
            mask, payload = self.take(4), self.take(size)
            text = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
            if first & 15 == 8:
                return
            if first & 15 == 9:
                self.send(frame(text, 10))
            if first & 15 == 1:
                answer = self.node.answer(self, text)
                if answer:
                    self.send(frame(answer))
                if self.heads and not getattr(self, "told", False):
                    self.reported = True
                    threading.Thread(target=self._live, name="live", daemon=True).start()

    def _live(self):
        try:
            self.node.scenario.live(self)
        except OSError:
            pass  # the service left: its right


class Node:
    def __init__(self, chain=None):
        self.chain = chain or Chain()
        self.accounts = Accounts()
        self.scenario = Scenario()
        self.lock = threading.Lock()
        self.connections, self.accepted, self.calls = set(), 0, {}
        self.closing = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self.listener.getsockname()[1]
        self.listener.settimeout(0.2)
        self.thread = threading.Thread(target=self._serve, name="node")
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _serve(self):
        while not self.closing.is_set():
            try:
                peer, _ = self.listener.accept()
            except OSError:
                continue
            self.accepted += 1
            connection = Connection(self, peer)
            with self.lock:
                self.connections.add(connection)
            threading.Thread(target=connection.run, name="peer", daemon=True).start()

    def close(self):
        self.closing.set()
        self.thread.join()
        self.listener.close()
        self.cut()

    def forget(self, connection):
        with self.lock:
            self.connections.discard(connection)

    def cut(self):
        with self.lock:
            connections, self.connections = self.connections, set()
        for connection in connections:
            connection.close()

    def bend(self, scenario):
        self.scenario = scenario
        if scenario.cut:
            self.cut()

    def heal(self):
        self.bend(Scenario())

    # ---- answers
    def answer(self, connection, body):
        request = json.loads(body)
        if not isinstance(request, list):
            return self._one(connection, request)
        replies = [self._one(connection, call) for call in request]
        bent = self.scenario.batch(connection, replies)
        return "[" + ",".join(replies) + "]" if bent is None else bent

    def _one(self, connection, call):
        method = call["method"]
        self.calls[method] = self.calls.get(method, 0) + 1
        bent = self.scenario.call(connection, call)
        if bent is not None:
            return bent if isinstance(bent, str) else json.dumps(bent)
        reply = {"jsonrpc": "2.0", "id": call["id"]}
        try:
            if method == "eth_subscribe":
                return json.dumps(reply | self._subscribe(connection, call["params"]))
            return json.dumps(reply | {"result": self.chain.result(method, call["params"])})
        except NoMethod:
            return json.dumps(reply | {"error": {"code": -32601, "message": "the method does not exist"}})

    def _subscribe(self, connection, params):
        if params[0] == "newHeads":
            connection.heads = True
            return {"result": HEADS}
        if len(params) > 1:  # hashes only: bodies have to be asked for
            return {"error": {"code": -32602, "message": "invalid params"}}
        connection.pending = True
        return {"result": PENDING}

    # ---- what it announces
    def subscribers(self):
        with self.lock:
            return [one for one in self.connections if one.heads]

    def tell(self, data):
        for connection in self.subscribers():
            try:
                connection.send(data)
            except OSError:
                connection.close()

    def announce(self, tx=None):
        tx = tx or self.accounts.transfer()
        self.chain.know(tx)
        self.tell(frame(notice(PENDING, tx["hash"])))
        return tx["hash"]

    def head(self, block):
        self.tell(frame(notice(HEADS, self.chain.header(block))))

    def mine(self, transactions=()):
        block = self.chain.mine(transactions)
        self.head(block)
        return block


class Traffic:
    """Steady traffic: transactions at a rate, a block now and then that has some of them."""

    def __init__(self, node, per_second=100, block_every_s=1.0):
        self.node, self.per_second, self.block_every_s = node, per_second, block_every_s
        self.sent, self.failure = 0, None
        self.closing = threading.Event()
        self.thread = threading.Thread(target=self._run, name="traffic")

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.closing.set()
        self.thread.join()

    def _run(self):
        start = next_block = time.monotonic()
        waiting: list = []
        while not self.closing.wait(0.005):
            while self.sent < (time.monotonic() - start) * self.per_second and not self.closing.is_set():
                tx = self.node.accounts.transfer()
                self.node.announce(tx)
                waiting.append(tx)
                self.sent += 1
            if time.monotonic() >= next_block:
                self.node.mine(waiting[:-20][:400])
                waiting = waiting[:-20][400:] + waiting[-20:]
                next_block = time.monotonic() + self.block_every_s
