"""The processor's time that ``sparekey watch`` takes while nothing happens on a screen of 2560×1440 pixels.

Beside a process that only grabs the screen as often, in the same run.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.pairs import HEADER, Pairs, arguments

_GRAB = """
import time
import mss
with mss.MSS() as screens:
    while True:
        screens.grab(screens.monitors[1])
        time.sleep(1)
"""


@contextmanager
def screen() -> Iterator[None]:
    """An X server of its own, as this process's display."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "2560x1440x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL) as server:
        os.close(write)
        with os.fdopen(read) as told:
            os.environ["DISPLAY"] = f":{told.readline().strip()}"
        os.environ.pop("WAYLAND_DISPLAY", None)
        yield
        server.terminate()


def busy(process: "subprocess.Popen[bytes]", seconds: float) -> float:
    """Percent of one processor that ``process`` takes over so many seconds."""
    before, begin = _run_time(process.pid), time.monotonic()
    time.sleep(seconds)
    return 100 * (_run_time(process.pid) - before) / (time.monotonic() - begin)


def _run_time(process: int) -> float:
    """Seconds on a processor so far, of all threads."""
    # sched-stats: nanoseconds come first; the ticks in stat are too coarse for what runs so little
    threads = Path(f"/proc/{process}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9


def main() -> None:
    """Prints the table."""
    rounds, seconds = (3, 3.0) if arguments(__doc__).quick else (7, 8.0)
    if shutil.which("Xvfb") is None:
        print("watch: not measured, Xvfb is missing: sudo scripts/system-packages.sh")
        return
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with screen():
        watching = subprocess.Popen([sys.executable, "-m", "sparekey", "watch"], **quiet)
        grabbing = subprocess.Popen([sys.executable, "-c", _GRAB], **quiet)
        time.sleep(2)  # both have started up
        thing, floor = [], []
        for _ in range(rounds):
            thing.append(busy(watching, seconds))
            floor.append(busy(grabbing, seconds))
        for process in (watching, grabbing):
            process.terminate()
            process.wait()
    taken = Pairs(thing, floor)
    print(HEADER)
    print(taken.row("sparekey watch ÷ a bare grab each second", "%"))
    print(f"watch: {sorted(thing)[len(thing) // 2]:.1f} % of one processor while nothing happens")


if __name__ == "__main__":
    main()
