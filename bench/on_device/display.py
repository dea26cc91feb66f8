"""A board's parts for an interpreter on a PC: ``displayio`` and its kin, a bus, a chip's memory.

``displayio``'s work is done by MicroPython's ``framebuf``, in C as on a board (on CPython not at all: drawing
is then less than it can be). A bus and a flash chip take a board's time divided by ``TIMES``: how many times
faster this interpreter is here than on an RP2040.
"""

import sys
import time

try:
    import framebuf
except ImportError:
    framebuf = None  # CPython: no picture is computed

TIMES = 100
"""Reckoned: an RP2040 takes some 4 µs for a turn of a small loop, a PC some 0.04."""

KILOHERTZ = 400
"""Of the I²C bus: the Feathers' and the QT Py's; the Picos have 100 (boards/*/pins.py)."""

PROGRAM_US = 400
"""A page of the flash beside an RP2040 (W25Q16JV: t_PP, typically)."""


def ticks_us():
    if hasattr(time, "ticks_us"):
        return time.ticks_us()
    return time.perf_counter_ns() // 1000


def ticks_diff(later, earlier):
    return time.ticks_diff(later, earlier) if hasattr(time, "ticks_diff") else later - earlier


def wire(count):
    """So many bytes on the bus, nine clocks each."""
    wait(count * 9000 / KILOHERTZ)


def wait(microseconds):
    """So long on a board, here as much less as all else."""
    until = ticks_us() + int(microseconds / TIMES)
    while ticks_us() < until:
        pass


class Palette:
    def __init__(self, count):
        self.colours = [0] * count

    def __setitem__(self, place, colour):
        self.colours[place] = colour


class Bitmap:
    def __init__(self, width, height, count):
        self.width = width
        self.cells = bytearray(width * height)
        self.drawn = {}

    def __getitem__(self, where):
        return self.cells[where[1] * self.width + where[0]]

    def __setitem__(self, where, value):
        self.cells[where[1] * self.width + where[0]] = value

    def tile(self, number, scale):
        """A glyph as ``framebuf`` takes it."""
        made = self.drawn.get((number, scale))
        if made is None:
            rows = bytearray(3 * 12 * scale)
            made = framebuf.FrameBuffer(rows, 6 * scale, 12 * scale, framebuf.MONO_HLSB)
            for y in range(12):
                for x in range(6):
                    if self[number * 6 + x, y]:
                        made.fill_rect(x * scale, y * scale, scale, scale, 1)
            self.drawn[number, scale] = made
        return made


class Group:
    def __init__(self, scale=1, x=0, y=0):
        self.scale, self.x, self.y = scale, x, y
        self.members = []

    def __len__(self):
        return len(self.members)

    def append(self, member):
        self.members.append(member)

    def pop(self):
        return self.members.pop()

    def draw(self, frame, x, y, scale):
        for member in self.members:
            member.draw(frame, self.x, self.y, self.scale)


class TileGrid:
    def __init__(self, sheet, pixel_shader, width, height, tile_width, tile_height):
        self.sheet = sheet
        self.tiles = bytearray(width)

    def __setitem__(self, place, tile):
        self.tiles[place] = tile

    def draw(self, frame, x, y, scale):
        tile = self.sheet.tile
        for number in self.tiles:
            frame.blit(tile(number, scale), x, y)
            x += 6 * scale


class Rectangle:
    def __init__(self, pixel_shader, width, height, x, y):
        self.hidden = False
        self.x, self.y, self.width, self.height = x, y, width, height

    def draw(self, frame, x, y, scale):
        if not self.hidden:
            frame.fill_rect(self.x, self.y, self.width, self.height, 1)


class Glyph:
    """Every letter is a box: what it costs is the same."""

    tile_index = 0
    bitmap = Bitmap(6, 12, 2)


for place in range(6):
    Glyph.bitmap[place, 1] = Glyph.bitmap[place, 10] = 1


class Font:
    def get_glyph(self, code):
        return Glyph


class Display:
    """An SSD1306 on the bus: its picture is computed in C, a glyph at a time, and sent."""

    drawn_at = 0

    def __init__(self, wire, width, height, auto_refresh):
        self.root_group = None
        self.brightness = 1.0
        self.frame = framebuf and framebuf.FrameBuffer(bytearray(1024), 128, 64, framebuf.MONO_VLSB)

    def refresh(self):
        if self.frame:
            self.frame.fill(0)
            self.root_group.draw(self.frame, 0, 0, 1)
        wire(1024 + 20)  # the picture, addresses, control bytes and the window
        Display.drawn_at = ticks_us()


class Bus:
    """A bus on which the OLED answers."""

    def answers(self, address):
        wire(1)
        return True

    def i2c(self):
        return self


class Chip:
    """What ``parts/nvm.py`` is to the vault: 4,096 bytes."""

    size = 4096

    def __init__(self):
        self.data = bytearray(b"\xff" * self.size)

    def read(self, start, length):
        return bytes(self.data[start : start + length])

    def write(self, start, data):
        wait(PROGRAM_US)
        self.data[start : start + len(data)] = data

    def erase(self):
        self.data = bytearray(b"\xff" * self.size)


class Module:
    def __init__(self, **names):
        for name in names:
            setattr(self, name, names[name])


def put_in_place():
    """From now on ``parts.screen`` can be imported."""
    sys.modules["displayio"] = Module(
        Palette=Palette, Bitmap=Bitmap, Group=Group, TileGrid=TileGrid, release_displays=lambda: None
    )
    sys.modules["terminalio"] = Module(FONT=Font())
    sys.modules["vectorio"] = Module(Rectangle=Rectangle)
    sys.modules["i2cdisplaybus"] = Module(I2CDisplayBus=lambda i2c, device_address: None)
    sys.modules["adafruit_displayio_ssd1306"] = Module(SSD1306=Display)
