"""The vault under cuts of power, longer and finer than the tests have time for.

Chosen at random: an operation on a kind of board, cut at one change of a medium (nvm byte by byte too),
and now and then a run of the state machine. What is found ends the campaign and can be run again by seed.
"""

import argparse
import random
import sys
import time

from hypothesis import Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.unit.vault.test_any_order import AnyOrder
from tests.unit.vault.test_cuts import Trial, cases

_CUTS = 400
_EXAMPLES = 20


def main() -> int:
    """0 where nothing was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--seed", type=int, default=None, help="runs that round alone, once")
    chosen = parser.parse_args()
    until = time.monotonic() + chosen.seconds
    number = random.SystemRandom().getrandbits(40) if chosen.seed is None else chosen.seed
    cuts = rounds = 0
    while True:
        try:
            cuts += _round(number)
        except BaseException:
            print(f"found with --seed {number}", flush=True)
            raise
        rounds += 1
        if chosen.seed is not None or time.monotonic() > until:
            break
        number += 1
    print(f"{cuts} cuts and {rounds * _EXAMPLES} runs of the state machine in {rounds} rounds, nothing found")
    return 0


def _round(number: int) -> int:
    chance = random.Random(number)
    trial = Trial(*chance.choice(cases()), granule=chance.choice([1, 1, 8, 256]))
    for _ in range(_CUTS):
        trial.cut(chance.randrange(trial.first, trial.last), chance.getrandbits(30))
    run_state_machine_as_test(
        seed(number)(AnyOrder),
        settings=settings(
            max_examples=_EXAMPLES,
            stateful_step_count=60,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink],
        ),
    )
    return _CUTS


if __name__ == "__main__":
    sys.exit(main())
