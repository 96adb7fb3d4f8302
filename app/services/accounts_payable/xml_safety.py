"""XML from strangers, parsed without ever following what it asks for.

No DOCTYPE (so no entities: neither billion laughs nor external files), no network, a limit on size,
depth and number of elements. Anything refused is a finding, never an exception.
"""

import re
from dataclasses import dataclass
from typing import Any, Final

from lxml import etree

from app.services.accounts_payable.findings import Finding, error

MAX_XML_BYTES: Final = 20 * 1024 * 1024
BROKEN_OFF: Final = "Premature end"
MAX_DEPTH: Final = 100
MAX_ELEMENTS: Final = 1_000_000
CHUNK: Final = 64 * 1024

Element = Any  # lxml-stubs call it _Element, which nobody may import by name

UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
FORBIDDEN: Final = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
FORBIDDEN_UTF16: Final = re.compile("<!\\s*(DOCTYPE|ENTITY)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ParsedXml:
    """The root element, or the reason why there is none."""

    root: Element | None
    finding: Finding | None = None


def looks_like_xml(content: bytes) -> bool:
    """Whether the first non-blank character opens a tag, in any encoding that we accept."""
    head = content[:512]
    if head.startswith(UTF16_MARKS):
        return True
    return _without_blank_start(head).startswith(b"<")


def parse(content: bytes, *, max_bytes: int = MAX_XML_BYTES) -> ParsedXml:
    """The root element of untrusted XML, or a finding. Never raises for any input."""
    if len(content) > max_bytes:
        return _refused("AP-XML-SIZE", limit=max_bytes // (1024 * 1024))
    if not content.strip():
        return _refused("AP-FILE-EMPTY")
    if not looks_like_xml(content):
        return _refused("AP-NOT-XML")
    if _declares_a_type(content):
        return _refused("AP-XML-DOCTYPE")
    return _feed(_without_blank_start(content))


def _declares_a_type(content: bytes) -> bool:
    """A DOCTYPE is refused by its name before any parser sees it."""
    if FORBIDDEN.search(content):
        return True
    if content.startswith(UTF16_MARKS):
        codec = "utf-16-be" if content.startswith((b"\xfe\xff", b"\x00<")) else "utf-16-le"
        return FORBIDDEN_UTF16.search(content.decode(codec, errors="replace")) is not None
    return False


def _without_blank_start(content: bytes) -> bytes:
    """Blanks before the declaration are a frequent slip and harmless; so is a doubled UTF-8 BOM."""
    if content.startswith(UTF16_MARKS):
        return content
    while content.startswith(b"\xef\xbb\xbf"):
        content = content[3:]
    return content.lstrip(b" \t\r\n")


def _feed(content: bytes) -> ParsedXml:
    parser = etree.XMLPullParser(
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=True,  # attachments of 15 MB are usual; our own limits stand instead
        remove_comments=True,
        remove_pis=True,
    )
    depth = count = 0
    try:
        for start in range(0, len(content), CHUNK):
            parser.feed(content[start : start + CHUNK])
            for event, _ in parser.read_events():
                depth += 1 if event == "start" else -1
                count += event == "start"
                if depth > MAX_DEPTH:
                    return _refused("AP-XML-DEPTH", limit=MAX_DEPTH)
            if count > MAX_ELEMENTS:
                return _refused("AP-XML-ELEMENTS", limit=MAX_ELEMENTS)
        root = parser.close()
    except etree.XMLSyntaxError as problem:
        reason = _reason_of(problem)
        is_cut = reason.startswith(BROKEN_OFF) or not content.rstrip(b"\x00 \t\r\n").endswith(b">")
        code = "AP-XML-CUT" if is_cut else "AP-XML-BROKEN"
        return _refused(code, line=_line_of(problem), reason=reason)
    except (ValueError, LookupError, AssertionError) as problem:
        return _refused("AP-XML-BROKEN", line=0, reason=type(problem).__name__)
    if root.getroottree().docinfo.internalDTD is not None:
        return _refused("AP-XML-DOCTYPE")
    return ParsedXml(root)


def _line_of(problem: etree.XMLSyntaxError) -> int:
    return int(getattr(problem, "lineno", 0) or 0)


def _reason_of(problem: etree.XMLSyntaxError) -> str:
    """The parser's own words, short and on one line (they are English and technical)."""
    return " ".join(str(problem.msg or "").split())[:160]


def _refused(code: str, **params: object) -> ParsedXml:
    return ParsedXml(None, error(code, None, **params))
