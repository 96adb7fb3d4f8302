"""Handing files in and fetching them by machine."""

from hashlib import sha256
from io import BytesIO

import pytest

from tests.factories.machines import PDF, Machine


def test_a_file_comes_back_byte_by_byte(machine: Machine) -> None:
    answer = machine.upload("../Rechnung Nr. 5 für Müller.pdf", PDF)
    assert answer.status_code == 201
    document = answer.json
    assert answer.headers["Location"] == f"/api/v1/documents/{document['id']}"
    assert document["name"] == "Rechnung Nr. 5 für Müller.pdf"
    assert (document["size"], document["media_type"]) == (len(PDF), "application/pdf")
    assert document["sha256"] == sha256(PDF).hexdigest()
    assert machine.get(f"/documents/{document['id']}").json == document
    content = machine.get(f"/documents/{document['id']}/content")
    assert content.data == PDF
    assert content.mimetype == "application/octet-stream"
    assert content.headers["Content-Disposition"].startswith("attachment;")
    assert content.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("upload", PDF, "upload.pdf"),
        ("upload", b"\x89PNG\r\n\x1a\n....", "upload.png"),
        ("upload", b"\x00\x01", "upload.bin"),
    ],
)
def test_without_an_ending_the_content_says(
    machine: Machine, name: str, content: bytes, expected: str
) -> None:
    assert machine.upload(name, content).json["name"] == expected


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("leer.pdf", b"", "leer.pdf"),
        ("virus.exe", b"MZ", "virus.exe"),
        ("falsch.pdf", b"<xml/>", "falsch.pdf"),
        ("falsch.xml", PDF, "falsch.xml"),
    ],
)
def test_a_wrong_file_is_refused_with_the_reason(
    machine: Machine, name: str, content: bytes, reason: str
) -> None:
    answer = machine.upload(name, content)
    assert answer.status_code == 422
    assert reason in answer.json["detail"]


def test_a_file_must_be_sent_as_a_file(machine: Machine) -> None:
    text = machine.post("/documents", data={"file": "no file"}, content_type="multipart/form-data")
    assert text.status_code == 422
    assert "file" in text.json["errors"]
    nothing = machine.post("/documents", data={}, content_type="multipart/form-data")
    assert nothing.status_code == 422
    two = machine.post(
        "/documents",
        data={"file": (BytesIO(PDF), "a.pdf"), "other": (BytesIO(PDF), "b.pdf")},
        content_type="multipart/form-data",
    )
    assert two.status_code == 422
    assert "other" in two.json["errors"]
    nameless = machine.post(
        "/documents",
        data=b'--x\r\nContent-Disposition: form-data; name="file"; filename=""\r\n\r\nabc\r\n--x--',
        content_type="multipart/form-data; boundary=x",
    )
    assert nameless.status_code == 422


def test_another_clients_file_is_not_there(machine: Machine, stranger: Machine) -> None:
    foreign = machine.document("geheim.pdf")
    assert stranger.get(f"/documents/{foreign}").status_code == 404
    assert stranger.get(f"/documents/{foreign}/content").status_code == 404
