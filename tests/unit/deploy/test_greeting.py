"""Waiting for the new firmware's hello."""

from collections.abc import Callable

import pytest

from sparekey.bridge.errors import NoToken
from sparekey.bridge.token import Hello
from sparekey.deploy.errors import DeployError, NoGreeting
from sparekey.deploy.greeting import wait_for_hello


def _hello(firmware: str, board: str = "raspberry_pi_pico") -> Hello:
    return Hello(1, firmware, board, bytes(8), 0, "unset", False, False, 0, 64)


def _saying(*answers: Hello | None) -> Callable[[], Hello]:
    remaining = list(answers)

    def say() -> Hello:
        hello = remaining.pop(0) if len(remaining) > 1 else remaining[0]
        if hello is None:
            raise NoToken
        return hello

    return say


def test_waits_while_the_token_is_unplugged_and_the_old_firmware_still_answers() -> None:
    say = _saying(_hello("0.1.0"), None, _hello("0.2.0"))
    assert wait_for_hello("0.2.0", "raspberry_pi_pico", 30, say_hello=say).firmware == "0.2.0"


def test_old_firmware_to_the_end_is_told() -> None:
    with pytest.raises(DeployError, match=r"still runs firmware 0\.1\.0; 0\.2\.0 is on its drive"):
        wait_for_hello("0.2.0", "raspberry_pi_pico", 0, say_hello=_saying(_hello("0.1.0")))


def test_another_board_is_told() -> None:
    with pytest.raises(DeployError, match="is a feather_rp2040, not a raspberry_pi_pico"):
        wait_for_hello("0.2.0", "raspberry_pi_pico", 0, say_hello=_saying(_hello("0.2.0", "feather_rp2040")))


def test_silence_is_no_token() -> None:
    with pytest.raises(NoGreeting, match="No token found") as caught:
        wait_for_hello("0.2.0", "raspberry_pi_pico", 0, say_hello=_saying(None))
    assert caught.value.exit_status == 3
