"""The virtual board: the firmware, unchanged, in a process of its own on chips made of Python.

The parent process is all that isn't the board: power, the serial cable, the eye on the OLED, the finger
on the buttons, and the control address through which others use them. Chips keep their state in files
that both processes map, so that cutting the power (SIGKILL) takes from the firmware what a power cut
takes, and no more.
"""
