"""A provider adds a service by installing a package: the entry point group `kontor.services`."""

import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

MANIFEST = """
from marshmallow import Schema, fields
from app.catalogue.service import Promise, Service, WorkType
from app.kernel.money import Money

class Order(Schema):
    flowers = fields.Integer(required=True, metadata={"label": "How many flowers?"})

SERVICE = Service(
    key="flowers", title="Flowers", description="Fresh flowers for the reception.",
    trade="general", icon="leaf", price_unit="bunch", price=Money(900, "EUR"),
    promise=Promise(resolution_seconds=3600),
    work_types=(WorkType(key="bunch", title="Bunch", description="A bunch.", form=Order),),
)
"""
LIST = """
from app.wiring import load_parts
from app.catalogue.service import services
load_parts()
print(*[service.key for service in services()])
"""


def keys_with(folder: Path) -> list[str]:
    """What a process offers that finds packages in this folder too."""
    found = subprocess.run(
        [sys.executable, "-c", LIST],
        cwd=ROOT,
        env={"PYTHONPATH": f"{folder}:{ROOT}", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    return found.stdout.split()


def test_a_service_comes_with_a_package(tmp_path: Path) -> None:
    before = keys_with(tmp_path)
    package = tmp_path / "kontor_flowers"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "manifest.py").write_text(MANIFEST)
    facts = tmp_path / "kontor_flowers-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: kontor-flowers\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text(
        "[kontor.services]\nflowers = kontor_flowers.manifest:SERVICE\n"
    )
    assert "flowers" not in before
    assert keys_with(tmp_path) == sorted([*before, "flowers"])
