"""Bytes in hex, as the app side's messages carry them (docs/protocol.md §8)."""

from typing import Annotated

from msgspec import Meta

Hex8 = Annotated[str, Meta(pattern="^[0-9a-fA-F]{16}$")]
Hex16 = Annotated[str, Meta(pattern="^[0-9a-fA-F]{32}$")]
Hex32 = Annotated[str, Meta(pattern="^[0-9a-fA-F]{64}$")]
Reference = Annotated[int, Meta(ge=0, lt=1 << 30)]
Flags = Annotated[int, Meta(ge=0, le=255)]
