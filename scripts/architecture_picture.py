"""Draws the rooms and the arrows between them from the code's imports, into ``docs/architecture.md``.

``python scripts/architecture_picture.py`` writes it; with ``--check`` it only tells whether it is current.
"""

import sys
from pathlib import Path

import grimp

PAGE = Path(__file__).resolve().parents[1] / "docs" / "architecture.md"
_BEGIN = "<!-- made by scripts/architecture_picture.py: begin -->\n"
_END = "<!-- made by scripts/architecture_picture.py: end -->\n"
_WHERE = {"sparekey": "on the PC", "sparekey_token": "on the device (core: on the PC, too)"}


def rooms_and_arrows() -> tuple[set[str], set[tuple[str, str]]]:
    """The second-level packages and modules, and which imports which."""
    graph = grimp.build_graph("sparekey", "sparekey_token")
    rooms: set[str] = set()
    arrows: set[tuple[str, str]] = set()
    for module in graph.modules:
        here = _room(module)
        if here:
            rooms.add(here)
        for imported in graph.find_modules_directly_imported_by(module):
            there = _room(imported)
            if here and there and here != there:
                arrows.add((here, there))
    return rooms, arrows


def mermaid() -> str:
    """The picture as a Mermaid flowchart."""
    rooms, arrows = rooms_and_arrows()
    lines = ["```mermaid", "flowchart TD"]
    for package, where in _WHERE.items():
        lines.append(f'  subgraph {package}["{package}: {where}"]')
        lines += [
            f'    {_name(room)}["{room.split(".")[1]}"]'
            for room in sorted(rooms)
            if _package(room) == package
        ]
        lines.append("  end")
    lines += [f"  {_name(here)} --> {_name(there)}" for here, there in sorted(arrows)]
    return "\n".join([*lines, "```", ""])


def _room(module: str) -> str | None:
    parts = module.split(".")
    return ".".join(parts[:2]) if len(parts) > 1 and not parts[1].startswith("__") else None


def _name(room: str) -> str:
    return room.replace(".", "_")


def _package(room: str) -> str:
    return room.split(".")[0]


def current(page: str) -> str:
    """``page`` with the picture as the code has it now."""
    before, rest = page.split(_BEGIN)
    _, after = rest.split(_END)
    return before + _BEGIN + mermaid() + _END + after


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
