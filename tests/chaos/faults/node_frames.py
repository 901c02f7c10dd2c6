"""Scenarios of a node whose WebSocket frames or messages are wrong, after a good subscription."""
import json
import os
import zlib

from support.node import HEADS, PENDING, Scenario, frame, holding, notice

MIB = 1 << 20


def sends(*pieces, repeat=False, pause_s=0.0):
    """These bytes once, or for as long as the scenario lasts."""
    def live(connection):
        for piece in pieces:
            connection.send(piece)
        for _ in holding(connection, pause_s):
            if repeat:
                for piece in pieces:
                    connection.send(piece)
            else:
                return
    return live


def pours(first, chunk):
    def live(connection):
        connection.send(first)
        for _ in holding(connection):
            connection.send(chunk)
    return live


def pending(result):
    """A pending notice with this raw JSON as its result."""
    return frame('{"jsonrpc":"2.0","method":"eth_subscription","params":{"subscription":"%s","result":%s}}'
                 % (PENDING, result))


def deflate_frame():
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = b"".join(packer.compress(b" " * MIB) for _ in range(256)) + packer.flush(zlib.Z_SYNC_FLUSH)
    return frame(bomb, first=0x80 | 0x40)


def masked(text):
    data, key = text.encode(), b"\x01\x02\x03\x04"
    return bytes([0x81, 0x80 | len(data)]) + key + bytes(byte ^ key[i % 4] for i, byte in enumerate(data))


def hashes(per_second):
    """New hashes that the node has no bodies for."""
    def live(connection):
        each = per_second // 50
        for _ in holding(connection, 0.02):
            ids = os.urandom(32 * each).hex()
            connection.send(b"".join(frame(notice(PENDING, "0x" + ids[i:i + 64])) for i in range(0, len(ids), 64)))
    return live


def bodies(connection):
    accounts = connection.node.accounts
    made = [frame(notice(PENDING, accounts.transfer())) for _ in range(300)]
    for _ in holding(connection):
        connection.send(b"".join(made))


DEEP = b"[" * (31 * MIB)
OBJECTS = b'{"a":' * (6 * MIB)
VALUES = "[" + "1," * (15 * MIB) + "1]"
FRAGMENT = frame(b" " * MIB, opcode=0, first=0)
TINY = frame(b" ", opcode=0, first=0) * 20000
OPEN = frame(b'{"jsonrpc":"2.0",', opcode=1, first=0)

SCENARIOS = {
    "a frame of 64 MiB": Scenario(live=sends(frame(b" " * (64 * MIB)))),
    "frames of 31 MiB that are nothing": Scenario(hold_s=4, live=sends(frame(b"x" * (31 * MIB)), repeat=True)),
    "a frame that claims 2^63 bytes": Scenario(live=sends(b"\x81\x7f\x80" + bytes(7) + b"abc")),
    "a frame that claims 2^40 bytes": Scenario(live=pours(b"\x81\x7f" + (1 << 40).to_bytes(8, "big"), b" " * MIB)),
    "fragments without end": Scenario(live=pours(OPEN, FRAGMENT), short=True),
    "fragments of a byte without end": Scenario(live=pours(OPEN, TINY)),
    "empty fragments without end": Scenario(live=pours(OPEN, frame(b"", opcode=0, first=0) * 50000)),
    "a fragment of nothing": Scenario(live=sends(FRAGMENT)),
    "pings without end": Scenario(live=sends(frame(b"p" * 125, 9) * 500, repeat=True)),
    "a ping of 64 KiB": Scenario(live=sends(frame(b"p" * 65536, 9))),
    "masked frames": Scenario(live=sends(masked('{"jsonrpc":"2.0","id":1,"result":null}'))),
    "reserved opcodes": Scenario(live=sends(frame(b"a", 3), frame(b"a", 11))),
    "reserved bits": Scenario(live=sends(frame(b"a", 1, first=0xB0))),
    "a compressed bomb": Scenario(live=sends(deflate_frame())),
    "close 1002": Scenario("down", live=sends(frame(b"\x03\xea", 8))),
    "close 1009 with a reason": Scenario("down", live=sends(frame(b"\x03\xf1" + b"r" * 120, 8))),
    "close 65535": Scenario("down", live=sends(frame(b"\xff\xff", 8))),
    "close with half a code": Scenario("down", live=sends(frame(b"\x03", 8))),
    "close with bad UTF-8": Scenario("down", live=sends(frame(b"\x03\xe8\xff\xfe", 8))),
    "one byte at a time for ever": Scenario(live=lambda c: [c.send(b"\x81") for _ in range(1)] and [
        c.send(b"\x00") for _ in holding(c, 0.1)]),
    "31 MiB of [": Scenario(hold_s=4, live=sends(frame(DEEP), repeat=True, pause_s=0.2), short=True),
    "31 MiB of nested objects": Scenario(hold_s=4, live=sends(frame(OBJECTS), repeat=True, pause_s=0.2)),
    "15 million values": Scenario(hold_s=4, live=sends(frame(VALUES), repeat=True, pause_s=0.2)),
    "a pending body of 30 MiB": Scenario(hold_s=4, live=sends(
        pending('{"hash":"0x%s","input":"0x%s"}' % ("12" * 32, "00" * (15 * MIB))), repeat=True, pause_s=0.2)),
    "a hash of 30 MiB": Scenario(live=sends(pending('"0x%s"' % ("a" * (30 * MIB))), repeat=True, pause_s=0.2)),
    "numbers of 1 MiB digits": Scenario(live=sends(
        frame('{"jsonrpc":"2.0","id":%s,"result":%s}' % ("9" * MIB, "1" * MIB)), repeat=True, pause_s=0.2)),
    "numbers 1e999999": Scenario(live=sends(frame('{"jsonrpc":"2.0","id":1e999999,"result":-1e999999}') * 50)),
    "invalid UTF-8": Scenario(live=sends(frame(b'{"jsonrpc":"2.0","method":"\xff\xfe\xc0\x80"}') * 5, pause_s=0.1,
                                         repeat=True)),
    "NUL bytes": Scenario(live=sends(frame(b'{"jsonrpc":"2.0"\0\0\0,"id":1}' + b"\0" * 1000) * 5, repeat=True,
                                     pause_s=0.1)),
    "binary frames": Scenario(live=sends(frame(os.urandom(4096), 2), repeat=True, pause_s=0.02)),
    "empty messages": Scenario(live=sends(frame(b"") * 1000)),
    "batches without end": Scenario(live=sends(frame(
        json.dumps([{"jsonrpc": "2.0", "id": i, "result": None} for i in range(50000)])), repeat=True, pause_s=0.1)),
    "notices of unknown subscriptions": Scenario(live=sends(frame(notice("0xdead", "0x" + "1" * 64)) * 50, repeat=True)),
    "answers nobody asked for": Scenario(live=sends(frame('{"jsonrpc":"2.0","id":77,"result":"0x1"}') * 50, repeat=True)),
    "heads that are no heads": Scenario(live=sends(frame(notice(HEADS, {"number": "x", "hash": 7})), repeat=True)),
    "100,000 unknown hashes a second": Scenario(hold_s=5, live=hashes(100_000), short=True),
    "the same hash without end": Scenario(live=sends(frame(notice(PENDING, "0x" + "1" * 64)) * 500, repeat=True)),
    "the same bodies without end": Scenario(hold_s=3, live=bodies),
}
