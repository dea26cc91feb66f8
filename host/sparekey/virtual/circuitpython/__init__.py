"""CircuitPython's modules that Blinka lacks, under their own names: this folder is on the firmware's path.

``running`` holds what they are about; ``blinka`` fits Blinka's own modules to the virtual board.
"""
