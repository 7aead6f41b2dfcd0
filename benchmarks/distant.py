"""A TCP link with a delay each way: a store on this machine is as far away as one in another zone."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_CHUNK = 65536


@contextmanager
def link(host: str, port: int, one_way_s: float) -> Iterator[int]:
    """Serve ``host:port`` on a port of its own with ``one_way_s`` of delay each way; yield that port."""
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=_accept, args=(listener, (host, port), one_way_s), daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()


def _accept(listener: socket.socket, target: tuple[str, int], one_way_s: float) -> None:
    while True:
        try:
            near, _ = listener.accept()
        except OSError:  # closed: the measurement is over
            return
        far = socket.create_connection(target)
        for source, sink in ((near, far), (far, near)):
            sink.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=_carry, args=(source, sink, one_way_s), daemon=True).start()


def _carry(source: socket.socket, sink: socket.socket, one_way_s: float) -> None:
    try:
        while data := source.recv(_CHUNK):
            time.sleep(one_way_s)
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        sink.close()
