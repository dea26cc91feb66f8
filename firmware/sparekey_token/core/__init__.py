"""The Sparekey protocol, version 1 (``docs/protocol.md``): pure functions on bytes.

The token runs these files under CircuitPython, the bridge and the server under CPython; there is no
other implementation of the protocol in the project. Nothing here does I/O, reads a clock or makes
randomness: time, keys and nonces are passed in.
"""
