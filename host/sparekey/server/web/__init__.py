"""The demo site: sign in, enrol, signed in. A client of the public Server API that a web team can copy."""

from .site import create_site

__all__ = ["create_site"]
