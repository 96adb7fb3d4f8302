"""A sentence for a person, kept as message id and values until a face knows the language."""

from typing import Any

from typing_extensions import override


class Text:
    """`Text("Item %(number)s is closed.", number="ACME-1")`; `str()` gives the English sentence."""

    __slots__ = ("msgid", "params")

    def __init__(self, msgid: str, **params: Any) -> None:
        self.msgid = msgid
        self.params = params

    @override
    def __str__(self) -> str:
        return self.msgid % self.params if self.params else self.msgid

    @override
    def __repr__(self) -> str:
        return f"Text({self.msgid!r}, {self.params!r})"

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and (self.msgid, self.params) == (other.msgid, other.params)

    @override
    def __hash__(self) -> int:
        return hash((self.msgid, tuple(sorted(self.params.items()))))
