"""Draws the pages of a PDF as pictures, in a limited process: no browser has to open the file."""

import io
import struct
from collections.abc import Sequence

from app.kernel.sandbox import run_limited

MOST_PAGES = 12
"""Pages drawn of one file; the rest is a download."""
WIDTH = 1100
"""Pixels across a page: sharp at the width of half a screen."""
_LONGEST = 4 * WIDTH
"""Pixels down a page, however long its paper is."""
_SECONDS, _MEGABYTES = 40, 1024
_TARGET = "app.documents.drawing:draw"


def pages_of(content: bytes) -> Sequence[bytes]:
    """PNG pictures of the first pages; none of a file that cannot be drawn."""
    outcome = run_limited(_TARGET, content, seconds=_SECONDS, megabytes=_MEGABYTES)
    return [] if outcome.failure else list(_unpacked(outcome.output))


def draw(content: bytes) -> bytes:
    """Run in the child: the pages' pictures one after the other, each behind its length."""
    import pypdfium2  # noqa: PLC0415  only the child pays for reading the library

    packed = io.BytesIO()
    document = pypdfium2.PdfDocument(content)
    for number in range(min(len(document), MOST_PAGES)):
        page = document[number]
        scale = min(WIDTH / page.get_width(), _LONGEST / page.get_height())
        picture = io.BytesIO()
        page.render(scale=scale).to_pil().save(picture, "PNG", optimize=True)
        packed.write(struct.pack(">I", picture.tell()) + picture.getvalue())
    return packed.getvalue()


def _unpacked(packed: bytes) -> Sequence[bytes]:
    found, at = [], 0
    while at < len(packed):
        (size,) = struct.unpack_from(">I", packed, at)
        found.append(packed[at + 4 : at + 4 + size])
        at += 4 + size
    return found
