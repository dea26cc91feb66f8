"""CircuitPython's ``board``: the virtual board's pins by name."""

import busio

from sparekey.virtual import soldered
from sparekey.virtual.circuitpython.blinka_pin import Pin

board_id = "sparekey_virtual"

(
    D0, D1, D2, D3, D4, D5, D6, D7, D8, D9, D10, D11, D12, D13, D14, D15,
    D16, D17, D18, D19, D20, D21, D22, D23, D24, D25, D26, D27, D28, D29, D30, D31,
) = (Pin(number) for number in range(32))  # fmt: skip
SDA, SCL = (D4, D5)
assert (SDA.id, SCL.id) == (soldered.SDA, soldered.SCL)

SDA1, SCL1 = SDA, SCL  # a STEMMA QT socket's

# what other boards call their pins
globals().update({f"GP{number}": Pin(number) for number in range(29)})
globals().update({f"A{number}": Pin(24 + number) for number in range(6)})

_bus: list[busio.I2C] = []


def I2C() -> busio.I2C:  # noqa: N802 - CircuitPython's name
    """The bus on ``SCL`` and ``SDA``, the same one each time."""
    if not _bus:
        _bus.append(busio.I2C(SCL, SDA))  # type: ignore[arg-type]  # the stubs' pins aren't ours
    return _bus[0]
