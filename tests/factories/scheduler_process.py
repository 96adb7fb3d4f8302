"""A scheduler as a process of its own, with its clock going through a night in steps.

`python -m tests.factories.scheduler_process FROM UNTIL MINUTES`: prints how many slots it fired.
"""

import sys
from datetime import datetime, timedelta

from app.jobs import schedules
from app.kernel.clock import freeze
from config import Settings
from tests.factories import job_kinds  # noqa: F401  registers the kinds
from tests.factories.bare_house import bare_app


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main(first: str, last: str, minutes: str) -> None:
    moment, fired = datetime.fromisoformat(first), 0
    with bare_app(Settings.from_env()).app_context():
        say("ready")
        sys.stdin.readline()
        while moment <= datetime.fromisoformat(last):
            with freeze(moment):
                fired += schedules.fire()
            moment += timedelta(minutes=int(minutes))
    say(str(fired))


if __name__ == "__main__":
    main(*sys.argv[1:])
