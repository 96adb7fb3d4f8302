"""The unit files start what the Procfile starts, each class of jobs among it."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from app.jobs.pool import GRACE
from app.jobs.rules import JobClass
from tests.conftest import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))


def setting(unit: Path, name: str) -> str:
    (found,) = re.findall(rf"^{name}=(.*)$", unit.read_text(), re.MULTILINE)
    return str(found)


def test_every_process_has_its_unit() -> None:
    lines = (ROOT / "Procfile").read_text().splitlines()
    parts = {line.split(":")[0] for line in lines} - {"release"}
    names = {unit: unit.stem.removeprefix("kontor-").rstrip("@") for unit in UNITS}
    assert set(names.values()) == parts
    for unit, name in names.items():
        started = setting(unit, "ExecStart")
        assert "wsgi:app" in started or f"worker.py {name.replace('_', '-')}" in started
        assert setting(unit, "Restart") == "always"


def test_the_target_has_every_class_and_two_relays() -> None:
    wanted = setting(DEPLOY / "kontor.target", "Wants").split()
    assert {f"kontor-worker@{each}.service" for each in JobClass} <= set(wanted)
    assert {"kontor-relay@1.service", "kontor-relay@2.service"} <= set(wanted)


def test_a_worker_is_given_the_time_it_gives_its_job() -> None:
    unit = DEPLOY / "kontor-worker@.service"
    assert float(setting(unit, "TimeoutStopSec")) > GRACE
    assert setting(unit, "KillMode") == "mixed", "the parent tells its child"


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_understands_it(unit: Path, tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("there is no systemd here")
    copy = tmp_path / unit.name.replace("@", "@1")
    # The programs of production are not on this machine.
    copy.write_text(re.sub(r"/opt/kontor/\S+/(python|gunicorn)", "/bin/true", unit.read_text()))
    said = subprocess.run(
        [program, "verify", "--man=no", str(copy)], capture_output=True, text=True, check=False
    )
    assert "Unknown key" not in said.stderr
    assert "Invalid" not in said.stderr
