"""An LMTP server (RFC 2033): the mail server in front hands each mail over and hears what came."""

import asyncio
import logging
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import Envelope, Session
from flask import Flask

from app.mail_in.receiving import receive

LARGEST_MAIL = 25 * 1024 * 1024
THREADS = 2
_log = logging.getLogger("kontor.mail_in")


class Door:
    """What aiosmtpd asks about each mail."""

    def __init__(self, app: Flask, *, address: str) -> None:
        self._app = app
        self._mailbox, _, self._domain = address.lower().partition("@")
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="mail-in")

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, server: LMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Only our mailbox and its reply addresses, one for each mail."""
        del server, session, options
        mailbox, _, domain = address.lower().partition("@")
        if domain != self._domain or mailbox.partition("+")[0] != self._mailbox:
            return "550 5.1.1 There is no such mailbox here"
        if envelope.rcpt_tos:
            return "452 4.5.3 One recipient at a time, please"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802  aiosmtpd's name
        self, server: LMTP, session: Session, envelope: Envelope
    ) -> str:
        """Take the mail; the answer is given when it is safe."""
        del server, session
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._take, envelope)

    def _take(self, envelope: Envelope) -> str:
        content: Any = envelope.original_content or b""
        try:
            with self._app.app_context():
                outcome = receive(
                    content,
                    envelope_sender=envelope.mail_from or "",
                    recipient=envelope.rcpt_tos[0],
                )
        except Exception:
            _log.exception("a mail was not taken")
            return "451 4.3.0 Not now, please try again"
        _log.info("mail taken", extra={"outcome": str(outcome or "duplicate")})
        return f"250 2.0.0 {outcome or 'duplicate'}"


async def serve(
    app: Flask, *, listen: str, address: str, ready: Callable[[int], None] | None = None
) -> None:
    """Take mails at `host:port` until SIGTERM or SIGINT."""
    place = urlsplit(f"//{listen}")
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    make = partial(
        LMTP, Door(app, address=address), hostname="kontor", data_size_limit=LARGEST_MAIL,
        enable_SMTPUTF8=True, loop=loop,
    )  # fmt: skip
    server = await loop.create_server(make, place.hostname, place.port or 0)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    async with server:
        if ready is not None:
            ready(server.sockets[0].getsockname()[1])
        await ended.wait()
