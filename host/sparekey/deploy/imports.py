"""What a module imports when it runs on the device, read from its source."""

import ast
from collections.abc import Callable, Iterator

_ABSENT = ("ImportError", "ModuleNotFoundError", "Exception")


def device_imports(source: str, package: str, is_module: Callable[[str], bool]) -> list[str]:
    """Dotted names of the modules that ``source``, a module of ``package``, imports.

    An import that may fail (``try: … except ImportError``) is left out: on the device those are
    types, or modules that its CircuitPython has or has not. ``is_module`` tells whether
    ``from a import b`` means the module ``a.b``.
    """
    names: list[str] = []
    for node in _running(ast.parse(source)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node, package)
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                names.append(inner if is_module(inner) else base)
    return names


def _absolute(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    up = package.split(".")
    up = up[: len(up) - node.level + 1]
    return ".".join([*up, node.module] if node.module else up)


def _running(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Try) and any(_catches_absence(handler) for handler in child.handlers):
            continue
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        yield child
        yield from _running(child)


def _catches_absence(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or any(
        isinstance(name, ast.Name) and name.id in _ABSENT for name in ast.walk(handler.type)
    )
