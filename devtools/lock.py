"""Compile requirements/*.txt from pyproject.toml: universal, hashed, without any index address."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOCKS = {"dev": ["dev", "demo"], "demo": ["demo"], "base": []}


def main() -> None:
    """Write the three lock files; the smaller ones take the versions of the largest."""
    for name, extras in LOCKS.items():
        constraint = [] if name == "dev" else ["--constraint", "requirements/dev.txt"]
        command = [
            sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "--quiet",
            "--universal", "--python-version", "3.11", "--generate-hashes", "--no-header",
            "--no-annotate", "--no-emit-index-url", "--no-emit-find-links",
            *(word for extra in extras for word in ("--extra", extra)),
            *constraint, *sys.argv[1:], "--output-file", f"requirements/{name}.txt",
        ]  # fmt: skip
        print(f"requirements/{name}.txt ...", flush=True)
        subprocess.run(command, cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
