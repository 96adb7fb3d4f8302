"""Mails that break the rules are read all the same."""

from email.message import EmailMessage

import pytest

from app.kernel import mails


@pytest.mark.parametrize("charset", ["undefined", "x\x00y", "no-such-charset"])
def test_an_odd_charset_costs_no_letter(charset: str) -> None:
    head = f'From: a@b.example\nSubject: Hello\nContent-Type: text/plain; charset="{charset}"\n\n'
    assert mails.letter(head.encode() + b"Caf\xe9").text.strip() == "Caf\xe9"


def test_heads_in_the_letters_of_windows_are_read() -> None:
    head = "From: Jörg <j@a.example>\r\nSubject: Störung im Büro\r\n\r\nGrüße"
    one = mails.letter(head.encode("cp1252"))
    assert (one.sender_name, one.subject, one.text) == ("Jörg", "Störung im Büro", "Grüße")
    mixed = mails.letter(head.encode().replace("Grüße".encode(), "Grüße".encode("cp1252")))
    assert (mixed.subject, mixed.text) == ("Störung im Büro", "Grüße")


def test_a_mail_is_told_as_its_reader_sees_it() -> None:
    message = EmailMessage()
    message["From"], message["Subject"] = "Jörg <j@a.example>", "Störung"
    message.set_content("Guten Tag,\n\nes geht nicht.\n> Ihre Frage\n", cte="base64")
    message.add_attachment(b"x", maintype="image", subtype="png", filename="foto.png")
    told = mails.told(bytes(message))
    assert told == [
        *("From: Jörg <j@a.example>", "Subject: Störung", "[foto.png]", ""),
        *("Guten Tag,", "", "es geht nicht.", "> Ihre Frage"),
    ]
    html = b"From: a@b.example\nContent-Type: text/html\n\n<p>Hi</p><blockquote>old</blockquote>"
    assert mails.told(html)[2:] == ["Hi", "old"]
    assert mails.told(b"no mail at all") == []


def test_parts_in_parts_in_parts_stop_nobody() -> None:
    deep = b"From: a@b.example\n" + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (at, at) for at in range(3000)
    )
    assert mails.told(deep) == []
