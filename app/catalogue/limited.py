"""A whole automation in a limited process: whatever a file does to it, the worker lives on.

Files and values go over as JSON; nothing is unpickled on either side.
"""

import base64
import importlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from typing_extensions import override

from app.catalogue.left_out import left_out
from app.catalogue.rows import at
from app.catalogue.steps import (
    ProposedValue,
    ResultDocument,
    Severity,
    StepDocument,
    StepFinding,
    StepInput,
    StepResult,
)
from app.kernel.sandbox import Failure, run_limited

SECONDS: Final = 60.0
MEGABYTES: Final = 1024
MOST_MEGABYTES: Final = 48
"""Of all files together: they are held several times over while they go across."""
_CHILD: Final = "app.catalogue.limited:child"
_CODES: Final = {
    Failure.TIME: ("READER-TIME", int(SECONDS)),
    Failure.MEMORY: ("READER-MEMORY", MEGABYTES),
    Failure.CRASH: ("READER-CRASH", 0),
}

Automation = Callable[[StepInput], StepResult]


def limited(target: str) -> Automation:
    """The automation `package.module:function`, run in a child with limits of time and memory."""

    def automation(step: StepInput) -> StepResult:
        if sum(len(one.content) for one in step.documents) > MOST_MEGABYTES * 1024 * 1024:
            return _refused("READER-SIZE", MOST_MEGABYTES)
        outcome = run_limited(_CHILD, _packed(target, step), seconds=SECONDS, megabytes=MEGABYTES)
        if outcome.failure is not None:
            return _failed(outcome.failure)
        try:
            return _result(json.loads(outcome.output))
        except (ValueError, KeyError, TypeError):  # the child was taken over or cut off
            return _failed(Failure.CRASH)

    return automation


def child(payload: bytes) -> bytes:
    """Run in the child: call the named function with what was packed."""
    given = json.loads(payload)
    module, _, name = given["target"].partition(":")
    automation: Automation = getattr(importlib.import_module(module), name)
    step = _step(given)
    result = _with_unread(automation(step), step)
    told = asdict(result)
    told["documents"] = [{**asdict(one), "content": _text(one.content)} for one in result.documents]
    return json.dumps(told, default=str, ensure_ascii=False).encode()


class _Watched(StepDocument):
    """A file that knows whether anything looked into it."""

    __slots__ = ("was_read",)

    @override
    def __getattribute__(self, name: str) -> Any:
        if name == "content":
            object.__setattr__(self, "was_read", True)
        return super().__getattribute__(name)


def _with_unread(result: StepResult, step: StepInput) -> StepResult:
    """What came out of some of the files is not what the client meant by all of them."""
    if not result.values:
        return result
    read = [hasattr(one, "was_read") for one in step.documents]
    told: list[StepFinding] = []
    for one, was_read in zip(step.documents, read, strict=True):
        told += left_out(one) if was_read else [at(one, "FILE-UNUSED", Severity.WARNING)]
    if not told:
        return result
    return replace(result, findings=(*result.findings, *told), straight_through=False)


def _packed(target: str, step: StepInput) -> bytes:
    told = asdict(step)
    told["documents"] = [{**asdict(one), "content": _text(one.content)} for one in step.documents]
    return json.dumps({**told, "target": target}, default=str, ensure_ascii=False).encode()


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _step(given: Mapping[str, Any]) -> StepInput:
    documents = tuple(
        _Watched(
            id=UUID(one["id"]),
            name=one["name"],
            media_type=one["media_type"],
            content=base64.b64decode(one["content"]),
        )
        for one in given["documents"]
    )
    return StepInput(
        documents=documents,
        payload=given["payload"],
        client_name=given["client_name"],
        client_locale=given["client_locale"],
        today=date.fromisoformat(given["today"]),
        known_fingerprints=given["known_fingerprints"],
        books=given["books"],
    )


def _result(told: Mapping[str, Any]) -> StepResult:
    return StepResult(
        values={key: ProposedValue(**one) for key, one in told["values"].items()},
        findings=tuple(_finding(one) for one in told["findings"]),
        documents=tuple(
            ResultDocument(
                name=one["name"],
                media_type=one["media_type"],
                content=base64.b64decode(one["content"]),
            )
            for one in told["documents"]
        ),
        units=Decimal(told["units"]),
        fingerprints=tuple(told["fingerprints"]),
        title=told["title"],
        straight_through=told["straight_through"],
        records=tuple(told["records"]),
    )


def _finding(one: Mapping[str, Any]) -> StepFinding:
    return StepFinding(
        code=one["code"],
        severity=Severity(one["severity"]),
        place=one["place"],
        params=one["params"],
        document_id=UUID(one["document_id"]) if one["document_id"] else None,
    )


def _failed(failure: Failure) -> StepResult:
    return _refused(*_CODES[failure])


def _refused(code: str, limit: int) -> StepResult:
    finding = StepFinding(code=code, severity=Severity.ERROR, params={"limit": limit})
    return StepResult(findings=(finding,))
