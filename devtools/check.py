"""`make lint` and `make test`: every tool in turn; all are run, and one failure fails the whole."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
PROGRAMS = Path(sys.executable).parent
TEMPLATES = ["app"]

LINTS: dict[str, list[str]] = {
    "lint (ruff)": ["ruff", "check", "."],
    "format (ruff)": ["ruff", "format", "--check", "."],
    "types (mypy)": ["mypy"],
    "import contracts": ["lint-imports"],
    "templates (djlint)": ["djlint", *TEMPLATES, "--lint", "--quiet"],
}


def main(what: str, arguments: list[str]) -> int:
    """0 only if everything passed."""
    failed = [name for name, command in LINTS.items() if not passes(name, command)]
    if what == "lint":
        print(f"Failed: {', '.join(failed)}" if failed else "All checks passed.", flush=True)
        return bool(failed)
    prepare_programs()
    if failed:  # said before pytest, whose summary is the last line
        print(f"\nFAILED before the tests: {', '.join(failed)}\n", flush=True)
    tests = subprocess.run(
        [PROGRAMS / "pytest", *workers(arguments), *arguments],
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.DEVNULL,
        check=False,
    ).returncode
    return tests or bool(failed)


def passes(name: str, command: list[str]) -> bool:
    """Run one tool; its output is shown if it has something to say."""
    began = time.monotonic()
    done = subprocess.run(
        [PROGRAMS / command[0], *command[1:]],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    verdict = "ok" if done.returncode == 0 else "FAILED"
    print(f"{name:.<24} {verdict} ({time.monotonic() - began:.0f} s)", flush=True)
    if done.returncode != 0:
        print((done.stdout + done.stderr).strip(), flush=True)
    return done.returncode == 0


def workers(arguments: list[str]) -> list[str]:
    """Two processes for the whole suite; one when somebody picks tests."""
    return [] if arguments else ["--numprocesses=2", "--dist=loadfile"]


def environment() -> dict[str, str]:
    """Ours, less what would lead the tests to somebody's real servers."""
    real = ("DATABASE_URL", "TENANT_DATABASE_URL", "DATABASE_DIRECT_URL", "REDIS_URL", "SMTP_URL")
    kept = {name: value for name, value in os.environ.items() if name not in real}
    return kept | {"PATH": f"{PROGRAMS}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}


NEEDED = {
    "chromium": (("chromium", "chromium-browser"), "the browser tests"),
    "pgbouncer": (("pgbouncer",), "the test through a connection pooler"),
}
"""Debian package: programs, and what is left out without one of them."""


def prepare_programs() -> None:
    """What some tests need beside Python; on Debian root can have it."""
    path = f"{os.environ.get('PATH', os.defpath)}{os.pathsep}/usr/sbin"
    missing = [
        package
        for package, (programs, _) in NEEDED.items()
        if not any(shutil.which(program, path=path) for program in programs)
    ]
    if not missing or (_can_install() and _install(missing)):
        return
    left_out = " and ".join(NEEDED[package][1] for package in missing)
    print(
        f"Without {' and '.join(missing)} here, {left_out} are left out. "
        f"Debian and Ubuntu: sudo apt-get install {' '.join(missing)}",
        flush=True,
    )


def _can_install() -> bool:
    return os.getuid() == 0 and shutil.which("apt-get") is not None


def _install(packages: list[str]) -> bool:
    print(f"Installing {' and '.join(packages)} for the tests ...", flush=True)
    # A pooler of our own is started by the test; Debian's service must not take its port.
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for words in (["update", "-qq"], ["install", "-qq", "-y", *packages]):
        done = subprocess.run(
            ["apt-get", *words],
            env=quiet,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        print(done.stderr[-1000:])
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
