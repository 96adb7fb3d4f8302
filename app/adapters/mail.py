"""Mail goes out here: by SMTP, or nowhere where no server is named."""

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any, Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from typing_extensions import override

TIMEOUT_SECONDS = 15


class MailUndelivered(Exception):
    """The server cannot be reached or does not want the mail now: try again later."""


class AddressRefused(Exception):
    """The server refuses this address for good (SMTP 5xx)."""


class OutcomeUnknown(Exception):
    """The line broke after the text had begun to go over: taken or not, nobody can say."""


class MailSender(Protocol):
    """Something that takes a finished mail."""

    def send(
        self, message: EmailMessage, *, recipient: str, on_handing_over: Callable[[], None]
    ) -> None:
        """Hand the mail over.

        `on_handing_over` is called when the server has agreed to sender and recipient, before the
        text goes over the line: what it raises ends the sending, and nothing was sent.
        Raises MailUndelivered, AddressRefused, OutcomeUnknown.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """Where mail goes and what it says of us."""

    smtp_url: str = ""
    """smtp://user:password@host:587?starttls=1 or smtps://…:465; empty: mail is only kept."""
    sender: str = "Kontor <kontor@localhost>"
    base_url: str = "http://127.0.0.1:8000"
    provider_name: str = "Kontor"
    reply_address: str = ""
    """Where mail comes in; each mail about an item has an address of its own there."""


class SmtpMail(MailSender):
    """A connection for each mail: jobs are apart, and servers close idle ones."""

    def __init__(self, url: str) -> None:
        self._place = urlsplit(url)
        if self._place.scheme not in {"smtp", "smtps"} or not self._place.hostname:
            raise ValueError("SMTP_URL must look like smtp://host:port or smtps://host:port")

    @override
    def send(
        self, message: EmailMessage, *, recipient: str, on_handing_over: Callable[[], None]
    ) -> None:
        line = _Line(on_handing_over)
        try:
            with _connect(self._place, line) as server:
                server.send_message(message, to_addrs=[recipient])
        except smtplib.SMTPRecipientsRefused as refused:
            code, text = next(iter(refused.recipients.values()))
            reason = f"{code} {text.decode(errors='replace')}"
            if code >= 500:
                raise AddressRefused(reason) from refused
            raise MailUndelivered(reason) from refused
        except smtplib.SMTPDataError as refused:
            raise MailUndelivered(str(refused)) from refused
        except (OSError, smtplib.SMTPException) as failure:
            if line.was_taken:  # only the good-bye went wrong
                return
            if line.is_open:
                raise OutcomeUnknown(str(failure)) from failure
            raise MailUndelivered(str(failure)) from failure


class _Line:
    """How far the handing over is."""

    def __init__(self, on_handing_over: Callable[[], None]) -> None:
        self.on_handing_over = on_handing_over
        self.is_open = self.was_taken = False

    def begin(self) -> None:
        self.on_handing_over()
        self.is_open = True


def _watched(server: smtplib.SMTP, line: _Line) -> smtplib.SMTP:
    hand_over = server.data

    def data(text: Any) -> tuple[int, bytes]:
        line.begin()
        answer = hand_over(text)
        line.was_taken = answer[0] == 250
        return answer

    server.data = data  # type: ignore[method-assign,assignment]
    return server


def _connect(place: SplitResult, line: _Line) -> smtplib.SMTP:
    host = place.hostname or ""
    context = ssl.create_default_context()
    if place.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, place.port or 465, timeout=TIMEOUT_SECONDS, context=context
        )
    else:
        server = smtplib.SMTP(host, place.port or 587, timeout=TIMEOUT_SECONDS)
    try:
        # A password never goes over an open line.
        if place.scheme == "smtp" and (place.username or "starttls" in parse_qs(place.query)):
            server.starttls(context=context)
        if place.username:
            server.login(unquote(place.username), unquote(place.password or ""))
    except BaseException:
        server.close()
        raise
    return _watched(server, line)


class NullMail(MailSender):
    """Takes every mail and delivers none: the tests, and a demo without an SMTP server."""

    @override
    def send(
        self, message: EmailMessage, *, recipient: str, on_handing_over: Callable[[], None]
    ) -> None:
        del message, recipient
        on_handing_over()


_settings = [MailSettings()]


def configure(settings: MailSettings) -> None:
    """Told once by the factory."""
    _settings[0] = settings


def settings() -> MailSettings:
    """What `configure` was told."""
    return _settings[0]


def sender() -> MailSender:
    """The way out that the settings name."""
    url = settings().smtp_url
    return SmtpMail(url) if url else NullMail()
