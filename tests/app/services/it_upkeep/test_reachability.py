"""Hosts of our own that answer, redirect, fail, dawdle, or show a certificate nobody trusts."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.adapters import outbound, probing
from app.adapters.outbound import OutboundSettings
from app.adapters.probing import Kind, Target, Trouble, probe
from app.catalogue.steps import DeliveryInput, StepInput, StepResult
from app.services.it_upkeep.manifest import SERVICE
from app.services.it_upkeep.targets import MOST_TARGETS, target_of, targets

TODAY = date(2026, 11, 25)


class Host(BaseHTTPRequestHandler):
    """Answers by the path."""

    def do_GET(self) -> None:
        status = {"/moved": 301, "/gone": 404, "/broken": 503}.get(self.path, 200)
        self.send_response(status)
        if status == 301:
            self.send_header("Location", "https://elsewhere.example/")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: Any) -> None:
        """Nobody reads it."""


@contextmanager
def served(context: ssl.SSLContext | None = None) -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Host)
    server.daemon_threads = False  # closing waits for them, and for their sockets
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def silent(words: bytes = b"") -> Iterator[int]:
    """Takes connections and says these words at most."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken: list[socket.socket] = []

        def take() -> None:
            while True:
                try:
                    one, _ = server.accept()
                except OSError:
                    return
                taken.append(one)
                with suppress(OSError):  # gone already
                    one.sendall(words)

        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
        for one in taken:
            one.close()


@pytest.fixture
def own_network() -> Iterator[None]:
    before = outbound.settings()
    outbound.configure(OutboundSettings(allowed=("127.0.0.0/8",)))
    yield
    outbound.configure(before)


