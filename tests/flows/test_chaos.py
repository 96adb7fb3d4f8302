"""Everything that runs jobs is killed at random under load: nothing is lost, nothing doubled.

Short in the suite; `make chaos` goes on for minutes. KONTOR_CHAOS_SEED=… repeats its decisions.
"""

import os
import random
import sys

from devtools.child import Server
from tests.factories.chaos import WEIGHTS, Chaos
from tests.factories.mortal import World

SECONDS = float(os.environ.get("KONTOR_CHAOS_SECONDS", "8"))
SEED = int(os.environ.get("KONTOR_CHAOS_SEED", "0")) or random.SystemRandom().randrange(1, 10**9)


def test_chaos_loses_nothing_and_doubles_nothing(frail_world: tuple[World, Server]) -> None:
    world, server = frail_world
    sys.stderr.write(f"\nchaos for {SECONDS:.0f} s with KONTOR_CHAOS_SEED={SEED}\n")
    chaos = Chaos(world=world, server=server, seed=SEED)
    chaos.rage(SECONDS)
    again = chaos.calm_down(patience=60 + SECONDS)
    lost, doubled = chaos.lost_and_doubled()
    sys.stderr.write(
        f"{len(chaos.ordered)} jobs, killed: {dict(chaos.killed)}, started again by hand: {again},"
        f" lost: {len(lost)}, doubled: {len(doubled)}\n"
    )
    assert set(chaos.killed) == set(WEIGHTS), "everything was struck"
    assert len(chaos.ordered) > 100
    assert (lost, doubled) == (set(), set()), f"seed {SEED}"
