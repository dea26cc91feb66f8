"""Whose tokens there are: servers, users, accounts, how one is enrolled, and the roles that see them."""