@pytest.fixture
def own_tls(tmp_path: Path) -> ssl.SSLContext:
    """With a certificate that signed itself and ends in ten days."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "shop.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=10))
        .sign(key, hashes.SHA256())
    )
    both = tmp_path / "both.pem"
    both.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return context


def run(text: str, today: date = TODAY) -> StepResult:
    automation = SERVICE.work_type("reachability").automation
    assert automation is not None
    return automation(
        StepInput(
            documents=(),
            payload={"targets": text},
            client_name="C",
            client_locale="de",
            today=today,
        )
    )


def codes(result: StepResult) -> dict[str, list[str]]:
    """Place → codes."""
    found: dict[str, list[str]] = {}
    for one in result.findings:
        found.setdefault(one.place.rpartition("/")[2], []).append(one.code)
    return found


@pytest.mark.usefixtures("own_network")
def test_hosts_that_answer_lead_on_and_fail() -> None:
    with served() as port:
        base = f"http://127.0.0.1:{port}"
        result = run(f"{base}/ok {base}/moved {base}/gone {base}/broken 127.0.0.1:{port}")
    assert codes(result) == {
        "ok": ["IT-PLAIN"],
        "moved": ["IT-REDIRECT"],
        "gone": ["IT-STATUS", "IT-PLAIN"],
        "broken": ["IT-STATUS", "IT-PLAIN"],
    }
    rows = result.values["checks"].value
    assert [row["status"] for row in rows] == [200, 301, 404, 503, None]
    assert all(row["reached"] == "yes" for row in rows)
    assert result.documents[0].media_type == "image/svg+xml"
    assert not result.straight_through
    work = SERVICE.work_type("reachability")
    values = {key: one.value for key, one in result.values.items()}
    assert work.values is not None
    assert work.deliver is not None
    assert work.values().validate(values) == {}
    delivered = work.deliver(
        DeliveryInput(
            number="A-1",
            values=values,
            payload={},
            documents=(),
            client_name="C",
            client_locale="de",
        )
    )
    assert [one.name for one in delivered] == ["A-1-hosts.xlsx"]


@pytest.mark.usefixtures("own_network")
def test_a_certificate_nobody_trusts_is_seen_all_the_same(own_tls: ssl.SSLContext) -> None:
    with served(own_tls) as port:
        target = Target(kind=Kind.HTTPS, host="localhost", port=port)
        seen = probe(target)
        today = datetime.now(UTC).date()
        result = run(f"https://localhost:{port}/ok", today)
    assert seen.trouble is None
    assert "self-signed" in seen.untrusted
    assert x509.load_der_x509_certificate(seen.certificate).serial_number == 1
    assert codes(result) == {"ok": ["IT-UNTRUSTED-SELF", "IT-SOON"]}
    assert result.values["checks"].value[0]["trusted"] == "no"
    assert result.values["checks"].value[0]["ends_on"]


@pytest.mark.usefixtures("own_network")
def test_what_is_no_tls_no_http_or_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probing, "TOTAL_SECONDS", 0.4)

    def trouble(kind: Kind, port: int, host: str = "127.0.0.1") -> Trouble | None:
        return probe(Target(kind=kind, host=host, port=port)).trouble

    with served() as port:
        assert trouble(Kind.HTTPS, port) is Trouble.TLS
    assert trouble(Kind.TCP, port) is Trouble.CONNECTION
    with silent(b"SSH-2.0-x\r\n") as port:
        assert trouble(Kind.HTTP, port) is Trouble.ANSWER
        assert trouble(Kind.TCP, port) is None
    with silent() as port:
        assert trouble(Kind.HTTP, port) is Trouble.TIME
        assert trouble(Kind.HTTPS, port) is Trouble.TIME


def test_our_own_network_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    before = outbound.settings()
    outbound.configure(OutboundSettings())
    try:
        with served() as port:
            result = run(f"http://127.0.0.1:{port}/ok 10.0.0.1:22 [::1]:80 169.254.169.254")
        # A name that leads inside is refused too, whatever the name is.
        monkeypatch.setattr(
            socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", ("192.168.0.9", 443))]
        )
        named = run("https://shop.example/")
    finally:
        outbound.configure(before)
    assert {one.code for one in (*result.findings, *named.findings)} == {"IT-NOT-PUBLIC"}
    assert len(result.findings) == 4
    assert all(row["reached"] == "no" for row in result.values["checks"].value)


def test_a_name_is_asked_once_and_the_address_kept(
    monkeypatch: pytest.MonkeyPatch, own_network: None
) -> None:
    """The second answer of a name server (rebinding) would lead elsewhere; nobody asks for it."""
    with served() as port:
        asked: list[str] = []

        def answer(host: str, *_: Any, **__: Any) -> list[Any]:
            asked.append(host)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

        monkeypatch.setattr(outbound.socket, "getaddrinfo", answer)
        seen = probe(Target(kind=Kind.TCP, host="shop.example", port=port))
    assert seen.trouble is None
    assert asked[0] == "shop.example"
    assert asked.count("shop.example") == 1


def test_an_unknown_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert codes(run("nobody.example")) == {"nobody.example": ["IT-UNKNOWN-NAME"]}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("a.example", Target(kind=Kind.HTTPS, host="a.example", port=443)),
        ("https://A.example:8443/x?y=1",
         Target(kind=Kind.HTTPS, host="a.example", port=8443, path="/x?y=1")),
        ("http://a.example", Target(kind=Kind.HTTP, host="a.example", port=80)),
        ("a.example:25", Target(kind=Kind.TCP, host="a.example", port=25)),
        ("tcp://a.example:22", Target(kind=Kind.TCP, host="a.example", port=22)),
        ("[2001:db8::1]:25", Target(kind=Kind.TCP, host="2001:db8::1", port=25)),
        ("tcp://a.example", None),
        ("ftp://a.example", None),
        ("file:///etc/passwd", None),
        ("https://user:secret@a.example", None),
        ("a.example:99999", None),
        ("https://", None),
        ("ä.example", None),
    ],
)  # fmt: skip
def test_what_somebody_writes(line: str, expected: Target | None) -> None:
    assert target_of(line) == expected


def test_doubles_are_looked_at_once_and_nonsense_is_told() -> None:
    found, unread = targets("a.example a.example\nftp://x b.example:25")
    assert [line for line, _ in found] == ["a.example", "b.example:25"]
    assert unread == ["ftp://x"]
    assert [one.code for one in run("ftp://x").findings] == ["IT-NO-TARGET"]
    assert [one.code for one in run(" ").findings] == ["IT-NOTHING-ASKED"]


def test_not_more_than_fifty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "_settings", [OutboundSettings()])
    result = run(" ".join(f"10.0.0.{number}" for number in range(1, MOST_TARGETS + 9)))
    assert len(result.values["checks"].value) == MOST_TARGETS
    assert "IT-MANY-TARGETS" in {one.code for one in result.findings}
