"""No heap for a module that is loaded late: the flow ends or does without, and the token goes on."""

import sys
from types import ModuleType

import pytest

from sparekey_token import flows
from tests.unit.short_of_heap import short_of_heap

from .doubles import NOW, Desk, Server, outcome
from .test_enrol import begin


@pytest.mark.parametrize("lost", [True, False])
def test_an_account_is_stored_and_said_though_the_clock_cannot_be_moved(lost: bool) -> None:
    """The host would believe that there is none."""
    desk, server = Desk(), Server()
    desk.clock.fault = "lost" if lost else None
    desk.rounds(30)
    told = server.reveal(begin(desk, server), unix=NOW + 90)
    asked = desk.send("enrol.finish", **told)
    with short_of_heap(["flows.clock_moves", "flows.set_time"], ["flows.clock_moves"]) as short:
        desk.press("ok")
        assert outcome(desk.answer(asked)) == {"index": 0}
    assert short.asked
    assert desk.screen.view.name == "enrol.done"
    assert desk.vault.count == 1


def test_what_a_flow_has_loaded_is_let_go_before_the_words_for_its_error_are_loaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They might find no room beside it."""
    loaded = []

    class Looking:
        def find_spec(self, name: str, path: object = None, target: object = None) -> None:
            if name == "sparekey_token.core.sentences":
                loaded.append("sparekey_token.flows.wipe" in sys.modules)

    desk = Desk()
    desk.add()
    asked = desk.send("wipe")
    assert desk.screen.view.name == "wipe.ask"
    flows.forget("core.sentences")
    monkeypatch.setattr(sys, "meta_path", [Looking(), *sys.meta_path])
    desk.press("back")
    assert outcome(desk.answer(asked)) == "declined"
    assert loaded == [False]


def test_a_module_whose_import_failed_is_let_go_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Older interpreters leave it among the modules, half of it there, and its package doesn't know it."""
    monkeypatch.setitem(sys.modules, "sparekey_token.flows.menu", ModuleType("half"))
    monkeypatch.delattr(flows, "menu", raising=False)
    flows.forget("flows.menu")
    assert "sparekey_token.flows.menu" not in sys.modules
