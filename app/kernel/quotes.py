"""What somebody wrote in an answer, without what is quoted below and without the signature."""

import re
from html import unescape

_NUMBERS = r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}|\d{4}"
_WROTE = r"(?:wrote|schrieb\b.*|écrit|escribió|ha scritto|schreef)"
_INTRODUCTION = re.compile(
    rf"^\s*>?\s*(?:(?:On|Am|Le|El|Il|Op|W dniu)\b.*(?:{_NUMBERS}).*{_WROTE}\s*:?"
    rf"|.*<\S+@\S+>.*{_WROTE}\s*:|.*{_WROTE}\s*:)\s*$",
    re.IGNORECASE,
)
_BEGINS_INTRODUCTION = re.compile(rf"^\s*(?:On|Am|Le|El|Il)\b.*(?:{_NUMBERS})", re.IGNORECASE)
_FORWARDED = re.compile(
    r"^\s*(?:-{2,}|_{5,})\s*(?:Original|Ursprüngliche|Weitergeleitete|Forwarded|Reply)?[^\n]{0,40}"
    r"(?:message|nachricht|-{2,}|_{5,})\s*[-_]*\s*$|^\s*_{20,}\s*$",
    re.IGNORECASE,
)
_HEADER = re.compile(r"^\s*\*?(?:From|Von|De|Da)\s?:\*?\s+\S", re.IGNORECASE)
_SENT = re.compile(
    r"^\s*\*?(?:Sent|Gesendet|Date|Datum|To|An|Subject|Betreff|Cc|Reply-To)\s?:", re.IGNORECASE
)
_PHONE = re.compile(r"^\s*(?:Sent from my|Gesendet mit|Von meinem .* gesendet|Get Outlook for)\b.*")
_SIGNATURE = re.compile(r"^-- ?$|^__\s*$")
_BLOCKS = re.compile(r"<(?:br|/p|/div|/tr|/li|/h\d|hr)\b[^>]*>", re.IGNORECASE)
_UNSEEN = re.compile(
    r"<(style|script|head|title)\b.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL
)
_QUOTE = re.compile(
    r"<(?:blockquote|div[^>]+(?:gmail_quote|yahoo_quoted|moz-cite-prefix|divRplyFwdMsg))"
    r".*|<hr[^>]*(?:stopSpelling|tabindex).*",
    re.IGNORECASE | re.DOTALL,
)
MOST_LINES = 5_000


def fresh(text: str) -> str:
    """The part that is new. An answer below or between quotes keeps what stands between them."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:MOST_LINES]
    end = next((at for at in range(len(lines)) if _ends_here(lines, at)), len(lines))
    kept = _without_quotes(lines[:end])
    if not "".join(kept).strip():
        # All of it stands below the quote: the quote goes, the answer stays.
        kept = _without_quotes(lines)
    return "\n".join(_without_signature(kept)).strip()


def _ends_here(lines: list[str], at: int) -> bool:
    line = lines[at]
    if _FORWARDED.match(line):
        return True
    if _HEADER.match(line) and any(_SENT.match(one) for one in lines[at + 1 : at + 4]):
        return True
    if not _introduces(lines, at):
        return False
    # An answer between the quotes: the introduction alone is left out, and nothing ends here.
    after = [one for one in lines[at + 1 :] if one.strip() and not _introduces([one], 0)]
    return not after or not after[0].startswith(">") or _is_quoted_to_the_end(after)


def _introduces(lines: list[str], at: int) -> bool:
    if _INTRODUCTION.match(lines[at]):
        return True
    joined = " ".join(lines[at : at + 3])
    return bool(_BEGINS_INTRODUCTION.match(lines[at]) and _INTRODUCTION.match(joined))


def _is_quoted_to_the_end(lines: list[str]) -> bool:
    last = max((at for at, line in enumerate(lines) if line.startswith(">")), default=0)
    rest = lines[last + 1 :]
    return not rest or bool(_SIGNATURE.match(rest[0]))


def _without_quotes(lines: list[str]) -> list[str]:
    return [
        line
        for at, line in enumerate(lines)
        if not line.lstrip().startswith(">") and not _INTRODUCTION.match(line)
        and not (at and _BEGINS_INTRODUCTION.match(lines[at - 1]) and re.search(_WROTE, line))
    ]  # fmt: skip


def _without_signature(lines: list[str]) -> list[str]:
    for at, line in enumerate(lines):
        if _SIGNATURE.match(line) or _PHONE.match(line):
            return lines[:at]
    return lines


def text_of_html(html: str, *, quoted: bool = False) -> str:
    """The words of an HTML part, line by line, without the quoted mail unless it is asked for."""
    seen = _UNSEEN.sub("", html)
    seen = seen if quoted else _QUOTE.sub("", seen)
    flat = re.sub(r"\s+", " ", seen)
    words = unescape(re.sub(r"<[^>]*>", "", _BLOCKS.sub("\n", flat)))
    return "\n".join(line.strip() for line in words.replace("\xa0", " ").split("\n")).strip()
