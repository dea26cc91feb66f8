"""docs/bridge.md says what the code has."""

from pathlib import Path

from sparekey.bridge import Callbacks, events, settings

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "bridge.md").read_text("utf-8")


def test_every_event_is_told_of() -> None:
    for name, kind in vars(events).items():
        if isinstance(kind, type) and issubclass(kind, events.Event) and kind is not events.Event:
            assert f"`{name}` (`{kind.name}`)" in PAGE
            assert hasattr(Callbacks, f"on_{kind.name}")


def test_every_state_and_setting_is_told_of() -> None:
    for word in [*(state.value for state in events.State), *(f"`{name}`" for name in settings.KINDS)]:
        assert word in PAGE
