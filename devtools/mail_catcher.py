"""An SMTP server for the demo that delivers nothing: it keeps each mail in the outbox folder.

Run as `python -m devtools.mail_catcher PORT FOLDER`.
"""

import asyncio
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from devtools import outbox
from devtools.child import LOOPBACK

LARGEST_MAIL = 50 * 1024 * 1024


class Catcher:
    """What aiosmtpd asks about each mail."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep the mail, and answer as a server that took it."""
        content = envelope.content
        outbox.keep(
            self.folder,
            sender=envelope.mail_from or "",
            recipients=envelope.rcpt_tos,
            content=content if isinstance(content, bytes) else (content or "").encode(),
        )
        return "250 Kept in the outbox"


async def serve(port: int, folder: Path) -> None:
    """Take mails until cancelled."""
    loop = asyncio.get_running_loop()
    handler = Catcher(folder)
    server = await loop.create_server(
        lambda: SMTP(handler, hostname="kontor-outbox", data_size_limit=LARGEST_MAIL, loop=loop),
        LOOPBACK,
        port,
    )
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
