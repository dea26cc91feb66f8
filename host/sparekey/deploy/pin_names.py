"""A board's ``pins.py``, read without running it: which name stands for which pin or value."""

import ast
from dataclasses import dataclass
from pathlib import Path

from .errors import BoardFault


@dataclass(frozen=True)
class Pin:
    """A pin by the name that the board's ``board`` module has for it, such as ``GP4``."""

    name: str


Value = Pin | str | int | bool | None


def read_pins(path: Path) -> dict[str, Value]:
    """Every plain assignment of ``pins.py``: pins (``board.NAME``) and literals.

    Raises ``BoardFault`` where the file is missing or no Python.
    """
    try:
        tree = ast.parse(path.read_text("utf-8"), str(path))
    except OSError as fault:
        raise BoardFault(f"{path} can't be read: {fault.strerror}.") from fault
    except SyntaxError as fault:
        raise BoardFault(f"{path} is no Python: {fault.msg} in line {fault.lineno}.") from fault
    values: dict[str, Value] = {}
    for statement in tree.body:
        if isinstance(statement, ast.Assign):
            names = [target.id for target in statement.targets if isinstance(target, ast.Name)]
            expression = statement.value
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            if statement.value is None:
                continue
            names, expression = [statement.target.id], statement.value
        else:
            continue
        known, value = _value(expression)
        if known:
            values.update(dict.fromkeys(names, value))
    return values


def _value(expression: ast.expr) -> tuple[bool, Value]:
    if isinstance(expression, ast.Constant) and isinstance(expression.value, str | int | bool | None):
        return True, expression.value
    if (
        isinstance(expression, ast.Attribute)
        and isinstance(expression.value, ast.Name)
        and expression.value.id == "board"
    ):
        return True, Pin(expression.attr)
    return False, None
