"""Every kind of work that needs files shows some, and they are those that it takes."""

from datetime import date
from pathlib import PurePosixPath

from app.catalogue.examples import example_files
from app.catalogue.service import services
from app.wiring import load_parts

load_parts()
DAY = date(2026, 11, 25)


def test_examples_are_files_that_the_work_takes() -> None:
    shown = 0
    for service in services():
        for work_type in service.work_types:
            for one in example_files(service.key, work_type.key, on=DAY):
                assert PurePosixPath(one.name).suffix in work_type.accepts, (service.key, one.name)
                assert one.content
                shown += 1
    assert shown > 25


def test_the_same_day_gives_the_same_examples() -> None:
    first = example_files("payments", "transfer_run", on=DAY)
    assert example_files("payments", "transfer_run", on=DAY)[0].sha256 == first[0].sha256
