"""A login for programs: every event as a line of JSON on stdout."""

import dataclasses
import json

from sparekey.bridge.events import Event, UserErrorMessage
from sparekey.bridge.session import Session

from .failures import as_object
from .login_choice import LoginChoice


class LoginJson(LoginChoice):
    """Each line is an object with ``event`` and the event's fields."""

    def begin(self, session_id: str, server: str, hint: str) -> None:
        """The first line: what was scanned."""
        self.line("scanned", {"session": session_id, "server": server, "hint": hint})

    def tell(self, session: Session, event: Event) -> None:
        fields = as_object(event) if isinstance(event, UserErrorMessage) else dataclasses.asdict(event)
        self.line(event.name, fields)
        super().tell(session, event)

    def line(self, name: str, fields: dict[str, object]) -> None:
        """One line on stdout, at once."""
        print(json.dumps({"event": name, **fields}), flush=True)  # noqa: T201
