"""The bench of a press still drives the firmware from the question to the password."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_a_press_is_timed_from_itself_to_the_password() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "bench.press", "--quick"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    told = re.search(r"^press to OTP: (\S+) of bare HMACs", ended.stdout, re.MULTILINE)
    assert told
    assert float(told[1]) > 0.5  # a press is more than half of what it can't do without
