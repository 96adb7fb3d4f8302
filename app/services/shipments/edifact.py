"""Reads UN/EDIFACT (ISO 9735): separators as UNA says, the character set as UNB says."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

CHARSETS: Final = {
    **dict.fromkeys(("UNOA", "UNOB", "UNOC"), "latin-1"),
    "UNOD": "iso8859-2",
    "UNOE": "iso8859-5",
    "UNOF": "iso8859-7",
    **dict.fromkeys(("UNOW", "UNOX", "UNOY"), "utf-8"),
}
USUAL: Final = ":+.? '"
MOST_SEGMENTS: Final = 400_000
_TAG: Final = re.compile(r"^[A-Z]{3}$")


class NotEdifact(ValueError):
    """The file cannot be read; `args[0]` says why: empty, other, long."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment: its place in the file (from 1), its tag, its elements with their components."""

    place: int
    tag: str
    elements: tuple[tuple[str, ...], ...]

    def get(self, element: int, component: int = 0) -> str:
        """A component, counted from 0; empty where there is none."""
        parts = self.elements[element] if element < len(self.elements) else ()
        return parts[component] if component < len(parts) else ""


@dataclass(frozen=True, slots=True)
class Message:
    """What stands between UNH and UNT."""

    kind: str
    segments: tuple[Segment, ...]
    stated: int | None
    """How many segments UNT says there are, with UNH and itself; None where it is missing."""

    @property
    def is_whole(self) -> bool:
        """Whether nothing was lost on the way."""
        return self.stated == len(self.segments) + 2


def looks_like(content: bytes) -> bool:
    """Whether it begins as an interchange."""
    return content.lstrip()[:3] in (b"UNA", b"UNB")


def segments(content: bytes) -> list[Segment]:
    """All segments in their order. Raises NotEdifact."""
    if not content.strip():
        raise NotEdifact("empty")
    if not looks_like(content):
        raise NotEdifact("other")
    text = _decoded(content).lstrip()
    marks = USUAL
    if text.startswith("UNA") and len(text) > len("UNA") + len(USUAL):
        marks, text = text[3:9], text[9:]
    found = []
    for place, raw in enumerate(_cut(text, marks), start=1):
        if place > MOST_SEGMENTS:
            raise NotEdifact("long")
        found.append(Segment(place, raw[0][0].strip(), tuple(raw[1:])))
    if not found or not _TAG.match(found[0].tag):
        raise NotEdifact("other")
    return found


def _decoded(content: bytes) -> str:
    at = content.find(b"UNB")
    name = content[at + 4 : at + 8].decode("ascii", errors="replace")
    return content.decode(CHARSETS.get(name, "latin-1"), errors="replace")


def _cut(text: str, marks: str) -> Iterator[list[tuple[str, ...]]]:
    """Segments as elements of components; a release sign takes the next sign as it is."""
    inner, outer, release, end = marks[0], marks[1], marks[3], marks[5]
    elements: list[tuple[str, ...]] = []
    parts, word, signs = list[str](), list[str](), iter(text)
    for sign in signs:
        if sign == release and release != " ":
            word.append(next(signs, ""))
        elif sign in (inner, outer, end):
            parts.append("".join(word))
            word = []
            if sign != inner:
                elements.append(tuple(parts))
                parts = []
            if sign == end:
                yield elements
                elements = []
        elif sign not in "\r\n":
            word.append(sign)
    if "".join(word).strip() or elements:  # the file was cut off within a segment
        yield [*elements, (*parts, "".join(word))]


def messages(found: Sequence[Segment]) -> list[Message]:
    """The messages of an interchange, the last one also where its end is missing."""
    read, inside, kind = list[Message](), list[Segment](), ""
    for one in found:
        if one.tag == "UNH":
            kind, inside = one.get(1), []
        elif one.tag == "UNT" and kind:
            stated = one.get(0)
            read.append(
                Message(
                    kind,
                    tuple(inside),
                    int(stated) if stated.isdecimal() and len(stated) < 10 else None,
                )
            )
            kind = ""
        elif kind:
            inside.append(one)
    return [*read, Message(kind, tuple(inside), None)] if kind else read
