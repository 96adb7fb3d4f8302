"""A child process that really does a step and is killed by SIGKILL somewhere in the middle."""

import os
import signal
import time
import traceback
from collections.abc import Callable

from flask import Flask, has_app_context

from tenants.db import db

LONGEST = 120
"""Seconds after which a child that hangs ends by itself."""

Beat = Callable[[], None]
"""Called by the step at whatever it counts: a client done, a request sent or answered."""


def killed_while(app: Flask, step: Callable[[Beat], object], *, beats: int, later: float) -> int:
    """Fork, let the child do the step, and kill it so many seconds after so many beats.

    A child that is done before waits for its death: then everything was done, and nobody heard
    of it. How many beats it had. Raises AssertionError if it died of anything else.
    """
    if has_app_context():
        db.session.remove()  # nothing of it is shared with the child
    heard, told = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(heard)
        _do(app, step, told)
    os.close(told)
    count = _count(heard, beats)
    time.sleep(later)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    os.close(heard)
    assert os.WIFSIGNALED(status), "the child came to an end of its own: see what it printed"
    assert os.WTERMSIG(status) == signal.SIGKILL
    return count


def _do(app: Flask, step: Callable[[Beat], object], told: int) -> None:
    """In the child: nothing of its parent's connections, and never back into the parent's code."""
    try:
        signal.alarm(LONGEST)
        with app.app_context():
            for engine in db.engines.values():
                engine.dispose(close=False)
        step(lambda: _write(told, b"."))
        _write(told, b"!")
        signal.pause()
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(1)


def _write(told: int, mark: bytes) -> None:
    os.write(told, mark)


def _count(heard: int, beats: int) -> int:
    """Until so many beats, or the end."""
    for count in range(beats):
        if os.read(heard, 1) != b".":
            return count
    return beats
