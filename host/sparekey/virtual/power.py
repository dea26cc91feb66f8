"""Power: the firmware's process, from plugging in to pulling out. Resets are the board's own business."""

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from . import exit_codes, running
from .cable import Cable
from .interpreter import Interpreter
from .watchdog import Watchdog

_LOOK_SECONDS = 0.5  # how often a watchdog that sleeps is looked at


class FirmwareEnded(Exception):
    """The firmware ended by itself before it read its serial line; its console says why."""


class Power:
    """Switches the board on and off; knows whether its firmware runs."""

    def __init__(
        self, interpreter: Interpreter, port: Path, watchdog: Watchdog, looked: Callable[[], None]
    ) -> None:
        """``port`` leads to the serial port while power is on; ``looked`` is told that the OLED changed."""
        self._interpreter = interpreter
        self._watchdog = watchdog
        self._port = port
        self._looked = looked
        self._cable: Cable | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None
        self._loops = asyncio.Event()
        self._ended = asyncio.Event()
        self.on = False
        self.reset_reason = "power_on"
        """Why the firmware was last started: ``power_on``, ``software``, ``watchdog``, ``hard_fault``."""

    async def switch_on(self) -> None:
        """Plugs it in. ``CableFault`` where the port's name is taken, ``OSError`` where nothing starts."""
        if self.on:
            return
        await self._start("power_on")
        self.on = True

    async def switch_off(self) -> None:
        """Pulls it out: the firmware gets no word of it."""
        if not self.on:
            return
        self.on = False
        assert self._watch is not None
        self._watch.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._watch
        await self._kill()
        self._looked()

    async def firmware_loops(self) -> None:
        """Waits until the firmware reads its serial line. ``FirmwareEnded`` where it ends before."""
        loops, ended = (asyncio.create_task(event.wait()) for event in (self._loops, self._ended))
        await asyncio.wait((loops, ended), return_when=asyncio.FIRST_COMPLETED)
        for waiting in (loops, ended):
            waiting.cancel()
        if not self._loops.is_set():
            raise FirmwareEnded

    @property
    def loops(self) -> bool:
        """Whether the firmware reads its serial line."""
        return self._loops.is_set()

    async def _start(self, reset_reason: str) -> None:
        self._loops.clear()
        self._ended.clear()
        self._watchdog.sleep()
        self.reset_reason = reset_reason
        self._cable = Cable(self._port)
        listening, telling = os.pipe()
        os.set_blocking(listening, False)
        os.set_blocking(self._cable.master, False)
        stdio = self._interpreter.cable_is_stdio
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self._interpreter.command(self._cable.master, telling, reset_reason),
                stdin=self._cable.master if stdio else asyncio.subprocess.DEVNULL,
                stdout=self._cable.master if stdio else sys.stderr,
                pass_fds=(self._cable.master, telling),
                cwd=self._interpreter.folder,
                preexec_fn=_die_with_parent,
            )
        finally:
            os.close(telling)
            self._cable.handed_over()
        self._watch = asyncio.create_task(self._watch_over(listening))

    async def _watch_over(self, listening: int) -> None:
        assert self._process is not None
        loop = asyncio.get_running_loop()
        loop.add_reader(listening, self._hear, listening)
        try:
            bitten = not await self._ends_before_the_watchdog_bites()
        finally:
            loop.remove_reader(listening)
            os.close(listening)
        await self._kill()
        code = self._process.returncode
        if bitten:
            await self._start("watchdog")
        elif code == exit_codes.CUT:
            self.on = False
            self._ended.set()
            self._looked()
        elif code == exit_codes.SOFTWARE:
            await self._start("software")
        elif (
            code is not None
            and code < 0
            and self._interpreter.has_safe_mode
            and self.reset_reason != running.HARD_FAULT
        ):
            sys.stderr.write(f"The firmware crashed (signal {-code}); the board goes to safe mode.\n")
            await self._start(running.HARD_FAULT)
        else:
            self._ended.set()
            sys.stderr.write(f"The firmware ended by itself ({code}); the board is still on.\n")

    async def _ends_before_the_watchdog_bites(self) -> bool:
        assert self._process is not None
        while True:
            left = self._watchdog.seconds_left()
            if left is not None and left <= 0:
                return False
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), _LOOK_SECONDS if left is None else left)
                return True

    def _hear(self, listening: int) -> None:
        with contextlib.suppress(BlockingIOError):
            told = os.read(listening, 4096)
            if running.LOOPS in told:
                self._loops.set()
            if running.LOOKS in told:
                self._looked()
            if not told:
                asyncio.get_running_loop().remove_reader(listening)

    async def _kill(self) -> None:
        assert self._process is not None
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()
        self._loops.clear()
        if self._cable is not None:
            self._cable.unplug()


def _die_with_parent() -> None:
    """A parent that is killed must not leave a token running (Linux; elsewhere it would)."""
    if _LIBC is not None:
        _LIBC.prctl(1, signal.SIGKILL)


_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
