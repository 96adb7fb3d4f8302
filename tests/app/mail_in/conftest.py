"""A town whose baker writes mails, and the door they come in by."""

import asyncio
import smtplib
import threading
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from aiosmtpd.lmtp import LMTP
from flask import Flask

from app.adapters import mail as adapter
from app.adapters.mail import MailSettings
from app.mail_in.server import Door
from config import Settings
from tests.factories import desk_house
from tests.factories.desk_house import House

MAILBOX = "post@in.example"


@pytest.fixture(scope="session")
def house(app: Flask, settings: Settings) -> House:
    return desk_house.build(app, settings, prefix="post")


@pytest.fixture(autouse=True)
def reply_address() -> Iterator[None]:
    before = adapter.settings()
    adapter.configure(MailSettings(reply_address=MAILBOX))
    yield
    adapter.configure(before)


@pytest.fixture
def hand_over(app: Flask) -> Iterator[Callable[..., str]]:
    """A real LMTP server, and what hands a mail over to it; gives its answer."""
    loop = asyncio.new_event_loop()
    make = partial(LMTP, Door(app, address=MAILBOX), hostname="kontor", loop=loop)
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    # In that thread: in this one a browser's loop may be running.
    made = asyncio.run_coroutine_threadsafe(loop.create_server(make, "127.0.0.1", 0), loop)
    server = made.result(10)
    port = server.sockets[0].getsockname()[1]

    def send(content: bytes, *, to: str = MAILBOX, sender: str = "nora@baker.example") -> str:
        with smtplib.LMTP("127.0.0.1", port) as line:
            line.ehlo_or_helo_if_needed()
            line.mail(sender)
            code, said = line.rcpt(to)
            if code == 250:
                code, said = line.data(content)
            return f"{code} {said.decode()}"

    yield send
    loop.call_soon_threadsafe(server.close)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()
