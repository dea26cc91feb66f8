"""Firmware and libraries onto a token's CIRCUITPY drive.

``board`` knows the boards there are, ``image`` what belongs on a drive, ``drives`` where it is
plugged in, ``installing`` how it gets there so that a cable pulled at any moment leaves a token that
starts, and ``greeting`` waits until the new firmware says hello.
"""
