"""From starting ``sparekey login FILE`` to the token's prompt on the OLED of the running virtual token.

Beside ``mpremote --version`` in the same run, which only starts Python and imports pyserial.
"""

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import segno
from tests.unit.bridge.server_double import ServerDouble

from bench.pairs import HEADER, arguments, in_turn, seconds
from sparekey.bridge.app_calls import read_answer
from sparekey.bridge.enrolment import AskToken, steps
from sparekey.bridge.token import Token
from sparekey.demo.children import Child
from sparekey.demo.person import Person

_ALLOWED = 0.5


def enrol(port: Path, person: Person, server: ServerDouble) -> None:
    """Adds an account to the virtual token, its server being a double in this process."""
    seen = iter(["Add account", lambda: server.check_code])

    def press(*_: object) -> None:
        words = next(seen)
        person.wait_for(words() if callable(words) else words)
        person.press("ok")

    flow = steps(server.enrolment_text("http://127.0.0.1"), "http://127.0.0.1", "bench")
    with Token.open(str(port)) as token:
        order = next(flow)
        while True:
            if isinstance(order, AskToken):
                answer = token.call(order.method, order.params, press, 60)
            else:
                status, told = server.answer("POST", order.path, json.dumps(order.body).encode())
                answer = read_answer(order, status, json.dumps(told).encode())
            try:
                order = flow.send(answer)
            except StopIteration:
                return


def to_the_prompt(source: Path, port: Path, person: Person, prompt: str, *options: str) -> float:
    """Milliseconds from the start of the command until the OLED shows ``prompt``."""
    command = [str(Path(sys.executable).with_name("sparekey")), "login", str(source), "--port", str(port)]
    begin = time.perf_counter()
    with subprocess.Popen(
        [*command, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as running:
        while prompt not in person.screen():
            time.sleep(0.005)
        taken = time.perf_counter() - begin
        running.send_signal(signal.SIGINT)
        running.wait()
    # the token lets a question wait that comes while it says how the one before ended
    person.wait_for("1 account")
    return taken * 1000


def main() -> None:
    """Prints the table."""
    rounds = 5 if arguments(__doc__).quick else 21
    server = ServerDouble()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["XDG_CONFIG_HOME"] = name
        port, source = folder / "port", folder / "login.png"
        command = ["token", "virtual", "--state", str(folder / "token"), "--port", str(port)]
        with Child([*command, "--control", "127.0.0.1:0"], "control at ", folder / "log") as child:
            person = Person(child.announced)
            enrol(port, person, server)
            segno.make(server.login_text(), micro=False).save(str(source), scale=6)
            mpremote = str(Path(sys.executable).with_name("mpremote"))

            def floor() -> float:
                return 1000 * seconds(
                    lambda: subprocess.run([mpremote, "--version"], stdout=subprocess.DEVNULL, check=True)
                )

            print(HEADER)
            found = []
            for words, prompt, options in (
                ("login FILE to 'Asking the server'", "Asking the", ["--server-url", "http://127.0.0.1:9"]),
                ("login FILE --now to 'Log in?'", "Log in", ["--now"]),
            ):
                taken = in_turn(
                    lambda prompt=prompt, options=options: to_the_prompt(  # type: ignore[misc]
                        source, port, person, prompt, *options
                    ),
                    floor,
                    rounds,
                )
                found.append(statistics.median(taken.thing) / 1000)
                print(taken.row(words, "ms"))
            person.close()
    print(f"login FILE to the token's prompt: {max(found):.3f} s (allowed {_ALLOWED} s)")


if __name__ == "__main__":
    main()
