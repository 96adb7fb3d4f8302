"""python -m benchmarks [--quick] [NAME …]: print a table, write benchmarks/latest.json."""

import json
import os
import platform
import sys
from argparse import ArgumentParser
from importlib import import_module
from pathlib import Path
from time import perf_counter

import app.wiring  # noqa: F401  every table is known once the parts are wired
from app.kernel.clock import now
from benchmarks.installation import installed
from benchmarks.measure import FULL, QUICK, Figure

NAMES = (
    "tenancy",
    "context",
    "get_next",
    "desk_list",
    "desk_pages",
    "sla",
    "sla_engine",
    "jobs",
    "services",
    "tours",
    "billing",
    "stripe_webhooks",
)
BUSY = 0.5
"""Load for each core from which on figures are not to be trusted."""
LATEST = Path(__file__).parent / "latest.json"


def main() -> int:
    """The exit status says whether every gate was passed."""
    parser = ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--quick", action="store_true", help="small sizes, gates not judged")
    parser.add_argument("names", nargs="*", default=[], help=", ".join(NAMES))
    given = parser.parse_args()
    figures: list[Figure] = []
    load = os.getloadavg()[0]
    if load > BUSY * (os.cpu_count() or 1):
        sys.stdout.write(f"The machine is busy (load {load:.1f}): ratios may not hold.\n")
    with installed() as installation:
        for name in given.names or NAMES:
            start = perf_counter()
            module = import_module(f"benchmarks.{name}")
            found = module.run(installation, QUICK if given.quick else FULL)
            figures += found
            show(name, found, seconds=perf_counter() - start)
    LATEST.write_text(
        json.dumps(
            {
                "at": now().isoformat(timespec="seconds"),
                "load_before": round(load, 1),
                "cores": os.cpu_count(),
                "size": "quick" if given.quick else "full",
                "machine": f"{platform.machine()}, Python {platform.python_version()}",
                "figures": [figure.row() for figure in figures],
            },
            indent=2,
            ensure_ascii=False,
        )
        + "\n"
    )
    missed = [figure.name for figure in figures if figure.passed is False]
    return 1 if missed and not given.quick else 0


def show(name: str, figures: list[Figure], *, seconds: float) -> None:
    """A table that is read in a terminal and pasted into docs/performance.md."""
    out = sys.stdout
    out.write(f"\n{name} ({seconds:.0f} s)\n")
    out.write("| what | value | against | ratio | gate | |\n|---|---:|---:|---:|---|---|\n")
    for one in figures:
        against = f"{one.baseline_name} {one.baseline:.4g}" if one.baseline else ""
        ratio = f"{one.ratio:.3g}" if one.ratio else ""
        mark = {True: "ok", False: "MISSED", None: ""}[one.passed]
        out.write(
            f"| {one.name} | {one.value:.4g} {one.unit} | {against} | {ratio} | {one.gate}"
            f" | {mark} |\n"
        )
    out.flush()


if __name__ == "__main__":
    sys.exit(main())
