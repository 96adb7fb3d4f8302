"""A finding while a bill is read: plain values; the file is told by its number."""

from typing import Any

from app.catalogue.steps import Severity


def finding(
    code: str, severity: Severity, place: str = "", *, file: int | None = None, **params: object
) -> dict[str, Any]:
    """`file`: the number of the file it is in."""
    texts = {name: str(value) for name, value in params.items()}
    return {
        "code": code, "severity": severity, "place": place, "params": texts, "file": file,
    }  # fmt: skip
