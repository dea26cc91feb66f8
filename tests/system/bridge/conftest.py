"""The doubles of the bridge's unit tests, for tests with real processes around them."""

from tests.unit.bridge.conftest import server, settings_place, token, url

__all__ = ["server", "settings_place", "token", "url"]
