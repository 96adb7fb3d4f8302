"""Nobody reaches our own network by naming an address."""

import socket
import ssl
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.adapters import outbound
from app.adapters.outbound import AddressRefused, OutboundSettings, TookTooLong, Unreachable
from app.kernel.clock import now
from tests.factories.receiver import Receiver, receiving


@pytest.fixture(autouse=True)
def strict() -> Iterator[None]:
    before = outbound.settings()
    outbound.configure(OutboundSettings(https_only=False))
    yield
    outbound.configure(before)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.0.192", "198.18.0.1",
        "224.0.0.1", "255.255.255.255", "::1", "::", "::ffff:10.0.0.1", "::ffff:127.0.0.1",
        "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "fe80::1",
        "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2002:7f00:1::", "2001:0:1::1",
        "2001:db8::1",
    ],
)  # fmt: skip
def test_never(address: str) -> None:
    assert outbound.is_refused(ip_address(address))


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"]
)
def test_the_internet(address: str) -> None:
    assert not outbound.is_refused(ip_address(address))


def test_what_the_settings_allow() -> None:
    outbound.configure(OutboundSettings(allowed=("10.1.0.0/16", "fd00::/8")))
    assert not outbound.is_refused(ip_address("10.1.2.3"))
    assert not outbound.is_refused(ip_address("::ffff:10.1.2.3"))
    assert outbound.is_refused(ip_address("10.2.2.3"))
    assert not outbound.is_refused(ip_address("fd12::1"))
    with pytest.raises(ValueError, match="internal"):
        outbound.configure(OutboundSettings(allowed=("internal",)))


@pytest.mark.parametrize(
    "url", ["http://localhost/", "http://0x7f.1/", "http://2130706433/", "http://127.1/"]
)
def test_names_and_odd_spellings_of_ourselves(url: str) -> None:
    with pytest.raises(AddressRefused):
        outbound.post(url, headers={}, body=b"")


@pytest.mark.parametrize(
    "url",
    [
        "http://[::1]/", "http://[::ffff:7f00:1]/", "https://a b/", "http://x/#y", "http://a@b/",
        "file:///etc/passwd", "gopher://x/", "http:///", "http://x:0/", "http://x:99999/",
        "http://x/\r\nHost: y", "http://" + "x" * 2100,
    ],
)  # fmt: skip
def test_what_is_no_address_of_theirs(url: str) -> None:
    with pytest.raises(AddressRefused):
        outbound.check_url(url)


def test_only_https_where_it_counts() -> None:
    outbound.configure(OutboundSettings())
    with pytest.raises(AddressRefused):
        outbound.check_url("http://example.com/")
    assert outbound.check_url("https://example.com/").hostname == "example.com"


def answering(*answers: list[str]) -> Any:
    """A name server that answers each question otherwise."""
    waiting = list(answers)

    def getaddrinfo(host: str, port: int, **_: Any) -> Any:
        del host
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (text, port)) for text in waiting.pop(0)
        ]

    return getaddrinfo


def test_one_bad_address_among_good_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound.socket, "getaddrinfo", answering(["8.8.8.8", "10.0.0.1"]))
    with pytest.raises(AddressRefused):
        outbound.post("http://both.example/", headers={}, body=b"")


def test_the_name_is_asked_once_and_kept_for_host(
    monkeypatch: pytest.MonkeyPatch, receiver: Receiver
) -> None:
    outbound.configure(OutboundSettings(allowed=("127.0.0.1/32",), https_only=False))
    asked: list[str] = []
    real = socket.getaddrinfo

    def once(host: Any, *given: Any, **more: Any) -> Any:
        asked.append(str(host))
        return real("127.0.0.1" if host == "hook.example" else host, *given, **more)

    monkeypatch.setattr(outbound.socket, "getaddrinfo", once)
    url = f"http://hook.example:{receiver.port}/a?b=c"
    receiver.answers = [(200, {}, b"y" * 100_000)]
    answer = outbound.post(url, headers={"webhook-id": "1"}, body=b"{}")
    assert [name for name in asked if name == "hook.example"] == ["hook.example"]
    assert receiver.heard[0][0]["host"] == f"hook.example:{receiver.port}"
    assert (answer.status, len(answer.text)) == (200, outbound.MOST_READ)


def test_a_slow_one_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    outbound.configure(OutboundSettings(allowed=("127.0.0.1/32",), https_only=False))
    monkeypatch.setattr(outbound, "TOTAL_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            line, _ = server.accept()
            with line:
                line.recv(65536)
                try:
                    while True:
                        line.sendall(b"H")
                        line.settimeout(0.05)
                        try:
                            if not line.recv(10):
                                return
                        except TimeoutError:
                            continue
                except OSError:
                    return

        thread = Thread(target=drip)
        thread.start()
        with pytest.raises(TookTooLong):
            outbound.post(f"http://127.0.0.1:{server.getsockname()[1]}/", headers={}, body=b"")
        thread.join(10)
        assert not thread.is_alive()


def test_nobody_there() -> None:
    outbound.configure(OutboundSettings(allowed=("127.0.0.1/32",), https_only=False))
    with pytest.raises(Unreachable):
        outbound.post("http://127.0.0.1:9/", headers={}, body=b"")
    with pytest.raises(Unreachable):
        outbound.post("http://nobody.invalid/", headers={}, body=b"")


def certificate(name: str, folder: Path) -> Path:
    """A certificate of its own authority for this name, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


def test_tls_is_for_the_name_though_the_address_is_pinned(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    outbound.configure(OutboundSettings(allowed=("127.0.0.1/32",)))
    file = certificate("hook.example", tmp_path)
    real = socket.getaddrinfo
    monkeypatch.setattr(
        outbound.socket,
        "getaddrinfo",
        lambda _host, *given, **more: real("127.0.0.1", *given, **more),
    )
    trusting = ssl.create_default_context(cafile=str(file))
    monkeypatch.setattr(outbound.ssl, "create_default_context", lambda: trusting)
    with receiving(certificate=file) as receiver:
        port = receiver.port
        answer = outbound.post(f"https://hook.example:{port}/x", headers={}, body=b"{}")
        assert answer.status == 204
        assert receiver.heard[0][0]["host"] == f"hook.example:{port}"
        with pytest.raises(Unreachable):
            outbound.post(f"https://other.example:{port}/x", headers={}, body=b"{}")
    assert len(receiver.heard) == 1


def test_one_that_never_ends_its_handshake_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    outbound.configure(OutboundSettings(allowed=("127.0.0.1/32",)))
    monkeypatch.setattr(outbound, "TOTAL_SECONDS", 0.4)
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.raises(TookTooLong):
        outbound.post(f"https://127.0.0.1:{server.getsockname()[1]}/", headers={}, body=b"")
