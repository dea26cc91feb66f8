"""Draws the rooms and the arrows between them from the code's imports, into ``docs/architecture.md``.

Two pictures: all of the code, and the server, whose arrows that follow from others are left out.

``python scripts/architecture_picture.py`` writes it; with ``--check`` it only tells whether it is current.
"""

import sys
from pathlib import Path

import grimp

PAGE = Path(__file__).resolve().parents[1] / "docs" / "architecture.md"
_MADE_BY = "<!-- made by scripts/architecture_picture.py"
_SERVER = "sparekey.server"
_WHERE = {"sparekey": "on the PC", "sparekey_token": "on the device (core: on the PC, too)"}


Arrows = set[tuple[str, str]]


def rooms_and_arrows(graph: grimp.ImportGraph, *containers: str) -> tuple[set[str], Arrows]:
    """The packages and modules directly in ``containers``, and which imports which."""
    rooms: set[str] = set()
    arrows: Arrows = set()
    for module in graph.modules:
        here = _room(module, containers)
        if here:
            rooms.add(here)
        for imported in graph.find_modules_directly_imported_by(module):
            there = _room(imported, containers)
            if here and there and here != there:
                arrows.add((here, there))
    return rooms, arrows


def without_shortcuts(arrows: Arrows) -> Arrows:
    """``arrows``, which go one way, without those whose end is reached over another room too."""
    return {
        (here, there)
        for here, there in arrows
        if not any(_reaches(between, there, arrows) for start, between in arrows if start == here != there)
    }


def _reaches(here: str, there: str, arrows: Arrows) -> bool:
    """Whether there is a way of one arrow or more."""
    return any(end == there or _reaches(end, there, arrows) for start, end in arrows if start == here)


def whole(graph: grimp.ImportGraph) -> str:
    """All of the code as a Mermaid flowchart."""
    rooms, arrows = rooms_and_arrows(graph, *_WHERE)
    lines = []
    for package, where in _WHERE.items():
        lines.append(f'  subgraph {package}["{package}: {where}"]')
        lines += ["  " + _box(room) for room in sorted(rooms) if _package(room) == package]
        lines.append("  end")
    return _flowchart([*lines, *_lines(arrows)])


def server(graph: grimp.ImportGraph) -> str:
    """The server's rooms as a Mermaid flowchart."""
    rooms, arrows = rooms_and_arrows(graph, _SERVER)
    return _flowchart([*map(_box, sorted(rooms)), *_lines(without_shortcuts(arrows))])


def _flowchart(lines: list[str]) -> str:
    return "\n".join(["```mermaid", "flowchart TD", *lines, "```", ""])


def _box(room: str) -> str:
    return f'  {_name(room)}["{room.rpartition(".")[2]}"]'


def _lines(arrows: Arrows) -> list[str]:
    return [f"  {_name(here)} --> {_name(there)}" for here, there in sorted(arrows)]


def _room(module: str, containers: tuple[str, ...]) -> str | None:
    for container in containers:
        if module.startswith(container + "."):
            name = module.removeprefix(container + ".").split(".")[0]
            return None if name.startswith("__") else f"{container}.{name}"
    return None


def _name(room: str) -> str:
    return room.replace(".", "_")


def _package(room: str) -> str:
    return room.split(".")[0]


def current(page: str) -> str:
    """``page`` with the pictures as the code has it now."""
    graph = grimp.build_graph(*_WHERE, cache_dir=None)
    for name, picture in (("rooms", whole(graph)), ("server", server(graph))):
        begin, end = (f"{_MADE_BY}: {name}, {where} -->\n" for where in ("begin", "end"))
        before, rest = page.split(begin)
        _, after = rest.split(end)
        page = before + begin + picture + end + after
    return page


def main() -> int:
    """0 where the page is current, or now is."""
    page = PAGE.read_text(encoding="utf-8")
    fresh = current(page)
    if "--check" in sys.argv[1:]:
        return int(page != fresh)
    PAGE.write_text(fresh, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
