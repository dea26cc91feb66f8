"""What befalls a token: chips come off, the bus hangs, the host is rude, someone opens the drive."""
