"""`kontor-fakestripe`: the fake as a process of its own."""

import argparse
import logging
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from werkzeug.serving import make_server

from devtools.fakestripe.deliveries import Deliveries
from devtools.fakestripe.state import State
from devtools.fakestripe.web import create_app

LOOPBACK = "127.0.0.1"


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until SIGTERM or SIGINT; nobody outside this machine reaches it."""
    parser = argparse.ArgumentParser(prog="kontor-fakestripe", description=__doc__)
    parser.add_argument("--port", type=int, default=8042)
    parser.add_argument("--snapshot", type=Path, help="a file that keeps the state")
    parser.add_argument("--webhook", default="", help="the address of Kontor's /hooks/stripe")
    parser.add_argument("--secret", action="append", default=[], help="signs the webhooks")
    given = parser.parse_args(arguments)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    state = State(snapshot=given.snapshot, base_url=f"http://{LOOPBACK}:{given.port}")
    state.load()
    sender = Deliveries(state=state, url=given.webhook, secrets=tuple(given.secret))
    server = make_server(LOOPBACK, given.port, create_app(state, sender), threaded=True)
    state.base_url = f"http://{LOOPBACK}:{server.server_port}"
    thread = threading.Thread(target=sender.run)
    thread.start()

    def stop(*_: object) -> None:
        threading.Thread(target=server.shutdown).start()

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stop)
    print(f"kontor-fakestripe on {state.base_url}", flush=True)
    server.serve_forever(poll_interval=0.1)
    sender.stop.set()
    thread.join()


if __name__ == "__main__":
    main(sys.argv[1:])
