"""Timing in pairs: the thing and its floor in turn, so that a busy machine slows both alike."""

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Pairs:
    """Two figures that were taken in turn, in the same unit."""

    thing: list[float]
    floor: list[float]

    @property
    def ratio(self) -> float:
        """The median of thing ÷ floor, pair by pair."""
        return statistics.median(a / b for a, b in zip(self.thing, self.floor, strict=True))

    def row(self, name: str, unit: str) -> str:
        """A row of a table: medians, ratio with its spread."""
        ratios = sorted(a / b for a, b in zip(self.thing, self.floor, strict=True))
        thing, floor = statistics.median(self.thing), statistics.median(self.floor)
        return (
            f"{name:<44} {thing:>12,.4g} {floor:>12,.4g} {unit:<6} {self.ratio:>7.2f}"
            f"  ({ratios[0]:.2f} to {ratios[-1]:.2f})"
        )


HEADER = f"{'':<44} {'thing':>12} {'floor':>12} {'':<6} {'ratio':>7}"
"""The header of a table of ``Pairs.row``."""


def seconds(call: Callable[[], object], times: int = 1) -> float:
    """Seconds that one call takes, averaged over ``times`` calls."""
    start = time.perf_counter()
    for _ in range(times):
        call()
    return (time.perf_counter() - start) / times


def in_turn(thing: Callable[[], float], floor: Callable[[], float], rounds: int) -> Pairs:
    """Takes both figures ``rounds`` times, in turn, after one that isn't counted."""
    thing()
    floor()
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        taken[0].append(thing())
        taken[1].append(floor())
    return Pairs(*taken)


def arguments(what: str | None) -> argparse.Namespace:
    """The flags that every benchmark has: ``--quick`` for a short run."""
    parser = argparse.ArgumentParser(description=what)
    parser.add_argument("--quick", action="store_true", help="fewer rounds: a look, not a figure to quote")
    return parser.parse_args()
