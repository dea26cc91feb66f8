"""What comparable servers do on the same machine, each installed in a venv of its own."""
