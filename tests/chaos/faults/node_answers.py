"""Scenarios of a node whose answers or heads are wrong while its connections are right."""
import json
import time

from support.node import HEADS, Scenario, frame, holding, http_answer, notice
from support.transactions import CHAIN_ID, Account

BODY = "eth_getTransactionByHash"
MIB = 1 << 20


def answers(method, result):
    """That method's result; `result(chain's answer)`."""
    def call(connection, asked):
        if method and asked["method"] != method:
            return None
        return {"jsonrpc": "2.0", "id": asked["id"], "result": result}
    return call


def other_ids(change):
    def batch(_connection, replies):
        return json.dumps([reply | {"id": change(reply["id"])} for reply in map(json.loads, replies)])
    return batch


def refuses(_connection, asked):
    if asked["method"] in ("eth_chainId", "eth_subscribe"):
        return None
    return {"jsonrpc": "2.0", "id": asked["id"], "error": {"code": -32000, "message": "no \u0000 " + "x" * 100_000}}


def another_body(connection, asked):
    if asked["method"] != BODY:
        return None
    return {"jsonrpc": "2.0", "id": asked["id"], "result": Account(9999).sign("0x" + "ab" * 20, nonce=7)}


def forged_body(connection, asked):
    """The right hash, but another value: the hash cannot be recomputed."""
    tx = connection.node.chain.transactions.get(asked["params"][0]) if asked["method"] == BODY else None
    return tx and {"jsonrpc": "2.0", "id": asked["id"], "result": tx | {"value": "0x2"}}


def bodies_http(data):
    """Bad HTTP for bodies only: the session itself stays good."""
    return lambda _connection, body: data if BODY.encode() in body else None


def answers_and_closes(bend=lambda answer: answer):
    """Lookups are answered over HTTP, and in the same moment every other connection ends."""
    def http(connection, body):
        if BODY.encode() not in body:
            return None
        answer = http_answer(bend(connection.node.answer(connection, body)))
        with connection.node.lock:
            others = [other for other in connection.node.connections if other is not connection]
        with connection.lock:  # in one go, as near as two system calls are
            connection.sock.sendall(answer)
            for other in others:
                other.close()
        connection.close()
        return b""
    return http


def reorg(depth):
    def drive(node):
        for _ in range(depth + 5):
            node.mine()
        node.chain.take_back(depth)
        for _ in range(depth + 1):
            node.mine()
    return drive


def heads(make, pause_s=0.01):
    """Heads that the table's function makes of the chain's header and a counter."""
    def live(connection):
        count = 0
        for _ in holding(connection, pause_s):
            count += 1
            header = connection.node.chain.header(connection.node.chain.tip())
            connection.send(frame(notice(HEADS, header | make(int(header["number"], 16), count))))
    return live


def some_hash(count):
    return f"0x{count:064x}"


def new_chain_id(node):
    node.chain.chain_id = 5
    node.cut()
    time.sleep(1.5)
    node.chain.chain_id = CHAIN_ID


def future(node):
    tip = node.chain.tip()
    for ahead in (3600, 86_400 * 3650, (1 << 63) - int(time.time()) - 10):
        tip = node.chain.add(int(tip["number"], 16) + 1, tip["hash"], [], int(time.time()) + ahead)
        node.head(tip)


SCENARIOS = {
    "batch answers in reverse order": Scenario("serves", batch=lambda _, r: "[" + ",".join(r[::-1]) + "]", short=True),
    "batch answers twice": Scenario("serves", batch=lambda _, r: "[" + ",".join(r + r) + "]"),
    "batch answers missing": Scenario(cut=False, batch=lambda _, r: "[" + ",".join(r[1::2]) + "]"),
    "batch answers none": Scenario(cut=False, batch=lambda *_: "[]"),
    "batch of a million answers": Scenario(cut=False, batch=lambda _, r: "[" + ",".join(r[:1] * 60_000) + "]"),
    "a batch that never ends its array": Scenario(cut=False, batch=lambda _, r: "[" + ",".join(r)),
    "ids as text": Scenario(cut=False, batch=other_ids(str)),
    "ids as fractions": Scenario(cut=False, batch=other_ids(lambda i: i + 0.5)),
    "ids beyond 64 bits": Scenario(cut=False, batch=other_ids(lambda i: i + (1 << 70))),
    "ids null": Scenario(cut=False, batch=other_ids(lambda _: None)),
    "ids as objects": Scenario(cut=False, batch=other_ids(lambda i: {"id": [i]})),
    "null to everything": Scenario("down", call=answers("", None)),
    "a list to everything": Scenario("down", call=answers("", [])),
    "null for bodies": Scenario(cut=False, call=answers(BODY, None)),
    "text for bodies": Scenario(cut=False, call=answers(BODY, "0x")),
    "another transaction's body": Scenario(cut=False, call=another_body, short=True),
    "bodies that do not hash to their hash": Scenario(cut=False, hold_s=3, call=forged_body),
    "errors of 100 kB": Scenario(cut=False, call=refuses),
    "bodies answered 500": Scenario(cut=False, http=bodies_http(http_answer("<html>", "500 No"))),
    "bodies answered 429": Scenario(cut=False, http=bodies_http(http_answer("", "429 No", "Retry-After: 99999\r\n"))),
    "bodies never answered": Scenario(cut=False, hold_s=4, http=bodies_http(b"")),
    "bodies in a deep document": Scenario(cut=False, http=bodies_http(http_answer(b"[" * (31 * MIB)))),
    "bodies as 2^40 bytes": Scenario(cut=False, http=bodies_http(b"HTTP/1.1 200 OK\r\nContent-Length: 1099511627776\r\n\r\n[")),
    "bodies and the end of every connection at once": Scenario(cut=False, hold_s=6, http=answers_and_closes(), short=True),
    "wrong bodies and the end of every connection": Scenario(
        cut=False, hold_s=6, http=answers_and_closes(lambda text: text.replace('"value": "0x1"', '"value": "0x2"'))),
    "half a body and the end of every connection": Scenario(
        cut=False, hold_s=6, http=answers_and_closes(lambda text: text[:len(text) // 2])),
    "another chain id": Scenario("down", drive=new_chain_id, hold_s=0.5),
    "nonces beyond 64 bits": Scenario(cut=False, call=answers("eth_getTransactionCount", "0x" + "f" * 64)),
    "a reorg of 100 blocks": Scenario(cut=False, drive=reorg(100)),
    "a reorg of 500 blocks": Scenario(cut=False, drive=reorg(500)),
    "blocks null": Scenario(cut=False, call=answers("eth_getBlockByHash", None), drive=reorg(3)),
    "heads that go backwards": Scenario(live=heads(lambda n, c: {"number": hex(max(0, n - c)), "hash": some_hash(c)})),
    "heads with gaps": Scenario(live=heads(lambda n, c: {"number": hex(n + 1000 * c), "hash": some_hash(c)}), short=True),
    "a head of number 2^64 - 1": Scenario(live=heads(lambda n, c: {"number": hex((1 << 64) - 1), "hash": some_hash(c)})),
    "the same head without end": Scenario(live=heads(lambda n, c: {}, 0)),
    "two heads in turn": Scenario(live=heads(lambda n, c: {"hash": some_hash(c % 2)}, 0)),
    "new heads of one number without end": Scenario(live=heads(lambda n, c: {"hash": some_hash(c)}, 0)),
    "a head that is its own parent": Scenario(live=heads(lambda n, c: {"hash": some_hash(c), "parentHash": some_hash(c)})),
    "heads from the future": Scenario(cut=False, drive=future),
}
