"""Links as people paste and scammers write them, and the key under which each is known."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """One link. `key` is the host (IDNA, lower case, without `www.`), or host + path on shared hosts."""

    key: str
    host: str
    """The host as Unicode text in lower case, for showing (always defanged) and for the API."""
    start: int = 0
    end: int = 0
    shared_host: bool = False
    """On a shared host (shortener, social network, form service) the host alone says nothing."""
    imitates: str | None = None
    """The official host this one is dressed up as, when it plainly is (homoglyphs, brand in a subdomain)."""
    odd: tuple[str, ...] = ()
    """Marks of doubt: "shortener", "cheap_tld", "raw_ip", "userinfo", "homoglyph", "brand_elsewhere"."""
