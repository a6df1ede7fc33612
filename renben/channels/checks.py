"""Start-up checks: a URL without a declared policy stops the start."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.checks import Error, register
from django.urls import URLPattern, URLResolver, get_resolver

from renben.kernel import policy


def all_patterns(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every URL pattern with its full route."""
    for item in (resolver or get_resolver()).url_patterns:
        route = prefix + str(item.pattern)
        if isinstance(item, URLResolver):
            yield from all_patterns(item, route)
        else:
            yield route, item


@register()
def every_url_declares_a_policy(app_configs: object, **kwargs: object) -> list[Error]:
    from renben.channels.middleware import policy_of

    errors = []
    for route, pattern in all_patterns():
        rule = policy_of(pattern.callback)
        if rule is None:
            errors.append(
                Error(f"URL {route!r} declares no policy", hint="add @page(...) to the view", id="renben.E001")
            )
        elif rule.action and rule.action not in policy.ACTIONS:
            errors.append(Error(f"URL {route!r}: action {rule.action!r} is not declared", id="renben.E002"))
        elif rule.subject and rule.subject not in policy.SUBJECTS:
            errors.append(Error(f"URL {route!r}: subject {rule.subject!r} is not registered", id="renben.E003"))
    return errors
