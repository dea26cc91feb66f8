"""A server, its demo site and a virtual token together, each the real program in a process of its own."""
