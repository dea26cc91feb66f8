"""What every call works with: the store, the keys, the clock, the addresses, who listens, what is counted."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from .accounts.roles import Directory
from .keys.master_key import MasterKeys, of_account
from .login.live import Hub
from .login.otp_login import Decision
from .login.tries import Tries
from .monitoring.health import Health
from .monitoring.metrics import Metrics
from .store.interface import Store


@dataclass
class Addresses:
    """Where others reach this service, without a slash at the end; the app side may be elsewhere."""

    public: str
    app: str

    @property
    def live(self) -> str:
        """The WebSocket's address."""
        return "ws" + self.public.removeprefix("http") + "/live"


@dataclass
class Service:
    """One worker's parts."""

    store: Store
    keys: MasterKeys
    addresses: Addresses
    clock: Callable[[], float] = time.time
    metrics: Metrics = field(default_factory=Metrics)
    hub: Hub = field(default_factory=Hub)

    def __post_init__(self) -> None:
        self.directory = Directory(self.store)
        self.health = Health(self.store)
        self.nobody = self.keys.derived(b"nobody")
        self.tries = Tries(self.store, Decision(self.open_account_key, self.nobody))
        self.store.listen(self.hub.hear)

    def now(self) -> int:
        """Unix seconds."""
        return int(self.clock())

    def open_account_key(self, sealed: bytes | None, reference: int, serverid: bytes) -> bytes:
        """The account key in ``sealed``; ``nobody`` where there is none, after the same time.

        Raises ``KeyFault``.
        """
        if sealed is None:
            self.keys.open_none()
            return self.nobody
        return self.keys.open(bytes(sealed), of_account(serverid, reference))
