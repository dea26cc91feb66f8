"""The control address: HTTP on the loopback, to look at the virtual board and do things to it."""

import io
import math
import struct
from collections.abc import Awaitable, Callable
from pathlib import Path

from PIL import Image
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .board import BUTTONS, Board
from .chips.ssd1306 import HEIGHT, WIDTH
from .pins import IN, OUT, STUCK
from .power import FirmwareEnded
from .states import NoSuchState, State

_PAGE = Path(__file__).with_name("page")
_LONGEST_WAIT = 60.0
_PLUGGED = {"in": IN, "out": OUT, "stuck": STUCK}
_LONGEST_PRESS = 60_000
_HEADERS = [
    (b"content-security-policy", b"default-src 'none'; script-src 'self'; style-src 'self'; "
     b"connect-src 'self'; img-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
]  # fmt: skip


def control(board: Board, hosts: frozenset[str]) -> ASGIApp:
    """The application; it answers to ``hosts`` (``name:port``) only."""
    return _Loopback(Starlette(routes=_Routes(board).table()), hosts)


class _Routes:
    """One method a route."""

    def __init__(self, board: Board) -> None:
        self._board = board

    def table(self) -> list[Route]:
        """The routes."""
        gets: dict[str, Callable[[Request], Awaitable[Response]]] = {
            "/": self.page,
            "/page.js": self.page_file,
            "/page.css": self.page_file,
            "/icon.svg": self.page_file,
            "/screen.png": self.screen_png,
            "/screen.txt": self.screen_txt,
            "/screen.bits": self.screen_bits,
            "/facts": self.facts,
        }
        posts: dict[str, Callable[[Request], Awaitable[Response]]] = {
            "/press/{button}": self.press,
            "/power/{state}": self.power,
            "/clock": self.clock,
            "/battery/out": self.battery_out,
            "/hold/{button}/{state}": self.hold,
            "/plug/{socket}/{state}": self.plug,
            "/bus/{state}": self.bus,
            "/cut": self.cut,
            "/start/{state}": self.start,
        }
        return [Route(path, call, methods=["GET"]) for path, call in gets.items()] + [
            Route(path, call, methods=["POST"]) for path, call in posts.items()
        ]

    async def page(self, _: Request) -> Response:
        """The page with the OLED and the buttons."""
        return FileResponse(_PAGE / "index.html")

    async def page_file(self, request: Request) -> Response:
        """Its script, style and icon."""
        return FileResponse(_PAGE / request.url.path.lstrip("/"))

    async def screen_png(self, _: Request) -> Response:
        """The OLED's pixels, 1:1."""
        file = io.BytesIO()
        Image.frombytes("1", (WIDTH, HEIGHT), await self._board.picture()).save(file, "PNG")
        return Response(file.getvalue(), media_type="image/png")

    async def screen_txt(self, request: Request) -> Response:
        """The text on the OLED; with ``?wait=WORDS`` (several times for any of them) once it shows them.

        408 with the text that is there instead where it doesn't within ``seconds`` (10).
        """
        words = request.query_params.getlist("wait")
        if not words:
            return PlainTextResponse(await self._board.text())
        shown, text = await self._board.wait_for(words, _number(request, "seconds", 10, 0, _LONGEST_WAIT))
        return PlainTextResponse(text, 200 if shown else 408)

    async def screen_bits(self, request: Request) -> Response:
        """The OLED's 1024 bytes, once ``changes`` (a header) isn't ``?after=`` any more, or after 20 s."""
        after = int(_number(request, "after", -1, -1, 1e15))
        changes = await self._board.next_change(after, 20)
        headers = {"changes": str(changes), "power": "on" if self._board.power.on else "off"}
        picture = await self._board.picture()
        return Response(picture, media_type="application/octet-stream", headers=headers)

    async def facts(self, _: Request) -> Response:
        """As ``Board.facts``."""
        return JSONResponse(self._board.facts)

    async def press(self, request: Request) -> Response:
        """Presses a button for ``ms`` milliseconds (80); answers when it is let go of."""
        button = request.path_params["button"]
        if button not in BUTTONS:
            raise HTTPException(404, "the buttons are ok, next and back")
        await self._board.press(button, int(_number(request, "ms", 80, 1, _LONGEST_PRESS)))
        return await self.facts(request)

    async def start(self, request: Request) -> Response:
        """Begins anew in a state, as ``--start`` does; answers when the firmware runs."""
        try:
            await self._board.begin(State.parse(request.path_params["state"]))
        except NoSuchState as refusal:
            raise HTTPException(404, str(refusal)) from refusal
        await self._loops()
        return await self.facts(request)

    async def _loops(self) -> None:
        try:
            await self._board.power.firmware_loops()
        except FirmwareEnded as fault:
            raise HTTPException(503, "the firmware ended by itself; see the token's console") from fault

    async def hold(self, request: Request) -> Response:
        """Holds a button ``down``, or lets it ``up`` once the firmware has looked; also before power-up."""
        button, state = request.path_params["button"], request.path_params["state"]
        if button not in BUTTONS or state not in ("down", "up"):
            raise HTTPException(404, "hold ok, next or back down or up")
        if state == "down":
            self._board.hold(button, True)
        else:
            await self._board.let_go(button)
        return await self.facts(request)

    async def plug(self, request: Request) -> Response:
        """Puts ``oled``, ``rtc`` or ``eeprom`` onto its socket (``in``), or takes it off (``out``).

        ``stuck``: the next who speaks to it waits for ever.
        """
        socket, state = request.path_params["socket"], request.path_params["state"]
        if socket not in self._board.cells.parts.sockets or state not in _PLUGGED:
            raise HTTPException(404, "plug oled, rtc or eeprom in or out, or have it stuck")
        self._board.plug(socket, _PLUGGED[state])
        return await self.facts(request)

    async def bus(self, request: Request) -> Response:
        """Holds the I²C bus ``low``, or sets it ``free``."""
        state = request.path_params["state"]
        if state not in ("low", "free"):
            raise HTTPException(404, "the bus is low or free")
        self._board.wiring.bus_held_low = state == "low"
        return await self.facts(request)

    async def cut(self, request: Request) -> Response:
        """Power fails in the middle of a change of nvm or EEPROM, after ``after`` whole ones.

        ``seed`` chooses the bits that it leaves; ``after=never`` takes it back.
        """
        never = request.query_params.get("after") == "never"
        after = None if never else int(_number(request, "after", 0, 0, 1e6))
        self._board.cut_at(after, int(_number(request, "seed", 0, 0, 1e6)))
        return await self.facts(request)

    async def power(self, request: Request) -> Response:
        """Plugs the board in or pulls it out; ``on`` answers when the firmware runs."""
        state = request.path_params["state"]
        if state == "on":
            await self._board.switch_on()
            await self._loops()
        elif state == "off":
            await self._board.power.switch_off()
        else:
            raise HTTPException(404, "power is on or off")
        return await self.facts(request)

    async def clock(self, request: Request) -> Response:
        """Moves the RTC by ``shift`` seconds."""
        if "shift" not in request.query_params:
            raise HTTPException(400, "shift is missing")
        try:
            self._board.shift_clock(_number(request, "shift", 0, -3e9, 3e9))
        except struct.error as fault:
            raise HTTPException(400, "the clock is moved so far already that it can't go there") from fault
        return await self.facts(request)

    async def battery_out(self, request: Request) -> Response:
        """The RTC loses its time."""
        self._board.lose_battery()
        return await self.facts(request)


class _Loopback:
    """Lets in only what asks for this very address, so that no page on the web reaches the board.

    A name that an attacker's DNS turns to the loopback comes with that name in Host; another site's
    page comes with its own Origin.
    """

    def __init__(self, app: ASGIApp, hosts: frozenset[str]) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        headers = dict(scope["headers"])
        host = headers.get(b"host", b"").decode("latin-1").lower()
        origin = headers.get(b"origin", b"").decode("latin-1").lower()
        foreign = scope["method"] != "GET" and origin not in ("", f"http://{host}")
        app = self._app
        if host not in self._hosts or foreign:
            app = PlainTextResponse("this address is for the computer that it is on", 403)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS]
            await send(message)

        await app(scope, receive, send_with_headers)


def _number(request: Request, name: str, otherwise: float, least: float, most: float) -> float:
    try:
        number = float(request.query_params.get(name, otherwise))
    except ValueError:
        number = math.nan
    if not least <= number <= most:
        raise HTTPException(400, f"{name} is a number from {least:g} to {most:g}")
    return number
