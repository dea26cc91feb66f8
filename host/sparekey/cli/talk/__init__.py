"""How the bridge's commands speak to people and programs: words, JSON, keyboard, clipboard."""
