"""What may be a name: user ids and attributes' keys travel in paths and are shown to people."""

LONGEST = 64  # characters


def is_name(text: str) -> bool:
    """Whether a text can be one: 1 to 64 printable characters, no slash, no space at either end."""
    return 0 < len(text) <= LONGEST and text.isprintable() and "/" not in text and text == text.strip()


def one_line(text: str) -> str:
    """``text`` with all that isn't printable as spaces: it can't steer a terminal, nor turn a line around."""
    return "".join(c if c.isprintable() else " " for c in text)
