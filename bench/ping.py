"""``ping`` through the pty to the firmware on the virtual board, beside a bare echo on a pty.

The echo is a process that sends back whatever comes. Between the two stands a process that answers
with the right line without looking: what the bridge's client takes by itself.
"""

import os
import subprocess
import sys
import tempfile
import tty
from pathlib import Path

from bench.pairs import HEADER, arguments, in_turn, seconds
from sparekey.bridge.cable import Cable
from sparekey.bridge.token import Token
from sparekey.demo.children import Child
from sparekey_token.core import frame

_ECHO = """
import os, select, sys
port = int(sys.argv[1])
while select.select([port], [], []) and (data := os.read(port, 4096)):
    os.write(port, data)
"""
_ANSWERER = """
import itertools, os, select, sys
from sparekey_token.core import frame
port, numbers = int(sys.argv[1]), itertools.count(1)
while select.select([port], [], []) and os.read(port, 4096):
    os.write(port, frame.encode({"jsonrpc": "2.0", "id": next(numbers), "result": {}}))
"""
_LINE = frame.encode({"jsonrpc": "2.0", "id": 1, "method": "ping", "params": {}})


class Process:
    """A Python program at the other end of a pty."""

    def __init__(self, program: str) -> None:
        master, slave = os.openpty()
        tty.setraw(slave)
        self._process = subprocess.Popen([sys.executable, "-c", program, str(master)], pass_fds=[master])
        os.close(master)
        self.cable = Cable(os.ttyname(slave))
        os.close(slave)

    def close(self) -> None:
        """Ends it."""
        self._process.kill()
        self._process.wait()
        self.cable.close()


def there_and_back(cable: Cable) -> None:
    """A ping's line there and back, without any protocol."""
    cable.write(_LINE)
    came = 0
    while came < len(_LINE):
        came += len(cable.read(5))


def main() -> None:
    """Prints the table."""
    rounds, times = (9, 30) if arguments(__doc__).quick else (41, 100)
    echo, answerer = Process(_ECHO), Process(_ANSWERER)
    alone = Token(answerer.cable)

    def floor() -> float:
        return 1000 * seconds(lambda: there_and_back(echo.cable), times)

    print(HEADER)
    taken = in_turn(lambda: 1000 * seconds(alone.ping, times), floor, rounds)
    print(taken.row("ping to a line that is right ÷ echo", "ms"))
    with tempfile.TemporaryDirectory() as folder:
        port = Path(folder) / "port"
        command = ["token", "virtual", "--state", folder + "/token", "--port", str(port)]
        child = Child([*command, "--control", "127.0.0.1:0"], "ready", Path(folder) / "log")
        with child, Token.open(str(port)) as token:
            taken = in_turn(lambda: 1000 * seconds(token.ping, times), floor, rounds)
    print(taken.row("ping to the firmware ÷ echo", "ms"))
    echo.close()
    answerer.close()
    print(f"ping to the firmware: {taken.ratio:.1f} of a bare echo")


if __name__ == "__main__":
    main()
