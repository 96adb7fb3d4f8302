"""How an automation has its files read in a limited child process, and what comes back.

In: one line of JSON (the order, and names and sizes of the files), then the files' bytes.
Out: JSON. A child that crashes, fills its memory or takes too long gives a finding.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.catalogue.steps import Severity, StepDocument, StepFinding
from app.kernel.sandbox import Failure, run_limited


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one reading may take."""

    seconds: float = 20
    megabytes: int = 768


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the child said; `content` is empty where it said nothing."""

    content: Mapping[str, Any] = field(default_factory=dict)
    findings: tuple[StepFinding, ...] = ()


def finding(
    code: str, severity: Severity, place: str = "", *, file: int | None = None, **params: object
) -> dict[str, Any]:
    """A finding as the child writes it; `file` is the number of the file it is in."""
    texts = {name: str(value) for name, value in params.items()}
    return {
        "code": code, "severity": str(severity), "place": place, "params": texts, "file": file,
    }  # fmt: skip


def unpack(payload: bytes) -> tuple[dict[str, Any], list[tuple[str, bytes]]]:
    """For the child: the order, and the files by name."""
    head, _, rest = payload.partition(b"\n")
    order = json.loads(head)
    files, at = [], 0
    for name, size in order.pop("files"):
        files.append((name, rest[at : at + size]))
        at += size
    return order, files


def read_in_sandbox(
    target: str,
    *,
    order: Mapping[str, Any],
    documents: Sequence[StepDocument],
    limits: Limits,
    prefix: str,
    run: Callable[..., Any] = run_limited,
) -> Told:
    """Have `package.module:function` read the files. `prefix` begins the codes of failures."""
    head = {**order, "files": [(one.name, len(one.content)) for one in documents]}
    payload = json.dumps(head, default=str).encode() + b"\n"
    payload += b"".join(one.content for one in documents)
    outcome = run(target, payload, seconds=limits.seconds, megabytes=limits.megabytes)
    if outcome.failure is not None:
        return _failed(outcome.failure, limits, prefix)
    try:
        content = json.loads(outcome.output)
        return Told(
            content=content, findings=tuple(_stored(one, documents) for one in content["findings"])
        )
    except (ValueError, KeyError, TypeError, IndexError):  # the child was taken over or cut off
        return _failed(Failure.CRASH, limits, prefix)


def _failed(failure: Failure, limits: Limits, prefix: str) -> Told:
    amounts = {Failure.TIME: int(limits.seconds), Failure.MEMORY: limits.megabytes}
    return Told(
        findings=(
            StepFinding(
                code=f"{prefix}-READER-{failure.name}",
                severity=Severity.ERROR,
                params={"limit": str(amounts.get(failure, 0))},
            ),
        )
    )


def _stored(found: Mapping[str, Any], documents: Sequence[StepDocument]) -> StepFinding:
    file = found["file"]
    return StepFinding(
        code=str(found["code"]),
        severity=Severity(found["severity"]),
        place=str(found["place"]),
        params=dict(found["params"]),
        document_id=documents[file].id if file is not None else None,
    )
