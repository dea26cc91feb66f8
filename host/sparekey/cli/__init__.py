"""The ``sparekey`` command. One file a command group, imported only when it is called.

A command that nobody called costs nothing: ``--version`` and ``--help`` must come up as fast as
``mpremote``'s do (``bench/start_up.py``).
"""

import sys


def main() -> None:
    """The console script."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        from sparekey_token import __version__

        sys.stdout.write(f"sparekey {__version__}\n")
        return
    from .commands import sparekey

    sparekey()
