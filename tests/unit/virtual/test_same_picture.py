"""The plain screen under MicroPython shows, pixel for pixel, what Adafruit's driver shows."""

from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest

from sparekey.demo.children import Child


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[httpx.Client]]:
    """An enrolled token under CPython and one under MicroPython."""
    with ExitStack() as stack:
        clients = []
        for vm in ("cpython", "micropython"):
            folder = tmp_path_factory.mktemp(vm)
            command = ["token", "virtual", "--state", str(folder / "state"), "--port", str(folder / "port")]
            command += ["--control", "127.0.0.1:0", "--vm", vm, "--start", "enrolled"]
            child = stack.enter_context(Child(command, "control at ", folder / "log"))
            clients.append(httpx.Client(base_url=child.announced, trust_env=False, timeout=30))
            stack.callback(clients[-1].close)
            clients[-1].post("/power/on").raise_for_status()
        yield clients


@pytest.mark.parametrize(
    ("buttons", "words"),
    [
        ([], "1 account"),
        (["ok"], ">Accounts"),
        (["ok", "ok"], "as ada"),
        (["ok", "next", "next", "ok"], "digits"),
    ],
)
def test_both_show_the_same(tokens: list[httpx.Client], buttons: list[str], words: str) -> None:
    for _ in range(3):  # the minute may turn between the two
        pictures = []
        for token in tokens:
            for button in buttons:
                token.post(f"/press/{button}").raise_for_status()
            assert token.get("/screen.txt", params={"wait": words}).status_code == 200
            pictures.append(token.get("/screen.png").content)
            while "1 account" not in token.get("/screen.txt").text:
                token.post("/press/back").raise_for_status()
        if pictures[0] == pictures[1]:
            return
    raise AssertionError("the two differ")
