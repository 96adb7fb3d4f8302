"""Mail: what it says, that it goes out once, what happens when the server does not want it."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.smtp import SMTP, Envelope
from flask import Flask
from sqlalchemy import select

from app.adapters import mail as adapter
from app.identity import links
from app.jobs.models import Job
from app.kernel.actor import Actor, Side
from app.kernel.errors import Conflict
from app.kernel.ids import new_id
from app.messages import mail, mail_text
from app.messages.mail_models import Mail, MailState
from app.messages.tasks import send_mail
from tenants.context import TenantRef
from tenants.db import db, transaction
from tenants.scope import tenant_scope

WRITER = Actor(
    id=new_id(), name="Anna", side=Side.PROVIDER, permissions=frozenset({"message:write"})
)
PARAMS = {
    "invitation": {"client": "Acme <GmbH>", "by": "Ada\r\nBcc: x@example.com"},
    "staff_invitation": {"by": "Ada"},
    "staff_welcome": {"by": "Ada"},
    "reset": {"name": "Ada"},
}
TOLD = {"name": "Ada", "at": "2026-11-23T12:00:00+00:00", "zone": "Europe/Berlin"}


@dataclass
class Post:
    """A real SMTP server that keeps what it gets, or refuses."""

    port: int = 0
    answer: str = "250 OK"
    breaks: bool = False
    on_recipient: Callable[[], None] = lambda: None
    mails: list[EmailMessage] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Any, envelope: Envelope, address: str, _options: Any
    ) -> str:
        await asyncio.get_running_loop().run_in_executor(None, self.on_recipient)
        if self.answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer

    async def handle_DATA(self, server: SMTP, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)
        self.mails.append(message_from_bytes(content, policy=policy.default))  # type: ignore[arg-type]
        if self.breaks:
            server.transport.abort()
        return "250 Kept"


@pytest.fixture
def post(app: Flask) -> Iterator[Post]:
    desk, ready, loop = Post(), threading.Event(), asyncio.new_event_loop()

    async def serve() -> None:
        server = await loop.create_server(lambda: SMTP(desk, loop=loop), "127.0.0.1", 0)
        desk.port = server.sockets[0].getsockname()[1]
        stop = asyncio.Event()
        stops.append(stop)
        ready.set()
        await stop.wait()
        server.close()

    stops: list[asyncio.Event] = []
    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert ready.wait(10)
    before = adapter.settings()
    adapter.configure(
        adapter.MailSettings(
            smtp_url=f"smtp://127.0.0.1:{desk.port}",
            sender="Büro Kontor <kontor@example.com>",
            base_url="https://kontor.example",
            provider_name="Büro Nord",
        )
    )
    yield desk
    adapter.configure(before)
    loop.call_soon_threadsafe(stops[0].set)
    thread.join(10)
    loop.close()


def written(app: Flask, *, template: str = "reset", locale: str = "de", **params: Any) -> UUID:
    values = {"path": "/sign-in/reset/", "link_id": str(new_id()), "name": "Ada", **params}
    with app.app_context(), transaction():
        return mail.send(to="ada@example.com", template=template, locale=locale, params=values)


def row(app: Flask, mail_id: UUID) -> Mail:
    with app.app_context():
        return mail.mail(mail_id)


def run(app: Flask, mail_id: UUID) -> None:
    with app.app_context():
        send_mail(mail_id)


def test_it_goes_out_once(app: Flask, post: Post) -> None:
    mail_id = written(app)
    run(app, mail_id)
    run(app, mail_id)
    assert len(post.mails) == 1
    sent = post.mails[0]
    assert sent["Message-ID"] == f"<{mail_id}@example.com>"
    assert sent["Subject"] == "Neues Passwort wählen"
    assert sent["Auto-Submitted"] == "auto-generated"
    text, html = sent.get_body(("plain",)), sent.get_body(("html",))
    assert text is not None
    assert html is not None
    link = f"https://kontor.example/sign-in/reset/{links.word(UUID(str(_link_id(app, mail_id))))}"
    assert link in text.get_content()
    assert f'href="{link}"' in html.get_content()
    kept = row(app, mail_id)
    assert kept.state is MailState.SENT
    assert kept.sent_at is not None


def _link_id(app: Flask, mail_id: UUID) -> object:
    return row(app, mail_id).params["link_id"]


def test_killed_before_the_text_goes_over_it_is_sent_later(app: Flask, post: Post) -> None:
    mail_id = written(app)
    with app.app_context(), transaction():
        first = mail.begin_sending(mail_id)  # and then the machine went dark
    assert first is not None
    run(app, mail_id)
    assert [sent["Message-ID"] for sent in post.mails] == [first["Message-ID"]]


def test_killed_while_the_text_goes_over_nobody_sends_it_twice(app: Flask, post: Post) -> None:
    mail_id = written(app)
    with app.app_context(), transaction():
        first = mail.begin_sending(mail_id)
        mail.hand_over(mail_id)  # and then the machine went dark
    assert first is not None
    run(app, mail_id)
    run(app, mail_id)
    assert post.mails == []
    assert row(app, mail_id).state is MailState.UNKNOWN
    with app.app_context(), transaction():
        mail.send_again(actor=WRITER, mail_id=mail_id)
    run(app, mail_id)
    assert [sent["Message-ID"] for sent in post.mails] == [first["Message-ID"]]
    assert row(app, mail_id).state is MailState.SENT


def test_a_line_that_breaks_after_the_text_leaves_it_open(app: Flask, post: Post) -> None:
    post.breaks = True
    mail_id = written(app)
    run(app, mail_id)
    assert len(post.mails) == 1
    assert row(app, mail_id).state is MailState.UNKNOWN
    run(app, mail_id)
    assert len(post.mails) == 1


def test_withdrawn_in_time(app: Flask, post: Post) -> None:
    mail_id = written(app)
    with app.app_context(), transaction():
        mail.withdraw(actor=WRITER, mail_id=mail_id)
    run(app, mail_id)
    assert post.mails == []
    assert row(app, mail_id).state is MailState.WITHDRAWN


def test_withdrawn_while_the_server_is_being_asked(app: Flask, post: Post) -> None:
    mail_id = written(app)

    def take_back() -> None:
        with app.app_context(), transaction():
            mail.withdraw(actor=WRITER, mail_id=mail_id)

    post.on_recipient = take_back
    run(app, mail_id)
    assert post.mails == []
    assert row(app, mail_id).state is MailState.WITHDRAWN


def test_what_has_gone_cannot_be_withdrawn(app: Flask, post: Post) -> None:
    mail_id = written(app)
    run(app, mail_id)
    with app.app_context(), pytest.raises(Conflict):
        mail.withdraw(actor=WRITER, mail_id=mail_id)
    with app.app_context(), pytest.raises(Conflict):
        mail.send_again(actor=WRITER, mail_id=mail_id)


def test_only_mails_about_work_wait(app: Flask, acme: TenantRef) -> None:
    with app.app_context(), tenant_scope(acme), transaction():
        values: dict[str, Any] = {"to": "a@example.com", "template": "reset", "locale": "de"}
        at_once = mail.send(**values, params={"name": "A"})
        waiting = mail.send(**values, params={"name": "A"}, subject_id=new_id())
        jobs = {
            job.args["mail_id"]: job.run_at
            for job in db.session.scalars(select(Job).where(Job.kind == mail.JOB))
        }
    assert jobs[str(waiting)] - jobs[str(at_once)] >= mail.UNDO


def test_an_address_that_is_refused_for_good(app: Flask, post: Post) -> None:
    post.answer = "550 No such person"
    mail_id = written(app)
    run(app, mail_id)
    kept = row(app, mail_id)
    assert kept.state is MailState.FAILED
    assert "No such person" in kept.last_error


def test_a_server_that_wants_it_later(app: Flask, post: Post) -> None:
    post.answer = "451 Later, please"
    mail_id = written(app)
    with pytest.raises(adapter.MailUndelivered):
        run(app, mail_id)
    assert row(app, mail_id).state is MailState.QUEUED
    post.answer = "250 OK"
    run(app, mail_id)
    assert len(post.mails) == 1


def test_no_server_at_all(app: Flask, post: Post) -> None:
    adapter.configure(adapter.MailSettings(smtp_url="smtp://127.0.0.1:9"))
    mail_id = written(app)
    with pytest.raises(adapter.MailUndelivered):
        run(app, mail_id)
    assert row(app, mail_id).state is MailState.QUEUED


def test_without_a_server_named_it_is_only_kept(app: Flask) -> None:
    assert isinstance(adapter.sender(), adapter.NullMail)
    mail_id = written(app)
    run(app, mail_id)
    assert row(app, mail_id).state is MailState.SENT


def test_nothing_is_sent_if_the_change_is_given_up(app: Flask) -> None:
    with app.app_context():
        mail_id = mail.send(
            to="ada@example.com", template="reset", locale="de", params={"name": "Ada"}
        )
        db.session.rollback()
        assert db.session.get(Mail, mail_id) is None


def test_a_client_s_mail_is_that_client_s(app: Flask, acme: TenantRef, bolt: TenantRef) -> None:
    with app.app_context(), tenant_scope(acme), transaction():
        mail_id = mail.send(
            to="ada@example.com", template="reset", locale="de", params={"name": "Ada"}
        )
    with app.app_context(), tenant_scope(bolt):
        assert db.session.get(Mail, mail_id) is None
    with app.app_context(), tenant_scope(acme):
        send_mail(mail_id)
    assert row(app, mail_id).tenant_id == acme.id


@pytest.mark.parametrize("template", sorted(mail_text.templates()))
def test_every_mail_in_both_languages(app: Flask, template: str) -> None:
    files = {path.name for path in mail_text.FOLDER.glob(f"{template}.*.txt")}
    assert files == {f"{template}.{locale}.txt" for locale in mail_text.LOCALES}
    if template not in PARAMS and not template.startswith(("password", "second")):
        pytest.skip("another part's mail: composed in that part's tests")
    shown = []
    for locale in mail_text.LOCALES:
        text = mail_text.compose(
            template,
            locale=locale,
            params={**PARAMS.get(template, TOLD), "path": "/x"},
            base_url="https://kontor.example",
            provider_name="Büro Nord",
        )
        assert text.subject
        assert "\n" not in text.subject
        assert "https://kontor.example/x" in text.text
        assert 'href="https://kontor.example/x"' in text.html
        assert "<GmbH>" not in text.html
        assert "style" not in text.html
        shown.append(text.text)
    assert shown[0] != shown[1]


def test_a_name_is_never_a_link(app: Flask) -> None:
    text = mail_text.compose(
        "reset",
        locale="en",
        params={"name": "[Click](https://evil.example) <a href=x>", "path": "/x"},
        base_url="https://kontor.example",
        provider_name="Nord",
    )
    assert text.html.count("<a href=") == 1
    assert "&lt;a href=x&gt;" in text.html


def test_an_unknown_mail(app: Flask) -> None:
    with pytest.raises(mail_text.UnknownTemplate):
        written(app, template="../secrets")


def test_addresses_of_servers() -> None:
    for url in ("http://mail.example", "smtp://", "mail.example:25"):
        with pytest.raises(ValueError, match="SMTP_URL"):
            adapter.SmtpMail(url)
