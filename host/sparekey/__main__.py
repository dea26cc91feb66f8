"""``python -m sparekey``."""

from sparekey.cli import main

main()
