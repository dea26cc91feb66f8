"""Keys at rest: sealed under the master key, checked before use, resealed under a new one."""
