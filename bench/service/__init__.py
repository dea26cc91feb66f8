"""The server's benchmarks: what the service costs over its floor, and what many rows cost."""
