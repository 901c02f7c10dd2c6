"""A client of the event stream."""
import socket


def chunks(port, target, ended):
    """Bytes of `GET target` as they come, until the service ends the stream or ended() says so. A second
    of silence is an empty chunk. Raises OSError when the service is not there."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as peer:
        peer.settimeout(1)
        peer.sendall(f"GET {target} HTTP/1.0\r\n\r\n".encode())
        while not ended():
            try:
                more = peer.recv(262144)
            except socket.timeout:
                yield b""
                continue
            if not more:
                return
            yield more
