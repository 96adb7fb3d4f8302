"""`make reset`: throw this checkout's data away, so that the next `make run` starts afresh."""

import shutil
import sys

from devtools import instance, run
from devtools.errors import DevelopmentError


def main() -> int:
    """Delete the instance's folders unless it is running."""
    place = instance.of_checkout()
    if not place.home.exists():
        run.say("There is no data to throw away.")
        return 0
    try:
        with run.sole(place), run.after_orphans(place):
            shutil.rmtree(place.home)
            place.facts.unlink(missing_ok=True)
    except DevelopmentError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    run.say(f"Threw away {place.home}. `make run` starts afresh.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
