"""What OLED controllers on an I²C bus have in common: control bytes, commands, a memory of dots."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar, Self

WIDTH, HEIGHT = 128, 64
"""Dots of the panel, as a person looks at it."""


class Oled(ABC):
    """A controller, in a buffer of ``cells()`` bytes: GDDRAM, one byte a register, one that is odd while a
    write is under way."""

    GDDRAM: ClassVar[int]
    """Bytes of the memory of dots."""
    REGISTERS: ClassVar[tuple[str, ...]]
    RESET: ClassVar[Mapping[str, int]]
    """Registers that aren't 0 after power-up."""
    ARGUMENTS: ClassVar[Mapping[int, int]]
    """Bytes that follow a command byte, where some do."""

    _at: ClassVar[dict[str, int]]

    def __init_subclass__(cls) -> None:
        cls._at = {name: cls.GDDRAM + number for number, name in enumerate(cls.REGISTERS)}

    def __init__(self, cells: memoryview) -> None:
        """Looks at, and works in, ``cells``; ``reset`` is what power-up does."""
        self._cells = cells
        self._command = bytearray()

    @classmethod
    def cells(cls) -> int:
        """Bytes of the chip's state."""
        return cls.GDDRAM + len(cls.REGISTERS) + 1

    def reset(self) -> None:
        """Power-up: registers as after reset; GDDRAM is left as it is (no datasheet promises anything)."""
        self._command = bytearray()
        for name in self.REGISTERS:
            self._set(name, self.RESET.get(name, 0))
        self._cells[self._writing] = 0

    def register(self, name: str) -> int:
        """A register's value, by its name."""
        return self._cells[self._at[name]]

    def write(self, data: bytes) -> None:
        """One I²C write: control bytes with Co and D/C#, then commands or data for GDDRAM."""
        self._cells[self._writing] |= 1
        try:
            self._follow(data)
        finally:
            self._cells[self._writing] = (self._cells[self._writing] + 1) % 256

    @abstractmethod
    def read(self, length: int) -> bytes:
        """One I²C read: the status."""

    def still(self) -> Self | None:
        """A copy to look at while the chip works on in another process; None in the middle of a write."""
        before = self._cells[self._writing]
        copy = bytearray(self._cells)
        if before % 2 or self._cells[self._writing] != before:
            return None
        return type(self)(memoryview(copy))

    def picture(self) -> bytes:
        """What a person sees: 1024 bytes, row by row from the top, the leftmost of 8 pixels highest."""
        if not self.lit:
            return bytes(WIDTH * HEIGHT // 8)
        return b"".join(self._line(line) for line in range(HEIGHT))

    @property
    @abstractmethod
    def lit(self) -> bool:
        """Whether the panel gives light at all."""

    @abstractmethod
    def _line(self, line: int) -> bytes:
        """One of the panel's lines, from the left."""

    @abstractmethod
    def _store(self, value: int) -> None:
        """A byte for GDDRAM."""

    @abstractmethod
    def _obey(self, command: int, arguments: Sequence[int]) -> None:
        """A whole command."""

    @property
    def _writing(self) -> int:
        return self.GDDRAM + len(self.REGISTERS)

    def _set(self, name: str, value: int) -> None:
        self._cells[self._at[name]] = value

    def _follow(self, data: bytes) -> None:
        at = 0
        while at < len(data):
            control = data[at]
            more, is_data = control & 0x80, control & 0x40
            end = at + 2 if more else len(data)
            for value in data[at + 1 : end]:
                if is_data:
                    self._store(value)
                else:
                    self._take(value)
            at = end

    def _take(self, value: int) -> None:
        self._command.append(value)
        command, *arguments = self._command
        if len(arguments) < self.ARGUMENTS.get(command, 0):
            return
        self._command = bytearray()
        self._obey(command, arguments)


# bytes.translate tables: a byte to "0" or "1" by one of its bits, and "0" to "1"
BIT = [bytes(ord("1" if value >> bit & 1 else "0") for value in range(256)) for bit in range(8)]
FLIPPED = bytes.maketrans(b"01", b"10")
