"""The real programs, each in a process of its own, for tests of whole paths."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from sparekey.demo.children import Child
from sparekey.demo.web_application import WebApplication

from .real_programs import PATIENCE, Bridge, Holder, Service


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """What a test leaves behind is closed at its end."""
    with ExitStack() as closed_at_the_end:
        yield closed_at_the_end


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A login service of this module's own."""
    folder = tmp_path_factory.mktemp("service")
    command = ["server", "run", "--listen", "127.0.0.1:0", "--data", str(folder / "data"), "--demo"]
    with Child(command, "listening on ", folder / "log", PATIENCE) as child:
        yield Service(child.announced, folder / "data")


@pytest.fixture
def browse(service: Service, stack: ExitStack) -> Callable[[], WebApplication]:
    """Opens browser sessions of a web application."""

    def opened() -> WebApplication:
        application = WebApplication(service.address, service.apikey)
        stack.callback(application.close)
        return application

    return opened


@pytest.fixture
def take_token(tmp_path: Path, stack: ExitStack) -> Callable[..., Holder]:
    """Makes virtual tokens: ``take_token(vm, *flags)``."""

    def taken(vm: str = "cpython", *flags: str, name: str = "token") -> Holder:
        port = tmp_path / f"{name}.port"
        command = ["token", "virtual", "--state", str(tmp_path / name), "--port", str(port)]
        command += ["--control", "127.0.0.1:0", "--vm", vm, *flags]
        child = stack.enter_context(Child(command, "control at ", tmp_path / f"{name}.log", PATIENCE))
        holder = Holder(child.announced, port, child)
        stack.callback(holder.close)
        return holder

    return taken


@pytest.fixture
def bridge(stack: ExitStack) -> Callable[..., Bridge]:
    """Starts the bridge: ``bridge(token, "login", SOURCE, …)``."""

    def started(token: Holder, *arguments: str) -> Bridge:
        running = Bridge(token.port, *arguments)
        stack.callback(running.kill)
        return running

    return started
