"""Letters and what belongs together, whatever mail programs make of it."""

from datetime import UTC, datetime, timedelta

import pytest

from app.kernel.mails import letter
from app.kernel.threads import bare_subject, threads
from tests.conftest import REFERENCE_DATA

FIRST = datetime(2026, 11, 20, 9, tzinfo=UTC)


def mail(
    key: str,
    sender: str,
    subject: str,
    *,
    hours: int = 0,
    to: str = "s@laden.example",
    **heads: str,
) -> bytes:
    at = (FIRST + timedelta(hours=hours)).strftime("%a, %d %b %Y %H:%M:%S +0000")
    lines = [f"From: {sender}", f"To: {to}", f"Subject: {subject}", f"Date: {at}"]
    lines += [f"Message-ID: <{key}@x>"] if key else []
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in heads.items()]
    return ("\r\n".join(lines) + f"\r\n\r\nText {key}\r\n").encode()


def grouped(*mails: bytes) -> list[list[str]]:
    return [[one.text for one in thread] for thread in threads([letter(one) for one in mails])]


def test_by_references_even_through_a_missing_mail() -> None:
    assert grouped(
        mail("c", "a@x.example", "Re: B", hours=2, References="<a@x> <gone@x>"),
        mail("a", "a@x.example", "A"),
        mail("b", "b@x.example", "C", hours=1, In_Reply_To="<gone@x>"),
    ) == [["Text a", "Text b", "Text c"]]


def test_by_subject_and_people() -> None:
    """The shop is everybody's recipient: it joins nobody."""
    assert grouped(
        mail("a", "a@x.example", "Bestellung"),
        mail("b", "b@x.example", "Bestellung", hours=1),
        mail("c", "s@laden.example", "AW: Bestellung", hours=2, to="a@x.example"),
        mail("d", "a@x.example", "Re: AW: Bestellung", hours=3),
        mail("e", "a@x.example", "Bestellung", hours=24 * 60),
    ) == [["Text a", "Text c", "Text d"], ["Text b"], ["Text e"]]


def test_a_circle_of_references_ends() -> None:
    assert grouped(
        mail("a", "a@x.example", "A", References="<b@x>"),
        mail("b", "b@x.example", "B", References="<a@x>"),
    ) == [["Text a", "Text b"]]


@pytest.mark.parametrize(
    ("subject", "bare"),
    [
        ("AW: Re: WG: [Ticket 7] Hallo  Welt", "hallo welt"),
        ("Re[2]: Hallo", "hallo"),
        ("Regen: heute", "regen: heute"),
        ("Re:", ""),
    ],
)
def test_bare_subjects(subject: str, bare: str) -> None:
    assert bare_subject(subject) == bare


def test_broken_heads_are_left_out() -> None:
    one = letter(b"From: =?utf-8?q?x\xff <\x00>\nDate: 99 Foo 20\nReferences: <a <b> c>\n\nText")
    assert one.sent_at is None
    assert one.references == ("b",)
    assert one.message_id.startswith("sha256:")
    assert letter(b"").sender == ""


def test_times_without_a_zone_are_universal() -> None:
    assert letter(b"Date: Fri, 20 Nov 2026 09:00:00 -0000\n\nx").sent_at == FIRST
    assert letter(b"Date: Fri, 20 Nov 2026 10:00:00 +0100\n\nx").sent_at == FIRST


def test_the_mails_of_the_reference_data() -> None:
    folder = REFERENCE_DATA / "mail"
    if not folder.exists():
        pytest.skip(f"no reference data: {folder}")
    read = [letter(path.read_bytes()) for path in sorted(folder.rglob("*.eml"))]
    assert len(read) >= 7
    assert all(one.sender and one.text for one in read)
    assert sum(one.sent_at is not None for one in read) == len(read) - 1  # Outlook's lost its date
    assert sum(len(thread) for thread in threads(read)) == len(read)
