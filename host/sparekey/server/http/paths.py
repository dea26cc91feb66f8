"""Finds the operation for a path: a walk down a tree, not a search through a list of patterns.

otpLogin is called far more often than all else, and a search costs it more than its own checks.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response

Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass
class _Node:
    literal: dict[str, "_Node"] = field(default_factory=dict)
    parameter: "tuple[str, _Node] | None" = None
    methods: dict[str, Endpoint] = field(default_factory=dict)


class Paths:
    """Endpoints by path and method; ``{name}`` in a path stands for one part without a slash."""

    def __init__(self) -> None:
        self._root = _Node()

    def add(self, method: str, path: str, endpoint: Endpoint) -> None:
        """Adds an endpoint; a last slash doesn't matter."""
        node = self._root
        for part in path.strip("/").split("/"):
            if not part.startswith("{"):
                node = node.literal.setdefault(part, _Node())
                continue
            name = part.strip("{}")
            if node.parameter is None:
                node.parameter = (name, _Node())
            assert node.parameter[0] == name, f"{path}: that part is called {node.parameter[0]} elsewhere"
            node = node.parameter[1]
        node.methods[method] = endpoint

    def find(self, path: str) -> tuple[dict[str, Endpoint], dict[str, str]] | None:
        """The endpoints at a path by method, and its parameters; None where there are none."""
        node, parameters = self._root, {}
        for part in path.strip("/").split("/"):
            following = node.literal.get(part)
            if following is None:
                if node.parameter is None or not part:
                    return None
                name, following = node.parameter
                parameters[name] = part
            node = following
        return (node.methods, parameters) if node.methods else None
