"""Logins: browser sessions, the decisions on one-time passwords and proofs, and who hears of them."""
