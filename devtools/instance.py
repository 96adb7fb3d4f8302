"""This checkout's own instance: where its data lies, its secrets, and how the shell finds it."""

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from devtools import embedded
from devtools.unprivileged import data_home

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Instance:
    """The places of one instance. `facts` is what config.Settings reads; mode 0600."""

    home: Path
    facts: Path

    @property
    def demo_marker(self) -> Path:
        """Exists once the demo is loaded; holds what loading it printed: the accounts."""
        return self.home / "demo.txt"

    @property
    def demo_begun(self) -> Path:
        """Exists while the demo is being loaded into a database made for it."""
        return self.home / "demo.begun"

    def throw_away_half_a_demo(self) -> bool:
        """Whether loading was cut short, so that everything in this instance has to go."""
        if not self.demo_begun.exists():
            return False
        for name in ("postgres", "redis", "files", "outbox", "stripe"):
            shutil.rmtree(self.home / name, ignore_errors=True)
        self.demo_begun.unlink()
        return True

    def folder(self, name: str) -> Path:
        """A private folder of the instance's, made if need be."""
        path = self.home / name
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return path


def of_checkout() -> Instance:
    """The instance of this checkout, or of KONTOR_HOME where that names a folder."""
    chosen = os.environ.get("KONTOR_HOME")
    if chosen:
        home = Path(chosen).resolve()
        return Instance(home=home, facts=home / "instance.json")
    return Instance(home=data_home(ROOT), facts=ROOT / ".kontor" / "instance.json")


def make_home(instance: Instance) -> None:
    """Root's servers run under another user, who must pass; for anybody else it is private."""
    instance.home.mkdir(parents=True, exist_ok=True)
    instance.home.chmod(0o711 if os.getuid() == 0 else 0o700)
    instance.facts.parent.mkdir(mode=0o711, parents=True, exist_ok=True)


def passwords(instance: Instance) -> dict[str, str]:
    """Made at the first start, kept for all later ones."""
    path = instance.home / "passwords.json"
    if not path.exists():
        write_private(path, json.dumps(embedded.random_passwords(), indent=1))
    kept: dict[str, str] = json.loads(path.read_text())
    return kept


def write_facts(instance: Instance, environment: dict[str, str]) -> None:
    """Let the `kontor` command of this checkout find the running servers."""
    write_private(instance.facts, json.dumps(environment, indent=1))


def write_private(path: Path, text: str) -> None:
    """Replace a file that nobody else may read, whole."""
    made = path.with_suffix(".new")
    made.unlink(missing_ok=True)
    with os.fdopen(os.open(made, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(text)
    made.replace(path)
