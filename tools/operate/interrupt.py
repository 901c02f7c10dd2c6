"""Being asked to end (Ctrl-C, kill, a terminal that goes away) as an exception, so that what was begun
is put in order: by default SIGTERM and SIGHUP end Python on the spot."""

from __future__ import annotations

import signal
from contextlib import contextmanager

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(BaseException):
    """The message is the signal's name. Not an Exception: whoever forgives failures must not forgive this."""


def _raise(number: int, _frame: object) -> None:
    raise Interrupted(signal.Signals(number).name)


def _put_off(number: int, _frame: object) -> None:
    print(f"{signal.Signals(number).name}: not now, what was begun goes to its end", flush=True)


def as_exceptions() -> None:
    """For the rest of this process's life. One that was started with a signal ignored (nohup) leaves it
    so."""
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _raise)


@contextmanager
def held_off():
    """For what must not be left half done. Signals are caught, not ignored: what is ignored here would
    be ignored by every process started here too."""
    before = {number: signal.signal(number, _put_off) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
