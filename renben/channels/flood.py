"""How often one address may do something without an account within an hour. Kept in the cache only, as a hash."""

from __future__ import annotations

import hashlib

from django.core.cache import cache
from django.http import HttpRequest

HOUR = 3600


def address(request: HttpRequest) -> str:
    """Where a request comes from: behind a proxy on this machine, what the proxy says; empty when it says nothing."""
    direct = request.META.get("REMOTE_ADDR", "")
    if direct not in ("127.0.0.1", "::1"):
        return direct
    return request.headers.get("X-Forwarded-For", "").split(",")[-1].strip()


def too_often(request: HttpRequest, what: str, most: int) -> bool:
    """Count one more; whether it was too many. Where the proxy does not say who asks, everybody would count as one: nothing is
    counted then, and the bound of the thing itself alone holds."""
    if not (place := address(request)[:64]):
        return False
    key = f"{what}:" + hashlib.sha256(place.encode()).hexdigest()
    cache.add(key, 0, timeout=HOUR)
    return cache.incr(key) > most
