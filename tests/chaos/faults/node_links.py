"""Scenarios of a node whose connections, HTTP or handshakes are wrong."""
import gzip
import zlib

from support.node import Scenario, accept_of, frame, holding, http_answer

MIB = 1 << 20
REDIRECT = b"HTTP/1.1 301 Moved Permanently\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"
HTML = "<html><body><h1>It is not you, it is us</h1></body></html>"
GOOD = b'{"jsonrpc":"2.0","id":1,"result":"0x7a69"}'


def at_once(connection):
    connection.close()
    return True


def silent(connection):
    for _ in holding(connection, 0.05):
        pass
    return True


def says(data, then_close=True):
    """Whatever is asked, HTTP or handshake, these bytes come back."""
    def accept(connection):
        connection.request()
        connection.send(data)
        if not then_close:
            silent(connection)
        return True
    return accept


def pours(first, chunk):
    """The first bytes, then the same chunk for as long as the other side takes it."""
    def accept(connection):
        connection.request()
        connection.send(first)
        for _ in holding(connection):
            connection.send(chunk)
        return True
    return accept


def drip(connection):
    connection.request()
    answer = iter(http_answer(GOOD) * 50)
    for _ in holding(connection, 0.1):
        connection.send(bytes([next(answer)]))
    return True


def only_http(data):
    return {"http": lambda *_: data}


def handshake(accept, extra=""):
    return (f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Accept: {accept}\r\n{extra}\r\n").encode()


def close_after_handshake(connection, key):
    connection.send(handshake(accept_of(key)))
    raise ConnectionError("as the scenario wants")


def answer_and_close(connection, call):
    if call["method"] != "eth_subscribe" or call["params"] != ["newHeads"]:
        return None
    connection.send(frame('{"jsonrpc":"2.0","id":%d,"result":"0x4ead"}' % call["id"]) + frame(b"\x03\xe8", 8))
    connection.close()
    return ""


def gzip_bomb():
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    body = b"".join(packer.compress(bytes(MIB)) for _ in range(256)) + packer.flush()
    return http_answer(body, headers="Content-Encoding: gzip\r\n")


def unasked_deflate(_connection, key):
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = b"".join(packer.compress(b" " * MIB) for _ in range(256)) + packer.flush(zlib.Z_SYNC_FLUSH)
    return (handshake(accept_of(key), "Sec-WebSocket-Extensions: permessage-deflate\r\n")
            + frame(bomb, first=0x80 | 0x40))


def length(value, body=GOOD):
    return f"HTTP/1.1 200 OK\r\nContent-Length: {value}\r\n\r\n".encode() + body


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

SCENARIOS = {
    "closes when it accepts": Scenario("down", accept=at_once, short=True),
    "accepts and is silent": Scenario("down", accept=silent),
    "closes after the request": Scenario("down", accept=says(b"")),
    "closes in mid header": Scenario("down", accept=says(b"HTTP/1.1 200 O")),
    "closes in mid body": Scenario("down", accept=says(length(100))),
    "closes in mid handshake": Scenario("down", upgrade=lambda *_: at_once(_[0]) and b""),
    "closes after the handshake": Scenario("down", upgrade=close_after_handshake),
    "closes after the subscription": Scenario("down", live=at_once),
    "the last answer and a close in one packet": Scenario("down", call=answer_and_close),
    "one byte at a time": Scenario("down", accept=drip),
    "TLS garbage": Scenario("down", accept=says(b"\x16\x03\x03\xff\xff" + b"\xaa" * 4096)),
    "bytes that are nothing": Scenario("down", accept=says(bytes(range(256)) * 256)),
    "redirects to itself": Scenario("down", accept=says(REDIRECT), short=True),
    "status 429 with a pause of years": Scenario(
        "down", **only_http(http_answer(HTML, "429 Too Many Requests", "Retry-After: 999999999999\r\n"))),
    "status 500 with HTML": Scenario("down", **only_http(http_answer(HTML, "500 Internal Server Error"))),
    "status 503 with HTML": Scenario("down", **only_http(http_answer(HTML, "503 Service Unavailable"))),
    "status 200 with HTML": Scenario("down", **only_http(http_answer(HTML))),
    "Content-Length too long": Scenario("down", **only_http(length(len(GOOD) + 10))),
    "Content-Length too short": Scenario("down", **only_http(length(len(GOOD) - 10))),
    "Content-Length 2^40": Scenario("down", **only_http(length(1 << 40))),
    "Content-Length 2^62": Scenario("down", **only_http(length(1 << 62))),
    "Content-Length 2^64": Scenario("down", **only_http(length(1 << 64))),
    "Content-Length negative": Scenario("down", **only_http(length(-1))),
    "two Content-Lengths": Scenario("down", **only_http(
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 42\r\n\r\n" + GOOD)),
    "chunks without end": Scenario("down", accept=pours(CHUNKED, b"100000\r\n" + b" " * MIB + b"\r\n")),
    "chunks of a byte without end": Scenario("down", accept=pours(CHUNKED, b"1\r\n \r\n" * 20000)),
    "a chunk of 2^60": Scenario("down", accept=pours(CHUNKED + b"1000000000000000\r\n", b" " * MIB)),
    "a chunk's extension without end": Scenario("down", accept=pours(CHUNKED + b"1;x=", b"a" * MIB)),
    "a body without end or length": Scenario("down", accept=pours(b"HTTP/1.1 200 OK\r\n\r\n", b" " * MIB)),
    "a header line without end": Scenario("down", accept=pours(b"HTTP/1.1 200 OK\r\nX: ", b"a" * MIB)),
    "header lines without end": Scenario("down", accept=pours(b"HTTP/1.1 200 OK\r\n", b"X: a\r\n" * 20000)),
    "status 100 without end": Scenario("down", accept=pours(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 5000)),
    "a gzip bomb": Scenario("down", **only_http(gzip_bomb())),
    "a gzip answer nobody asked for": Scenario("down", **only_http(
        http_answer(gzip.compress(GOOD), headers="Content-Encoding: gzip\r\n"))),
    "wrong Sec-WebSocket-Accept": Scenario("down", upgrade=lambda *_: handshake(accept_of("another")), short=True),
    "handshake answered 200": Scenario("down", upgrade=lambda *_: http_answer(GOOD)),
    "permessage-deflate bomb nobody asked for": Scenario("down", upgrade=unasked_deflate),
}
