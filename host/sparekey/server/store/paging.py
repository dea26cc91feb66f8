"""Lists: ``limit``, ``marker``, ``sort=column:asc,column2:desc``, ``filter=attribute=value`` or ``in:a,b``.

A list declares its attributes with the SQL behind each; nothing that a caller writes gets into the SQL
but as a parameter.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta, Struct

from sparekey.server.errors import ApiError

from .interface import Row, Transaction

MOST = 1000
_TERMS = 8


class Page(Struct):
    """The query of every list."""

    limit: Annotated[int, Meta(ge=1, le=MOST)] = 100
    marker: Annotated[int, Meta(ge=0, lt=1 << 53)] = 0
    sort: Annotated[str, Meta(max_length=256)] = ""
    filter: Annotated[tuple[str, ...], Meta(max_length=_TERMS)] = ()


class SearchPage(Page):
    """A list that can be searched too."""

    search: Annotated[str, Meta(max_length=64)] = ""


@dataclass(frozen=True)
class Column:
    """What an attribute is in SQL, and how a filter's text becomes its value."""

    sql: str
    number: bool = False


def page(
    transaction: Transaction,
    source: str,
    values: list[object],
    columns: Mapping[str, Column],
    wanted: Page,
    default: str,
) -> tuple[list[Row], int]:
    """The rows of a page, in the columns' order, and how many there are in all.

    ``source`` is ``FROM … WHERE …`` with its parameters ``values``; ``default`` the attribute that sorts
    where nothing else does. Raises ``ApiError`` (``bad_request``) for an unknown attribute.
    """
    where, values = source, list(values)
    for term in wanted.filter:
        clause, given = _clause(term, columns)
        where += f" AND {clause}"
        values += given
    total = transaction.one(f"SELECT count(*) {where}", *values)
    order = ", ".join([*_order(wanted.sort, columns), columns[default].sql])
    selected = ", ".join(column.sql for column in columns.values())
    rows = transaction.all(
        f"SELECT {selected} {where} ORDER BY {order} LIMIT ? OFFSET ?", *values, wanted.limit, wanted.marker
    )
    return rows, int(total[0]) if total else 0


def like(text: str) -> str:
    """``%text%`` for LIKE … ESCAPE '!', the text's own wildcards taken literally."""
    for special in "!%_":
        text = text.replace(special, "!" + special)
    return f"%{text}%"


def _clause(term: str, columns: Mapping[str, Column]) -> tuple[str, list[object]]:
    name, equals, value = term.partition("=")
    column = columns.get(name.strip())
    if column is None or not equals:
        raise ApiError(
            "bad_request", f"filter is attribute=value or attribute=in:a,b; attributes: {', '.join(columns)}."
        )
    given = value[3:].split(",") if value.startswith("in:") else [value]
    if len(given) > 100:
        raise ApiError("bad_request", "filter takes at most 100 values.")
    return f"{column.sql} IN ({','.join('?' * len(given))})", [_value(column, text) for text in given]


def _value(column: Column, text: str) -> object:
    if not column.number:
        if "\x00" in text:
            raise ApiError("bad_request", "filter: no text has a zero character.")
        return text
    if text in ("true", "false"):
        return int(text == "true")
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise ApiError("bad_request", "filter: that attribute is a number.")
    return int(text)


def _order(sort: str, columns: Mapping[str, Column]) -> list[str]:
    order = []
    for term in sort.split(",") if sort else ():
        name, _, direction = term.partition(":")
        column = columns.get(name.strip())
        if column is None or direction not in ("", "asc", "desc"):
            raise ApiError("bad_request", f"sort is column:asc,column2:desc; columns: {', '.join(columns)}.")
        # what is missing comes before all else, in every database
        order.append(f"{column.sql} {'DESC NULLS LAST' if direction == 'desc' else 'ASC NULLS FIRST'}")
    return order
