"""Whom connections to the platforms trust, read once in a process: reading takes longer than connecting."""

import ssl
from functools import cache

import httpx


@cache
def trusted() -> ssl.SSLContext:
    """The certificates that httpx trusts by itself; shared by all connections."""
    return httpx.create_ssl_context()
