"""Runs under MicroPython (``main.py``): the firmware's app on plain parts over the state folder's files.

A stand-in for the device's language and heap; what the OLED shows is drawn by the parent.
"""
