"""Every screen of the token, drawn by the real driver on the emulated OLED and held to docs/screens/."""
