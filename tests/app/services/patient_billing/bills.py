"""What the tests of patient billing share."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from uuid import uuid4

from app.catalogue.steps import StepDocument

DAY = date(2026, 11, 20)


def documents(paths: Sequence[Path]) -> tuple[StepDocument, ...]:
    return tuple(
        StepDocument(
            id=uuid4(), name=path.name, media_type="application/json", content=path.read_bytes()
        )
        for path in paths
    )
