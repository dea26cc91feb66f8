"""``sparekey boards``: what the firmware runs on."""

import json
import sys
from typing import Any

import click

from sparekey.deploy.board import Board, load_boards, refusal
from sparekey.deploy.errors import DeployError
from sparekey.deploy.source import device_source

from .deploy import tell

# columns: in fewer, the table would be made of single letters
_NARROW = 72


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For a program.")
def boards(as_json: bool) -> None:
    """The boards that the firmware runs on; --board takes the first column."""
    try:
        known = load_boards(device_source().boards)
    except DeployError as fault:
        tell(fault, as_json)
        sys.exit(fault.exit_status)
    if as_json:
        click.echo(json.dumps([_facts(board) for board in known.values()], indent=2, ensure_ascii=False))
        return
    from rich.console import Console
    from rich.table import Table

    console = Console()
    if console.width < _NARROW:
        for board in known.values():
            click.echo(f"{board.key}\n  {board.name}")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("board", "name", "chip", "clock", "OLED", "EEPROM"):
        table.add_column(title, no_wrap=title == "board")
    for board in known.values():
        facts = _facts(board)
        eeprom = "–" if facts["eeprom_address"] is None else f"{facts['eeprom_address']:#x}"
        columns = (board.key, board.name, board.chip, facts["rtc"], facts["oled"], eeprom)
        table.add_row(*map(str, columns))
    console.print(table)
    for board in known.values():
        words = refusal(board)
        if words:
            click.echo(words, err=True)


def _facts(board: Board) -> dict[str, Any]:
    pins = board.pins
    return {
        "board": board.key,
        "name": board.name,
        "chip": board.chip,
        "circuitpython": board.circuitpython or None,
        "flash_bytes": board.flash_bytes,
        "nvm_bytes": board.nvm_bytes,
        "nvm_erase": board.nvm_erase,
        "rtc": pins.get("RTC"),
        "oled": pins.get("OLED", "ssd1306"),
        "oled_address": pins.get("OLED_ADDRESS"),
        "eeprom_address": pins.get("EEPROM_ADDRESS"),
        "buttons": {name: getattr(pins.get(name.upper()), "name", None) for name in ("ok", "next", "back")},
        "libraries": list(board.libraries),
        "euros": round(sum(part.euros for part in board.parts), 2),
        "deployable": board.deployable and refusal(board) is None,
    }
