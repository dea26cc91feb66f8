"""The loop: serial line, buttons and clock to the flow under way; the only place that knows all of them."""

import time

from . import flows
from .core.errors import Refused
from .core.frame import LineFault
from .flows import answers
from .flows.idle import idle
from .flows.token import Token
from .flows.view import View
from .line import Line

try:
    from .flows.view import Flow
    from .line import Request
except ImportError:
    pass

_LOOK_MS = 2000  # between two looks whether the display is still there
_FAILURES = 100  # rounds in a row
_LIVELY_MS = 1000  # after traffic or a press the loop turns faster


def _ticks() -> int:
    """Milliseconds that only ever grow."""
    if hasattr(time, "monotonic_ns"):
        return time.monotonic_ns() // 1_000_000
    return time.ticks_ms()  # type: ignore[attr-defined,no-any-return]


def _fault(fault: Exception) -> Refused:
    """An exception that nobody expected; its text isn't told, for it may hold a secret."""
    return Refused("fault", type(fault).__name__)


class App:
    """The token, made of the parts it is given (``parts/__init__.py`` says what they do)."""

    def __init__(  # type: ignore[no-untyped-def]
        self,
        screen,
        buttons,
        clock,
        link,
        vault,
        board: str,
        token_id: bytes = bytes(8),
        *,
        ticks=_ticks,
        random=None,
        feed=None,
        exposed: str = "",
    ) -> None:
        """``feed()`` is called each round: it feeds the watchdog.

        ``exposed``: by what a host sees drive and REPL, so that no key may come onto the token.
        """
        self._screen = screen
        self._buttons = buttons
        self._line = Line(link)
        self._ticks = ticks
        self._feed = feed
        self.token = Token(vault, clock, self._line, board, token_id, ticks, random)
        self.token.exposed = exposed
        self.token.set_brightness = self._screen.brightness
        self._flow: "Flow | None" = None
        self._view: "View | None" = None
        self._visible = False
        self._looked = self._pressed = self._lively = ticks()
        self._screen.brightness(vault.setting("brightness", 100))
        flows.forget(flows.SELDOM)  # what opened the vault
        self._advance(None)

    def run(self) -> None:
        """Goes round for ever; rests a little between rounds, less while something goes on."""
        failed = 0
        while True:
            try:
                self.step()
                failed = 0
            except Exception:  # a part's, no flow's: those are caught closer by
                failed += 1
                if failed > _FAILURES:
                    raise  # code.py starts it all again
            if not self.token.working:
                time.sleep(0.001 if self._ticks() - self._lively < _LIVELY_MS else 0.01)

    def step(self) -> None:
        """One short round; never blocks."""
        if self._feed is not None:
            self._feed()
        if self._line.left():
            self._end_waiting(Refused("declined", "the host is gone"))
            self.token.session = None
        self._line.flush()
        request = self._line.next_request()
        if request is not None:
            self._lively = self._ticks()
            self._route(request)
        button = self._buttons.poll()
        if button is not None:
            self._pressed = self._lively = self._ticks()
            if not self._visible:
                button = None  # nobody can say yes to what they don't see
        self._advance(button)
        self._lock_when_idle()
        self._look()

    def _route(self, request: "Request") -> None:
        token = self.token
        try:
            if request.method == "cancel":
                self._end_waiting(Refused("declined", "the host cancelled"))
                self._line.answer(request.ident, {})
            elif request.method in ("hello", "ping"):
                self._line.answer(request.ident, self._wire(request))
            elif token.request is not None:
                raise Refused("busy")
            elif request.method == token.awaits:
                token.request = request
            elif request.method in answers.METHODS:
                self._line.answer(request.ident, self._wire(request))
            elif token.asking:
                raise Refused("busy")
            elif not self._visible:
                raise Refused("fault", "no display answers")
            else:
                self._begin(request)
        except Refused as refused:
            self._refuse(request, refused)
        except LineFault as fault:
            self._line.fault(request.ident, fault)
        except Exception as fault:
            self._refuse(request, _fault(fault))

    def _wire(self, request: "Request") -> "dict[str, object]":
        from .core import messages

        return messages.to_wire(messages.METHODS[request.method].result, answers.answer(self.token, request))

    def _begin(self, request: "Request") -> None:
        self.token.replaced(self._view)
        self._drop_flow()
        self.token.request = request
        try:
            self._flow = flows.begin(self.token, request)
        except Refused as refused:
            self._failed(refused)
        except Exception as fault:
            self._failed(_fault(fault))

    def _advance(self, button: "str | None") -> None:
        """Lets the flow under way go on, and shows what it shows now."""
        try:
            if self._flow is None:
                self._flow = idle(self.token)
                button = None
            if self._view is None:
                button = None  # a generator's first turn takes nothing
            view = self._flow.send(button)
        except StopIteration:
            self._drop_flow()
            return
        except Refused as refused:
            self._failed(refused)
            return
        except LineFault as fault:
            if self.token.request is not None:
                self._line.fault(self.token.request.ident, fault)
            self._drop_flow()
            return
        except Exception as fault:  # whatever it is, the token goes on
            self._failed(_fault(fault))
            return
        self._show(view, button)

    def _failed(self, refused: Refused) -> None:
        """Tells host and person why the flow ended."""
        request = self.token.request
        self._drop_flow()  # first, for the words want heap that it held
        if request is not None:
            self._refuse(request, refused)
        if refused.name == "clock_unset":
            return  # the idle screen says so
        from .flows import trouble

        self._flow = self.token.tell(trouble.view(refused), 15)

    def _refuse(self, request: "Request", refused: Refused) -> None:
        from .core.sentences import sentence

        text = sentence(refused.name)
        if refused.detail:
            text += " (" + refused.detail + ")"
        self._line.refuse(request.ident, refused.code, refused.name, text)

    def _end_waiting(self, refused: Refused) -> None:
        """Ends a flow that waits for a press on a host's behalf, or for the host."""
        waits = self.token.request is not None or self.token.awaits
        if self._flow is not None and waits and not self.token.put_off(refused):
            self._failed(refused)

    def _drop_flow(self) -> None:
        if self._flow is not None:
            self._flow.close()
            flows.forget(flows.SELDOM)
        self._flow = self._view = None
        self.token.request = None

    def _show(self, view: View, button: "str | None") -> None:
        if view is self._view and self._visible:
            return
        changed = self._view is None or view.name != self._view.name
        self._view = view
        try:
            self._screen.show(view)
            self._visible = True
        except OSError:
            self._visible = False
        if changed or button == "ok":
            # a press from before the person saw this screen answers nothing on it
            for _ in range(64):  # as many as a keypad keeps
                if self._buttons.poll() is None:
                    break

    def _look(self) -> None:
        """Finds a display that was unplugged, and shows it all when it comes back."""
        if self._ticks() - self._looked < _LOOK_MS:
            return
        self._looked = self._ticks()
        answers_now = getattr(self._screen, "answers", None)
        if answers_now is not None and not answers_now():
            self._visible = False

    def _lock_when_idle(self) -> None:
        vault = self.token.vault
        if not vault.has_pin or not vault.unlocked or self.token.asking:
            return
        if self._ticks() - self._pressed > 60_000 * vault.setting("time_out", 5):
            vault.lock()
            self.token.session = None
            self._drop_flow()


def main() -> None:
    """Builds the parts that the board's ``pins`` tell of, and runs for ever."""
    from .start import started

    started(App).run()  # type: ignore[no-untyped-call]
