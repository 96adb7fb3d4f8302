"""`kontor services new`: the folder it lays out is a whole service that passes its own tests."""

import shutil
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from app.cli.services import command
from tests.conftest import ROOT

RUN = """
import sys
from pathlib import Path
import pytest
from app import services
services.__path__.append(sys.argv[1])
from app.catalogue.service import service
from app.wiring import load_parts
load_parts()
print("sold:", service("bee_keeping").title)
sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", "-c", "/dev/null", *sys.argv[2:]]))
"""


def lay_out(root: Path, *arguments: str) -> str:
    result = CliRunner().invoke(command, ["new", *arguments, "--root", str(root)])
    assert result.exit_code == 0, result.output
    return result.output


def tried(folder: Path, *tests: str) -> str:
    """The output of tests that find the services of this folder too."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(folder), *tests],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "sold: Bee keeping" in done.stdout
    return done.stdout


def test_a_new_service_is_whole_and_passes_its_tests(tmp_path: Path) -> None:
    said = lay_out(tmp_path, "bee_keeping", "--title", "Bee keeping")
    assert "app/services/bee_keeping/manifest.py" in said
    folder, tests = tmp_path / "app/services", tmp_path / "tests/app/services/bee_keeping"
    assert "7 passed" in tried(folder, str(tests))


def test_a_new_service_says_something_of_hurtful_files(tmp_path: Path) -> None:
    lay_out(tmp_path, "bee_keeping", "--title", "Bee keeping")
    hurtful = str(ROOT / "tests/app/services/test_hurtful_files.py")
    said = tried(tmp_path / "app/services", hurtful, "-k", "bee_keeping and bad_file")
    assert "1 passed" in said


def test_it_is_written_as_the_house_writes(tmp_path: Path) -> None:
    lay_out(tmp_path, "bee_keeping")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for room in ("catalogue", "kernel"):  # as in a checkout: they are our own
        (tmp_path / "app" / room).symlink_to(ROOT / "app" / room)
    ruff = Path(sys.executable).parent / "ruff"
    for tool in (["check", "--no-cache"], ["format", "--check", "--no-cache"]):
        done = subprocess.run(
            [ruff, *tool, "app/services"], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout


def test_what_is_there_is_left_alone_and_bad_keys_are_refused(tmp_path: Path) -> None:
    lay_out(tmp_path, "bee_keeping")
    manifest = tmp_path / "app/services/bee_keeping/manifest.py"
    manifest.write_text("mine")
    again = CliRunner().invoke(command, ["new", "bee_keeping", "--root", str(tmp_path)])
    assert again.exit_code == 1
    assert "already" in again.output
    assert manifest.read_text() == "mine"
    for bad in ("../escape", "Bee", "class", "9lives", "a-b"):
        refused = CliRunner().invoke(command, ["new", bad, "--root", str(tmp_path)])
        assert refused.exit_code == 2, bad
    assert [path.name for path in (tmp_path / "app/services").iterdir()] == ["bee_keeping"]


def test_the_list_shows_what_is_sold() -> None:
    result = CliRunner().invoke(command, ["list"])
    assert result.exit_code == 0
    assert "accounts_payable" in result.output
