"""`make run` by an ordinary user, and on a disk that is full: both need root to arrange."""

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.devtools.conftest import UP, Run

NOBODY = 65534
LOOK = """
import subprocess, sys
import devtools.run, aiosmtpd, gunicorn
subprocess.run([sys.executable, "-c", ""], check=True)
"""
MOUNT, UMOUNT = shutil.which("mount"), shutil.which("umount") or "umount"
pytestmark = pytest.mark.skipif(
    os.getuid() != 0 or shutil.which("setpriv") is None, reason="root and setpriv arrange these"
)


def ordinary_python() -> list[str]:
    """A Python of our version that others than root can run, with our packages; else skip."""
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    become = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    look = ["-c", LOOK]
    paths = os.pathsep.join([str(Path(__file__).parents[2]), sysconfig.get_path("purelib")])
    for candidate in (sys.executable, f"/usr/local/bin/{name}", f"/usr/bin/{name}"):
        found = subprocess.run(
            [*become, candidate, *look],
            env={"PYTHONPATH": paths},
            capture_output=True,
            check=False,
        )
        if found.returncode == 0:
            return [*become, candidate]
    pytest.skip("no Python here that others than root can run with our packages")


def test_an_ordinary_user_runs_everything_as_themselves(run: Run, place: Path) -> None:
    run.prefix = ordinary_python()
    run.more = {"PYTHONPATH": sysconfig.get_path("purelib"), "HOME": "/nonexistent"}
    run.home.mkdir()
    for path in (run.home, *run.checkout.rglob("*"), run.checkout):
        os.chown(path, NOBODY, NOBODY, follow_symlinks=False)

    run.start().until(UP)

    assert all(os.stat(f"/proc/{pid}").st_uid == NOBODY for pid in run.left())
    assert run.home.stat().st_mode & 0o777 == 0o700
    assert run.stop() == 0
    assert run.left() == []


@pytest.fixture
def small_disk(run: Run) -> Iterator[Path]:
    run.home.mkdir()
    if MOUNT is None:
        pytest.skip("no mount here")
    done = subprocess.run(
        [MOUNT, "-t", "tmpfs", "-o", "size=40m,mode=0711", "tmpfs", run.home],
        capture_output=True,
        check=False,
    )
    if done.returncode != 0:
        pytest.skip("may not mount a small disk here")
    yield run.home
    subprocess.run([UMOUNT, run.home], check=True)


def test_a_full_disk_is_said(run: Run, small_disk: Path) -> None:
    assert run.start().ends() == 1

    assert "The disk is full" in run.said
    assert str(small_disk) in run.said
    assert "Traceback" not in run.said
