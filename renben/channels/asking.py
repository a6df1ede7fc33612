"""What a page may offer: the policy of the view behind a button decides, the same one the middleware enforces."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from renben.channels.middleware import policy_of
from renben.kernel import policy


def _named(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, policy.Policy | None]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            if entry.name:
                yield prefix + entry.name, policy_of(entry.callback)
        else:
            yield from _named(entry, f"{prefix}{entry.namespace}:" if entry.namespace else prefix)


@cache
def _policies() -> dict[str, policy.Policy | None]:
    return dict(_named(get_resolver()))


def may_open(principal: policy.Principal | None, url_name: str, *, office: Any = None) -> bool:
    """Whether this reader may open the named page, on an object of `office` when one is given. KeyError for no such name.

    As in the middleware: a page for staff wants a post, its action a role, and the object must lie where that role is held.
    """
    rule = _policies()[url_name]
    if rule is None:
        return False
    if rule.audience == policy.PUBLIC:
        return True
    if principal is None or not getattr(principal.user, "is_authenticated", False):
        return False
    if rule.audience == policy.SIGNED_IN:
        return True
    if rule.audience == policy.EMPLOYER:
        return bool(principal.firms)
    if not principal.posts:
        return False
    paths = principal.paths(rule.action)
    return bool(paths) if office is None else any(office.path.startswith(path) for path in paths)
