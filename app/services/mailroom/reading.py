"""From files to letters: mails, PDFs with separator pages, pictures and texts."""

import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from time import monotonic
from typing import Any, Final

import pypdfium2
from PIL import Image

from app.catalogue.steps import StepDocument
from app.documents import reading as documents
from app.kernel import mails
from app.kernel.tables import decoded
from app.services.mailroom import ocr

MOST_PAGES: Final = 300
MOST_SIGNS: Final = 60_000
MOST_ATTACHMENTS: Final = 20
LEAST_SIGNS: Final = 12
"""A page with fewer is a picture."""
DOTS: Final = 200 / 72
"""Resolution that tesseract likes, of the point."""
MOST_DOTS: Final = 40_000_000
_OLE: Final = b"\xd0\xcf\x11\xe0"
_SEPARATOR: Final = re.compile(
    r"^\W*(?:trennblatt|trennseite|trenner|separator(?:\s+(?:page|sheet))?|patch\s?-?\s?(?:code)?"
    r"\s?[t2]?)[\W\d]*$",
    re.IGNORECASE,
)
_PICTURES: Final = (b"\x89PNG", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*")


class NotALetter(ValueError):
    """The file cannot be read; `args[0]` says why: empty, locked, broken, msg, kind, long."""


@dataclass(slots=True, kw_only=True)
class Letter:
    """One letter of a file."""

    document: StepDocument
    text: str
    pages: tuple[int, int] | None = None
    """First and last of a batch, from 1; None where the file is one letter."""
    heading: str = ""
    sender: str = ""
    sent_on: date | None = None
    unread: int = 0
    """Pages or attachments without words."""
    trouble: list[str] = field(default_factory=list)
    """Names of attachments that could not be read."""

    @property
    def place(self) -> str:
        """`batch.pdf (3-4)`; a file that is one letter by its name."""
        if self.pages is None:
            return self.document.name
        first, last = self.pages
        return f"{self.document.name} ({first}{f'-{last}' if last > first else ''})"


Eyes = Callable[[bytes], str] | None
"""Reads the words of a picture; None where nobody can."""


def eyes() -> Eyes:
    """Tesseract, where it is installed, until its time is over; the rest stay without words."""
    found = ocr.program()
    if found is None:
        return None
    until = monotonic() + ocr.IN_ALL

    def see(picture: bytes) -> str:
        left = until - monotonic()
        if left <= 0:
            return ""
        return ocr.words_of(picture, tesseract=found, seconds=min(left, ocr.SECONDS))

    return see


def letters(document: StepDocument, *, see: Eyes) -> list[Letter]:
    """Every letter of a file. Raises NotALetter."""
    content, name = document.content, document.name.lower()
    if not content.strip():
        raise NotALetter("empty")
    if content.startswith(b"%PDF-") or b"%PDF-" in content[:1024]:
        return _of_pdf(document, see)
    if content.startswith(_PICTURES):
        text = see(content) if see else ""
        return [Letter(document=document, text=text, unread=int(len(text.strip()) < LEAST_SIGNS))]
    if content.startswith(_OLE):
        raise NotALetter("msg" if name.endswith(".msg") else "kind")
    if name.endswith(".eml"):
        return [_of_mail(document, see)]
    if name.endswith(".docx"):
        return [Letter(document=document, text=_words(content))]
    if name.endswith(".txt"):
        return [Letter(document=document, text=decoded(content)[:MOST_SIGNS])]
    raise NotALetter("kind")


def _words(content: bytes) -> str:
    try:
        return documents.read(content).decode("utf-8", errors="replace")
    except MemoryError:
        raise
    except Exception:  # a broken archive has many errors of its own
        raise NotALetter("broken") from None


def _of_pdf(document: StepDocument, see: Eyes) -> list[Letter]:
    found = list(parts(page_texts(document.content, see)))
    return [
        Letter(
            document=document,
            text="\n".join(text for _, text in part)[:MOST_SIGNS],
            pages=(part[0][0], part[-1][0]) if len(found) > 1 else None,
            unread=sum(len(text.strip()) < LEAST_SIGNS for _, text in part),
        )
        for part in found
    ]


def page_texts(content: bytes, see: Eyes) -> list[str]:
    """The words of each page; a page that is a picture is looked at. Raises NotALetter."""
    try:
        pdf = pypdfium2.PdfDocument(content)
        count = len(pdf)
    except pypdfium2.PdfiumError as problem:
        raise NotALetter("locked" if "password" in str(problem) else "broken") from None
    with closing(pdf):
        if count > MOST_PAGES:
            raise NotALetter("long")
        return [_page_text(pdf, number, see) for number in range(count)]


def _page_text(pdf: pypdfium2.PdfDocument, number: int, see: Eyes) -> str:
    try:
        page = pdf[number]
        text = str(page.get_textpage().get_text_range())
        if len(text.strip()) < LEAST_SIGNS and see:
            text = see(_drawn(page)) or text
    except pypdfium2.PdfiumError:
        return ""
    return text


def _drawn(page: Any) -> bytes:
    wide, tall = page.get_size()
    scale = min(DOTS, (MOST_DOTS / max(wide * tall, 1)) ** 0.5)
    out = io.BytesIO()
    picture: Image.Image = page.render(scale=scale, grayscale=True).to_pil()
    picture.save(out, "PNG")
    return out.getvalue()


def parts(pages: Sequence[str]) -> Iterator[list[tuple[int, str]]]:
    """Pages between separator pages, with their numbers from 1; separators belong to none."""
    part: list[tuple[int, str]] = []
    for number, text in enumerate(pages, start=1):
        if is_separator(text):
            if part:
                yield part
            part = []
        else:
            part.append((number, text))
    if part:
        yield part


def is_separator(text: str) -> bool:
    """Whether a page says nothing but that here a letter ends."""
    return bool(_SEPARATOR.match(" ".join(text.split())))


def cut(content: bytes, pages: tuple[int, int]) -> bytes:
    """These pages of a PDF as a PDF. Raises NotALetter."""
    try:
        with closing(pypdfium2.PdfDocument(content)) as source:
            part = pypdfium2.PdfDocument.new()
            part.import_pages(source, list(range(pages[0] - 1, pages[1])))
            out = io.BytesIO()
            part.save(out)
    except pypdfium2.PdfiumError:
        raise NotALetter("broken") from None
    return out.getvalue()


def _of_mail(document: StepDocument, see: Eyes) -> Letter:
    """A mail with the words of what hangs on it."""
    mail = mails.letter(document.content)
    if not mail.sender and not mail.subject:
        raise NotALetter("broken")
    letter = Letter(
        document=document,
        text=mail.text,
        heading=mail.subject,
        sender=mail.sender_name or mail.sender,
        sent_on=mail.sent_at.date() if mail.sent_at else None,
    )
    texts = [mail.text]
    for one in mail.attachments[:MOST_ATTACHMENTS]:
        try:
            texts += _hanging(document, one, see)
        except NotALetter:
            letter.trouble.append(one.name[:80])
    letter.text = "\n".join(texts)[:MOST_SIGNS]
    return letter


def _hanging(document: StepDocument, one: mails.Attachment, see: Eyes) -> list[str]:
    if one.name.lower().endswith(".eml"):  # no mails within mails within mails
        return []
    inner = StepDocument(id=document.id, name=one.name, media_type="", content=one.content)
    found = letters(inner, see=see)
    if all(len(letter.text.strip()) < LEAST_SIGNS for letter in found):
        raise NotALetter("empty")
    return [letter.text for letter in found]
