"""`make vendor`: fetch the pinned front-end packages and keep the few files that pages need.

The copies are committed, so neither users nor CI need Node; only a change of versions does.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = Path(__file__).resolve().parent / "vendor"
PAGES = ROOT / "app/web/static/vendor"
TESTS = ROOT / "tests/browser/vendor"

# package: ((file in the package, where it goes), …)
FILES: dict[str, tuple[tuple[str, Path], ...]] = {
    "bootstrap": (("dist/css/bootstrap.min.css", PAGES / "bootstrap.css"),),
    "htmx.org": (
        ("dist/htmx.min.js", PAGES / "htmx.js"),
        ("dist/ext/hx-csp.min.js", PAGES / "hx-csp.js"),
    ),
    "tinykeys": (("dist/tinykeys.mjs", PAGES / "tinykeys.js"),),
    "@fontsource-variable/inter": (
        ("files/inter-latin-wght-normal.woff2", PAGES / "inter-latin.woff2"),
        ("files/inter-latin-ext-wght-normal.woff2", PAGES / "inter-latin-ext.woff2"),
    ),
    "@tabler/icons": (),
    "axe-core": (("axe.min.js", TESTS / "axe.js"),),
}

_SOURCE_MAP = re.compile(rb"\n?(?:/\*#|//#) sourceMappingURL=[^\n*]*(?:\*/)?\s*$")
_DRAWING = re.compile(r"<(?:path|circle|line|polyline|polygon|rect|ellipse)\b[^>]*?/>", re.DOTALL)


def main() -> int:
    """Install into a scratch folder (`npm ci` checks every hash), copy, write the version list."""
    npm = shutil.which("npm")
    if npm is None:
        sys.stderr.write("make vendor needs npm (Node 20 or newer). Nothing else in Kontor does.\n")
        return 1
    with tempfile.TemporaryDirectory() as scratch:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(LOCK / name, scratch)
        subprocess.run(
            [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
            cwd=scratch,
            check=True,
        )
        _take_over(Path(scratch) / "node_modules")
    return 0


def _take_over(modules: Path) -> None:
    for folder in (PAGES, TESTS):
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "licences").mkdir(parents=True)
    versions = {PAGES: ["What is kept here, and from where. Written by `make vendor`.", ""]}
    versions[TESTS] = list(versions[PAGES])
    for package, files in FILES.items():
        home = TESTS if package == "axe-core" else PAGES
        for source, target in files:
            target.write_bytes(_SOURCE_MAP.sub(b"\n", (modules / package / source).read_bytes()))
        short = package.strip("@").replace("/", "-")
        shutil.copy(modules / package / "LICENSE", home / "licences" / f"{short}.txt")
        versions[home].append(_version_line(modules / package / "package.json"))
    (PAGES / "icons.svg").write_text(_sprite(modules / "@tabler/icons/icons/outline"), "utf-8")
    for home, lines in versions.items():
        (home / "VERSIONS").write_text("\n".join(lines) + "\n", "utf-8")


def _version_line(manifest: Path) -> str:
    package = json.loads(manifest.read_text("utf-8"))
    return f"{package['name']} {package['version']} ({package['license']})"


def _sprite(drawings: Path) -> str:
    """One file of `<symbol id="name">`, used as `<use href="…/icons.svg#name">`."""
    names = (LOCK / "icons.txt").read_text("utf-8").split()
    symbols = [_symbol(drawings / f"{name}.svg") for name in names]
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def _symbol(drawing: Path) -> str:
    lines = (" ".join(found.split()) for found in _DRAWING.findall(drawing.read_text("utf-8")))
    body = "".join(line for line in lines if 'stroke="none"' not in line)
    return (
        f'<symbol id="{drawing.stem}" viewBox="0 0 24 24" fill="none" stroke="currentColor"'
        f' stroke-width="2" stroke-linecap="round" stroke-linejoin="round">{body}</symbol>'
    )


if __name__ == "__main__":
    sys.exit(main())
