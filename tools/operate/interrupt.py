"""Turns a request to end (Ctrl-C, kill, a closed terminal) into an exception, so that the current step
is finished or undone: by default SIGTERM and SIGHUP end Python immediately."""

from __future__ import annotations

import signal
from contextlib import contextmanager

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(BaseException):
    """The message is the signal's name. Not an Exception: code that handles failures must not catch it."""


def _raise(number: int, _frame: object) -> None:
    raise Interrupted(signal.Signals(number).name)


def _put_off(number: int, _frame: object) -> None:
    print(f"{signal.Signals(number).name}: postponed until the current step is finished", flush=True)


def as_exceptions() -> None:
    """For the rest of this process. Signals that are ignored at its start (nohup) stay ignored."""
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _raise)


@contextmanager
def held_off():
    """For steps that must not be interrupted. Signals are caught, not ignored: child processes would
    inherit ignored signals."""
    before = {number: signal.signal(number, _put_off) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
