"""No page offers what its reader may not do: every link and form a role meets is asked for its policy."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve

from renben.channels.middleware import policy_of
from renben.kernel import policy
from renben.kernel.roles import Role
from tests.guards.test_sweep import client_of, world  # noqa: F401 - the district of the sweep

pytestmark = [pytest.mark.django_db, pytest.mark.pages]

ADDRESSES = re.compile(r'(?:href|action|hx-get|hx-post)="([^"#]+)"')
AT_MOST = 120
"""So many pages per role; each address is looked at once without its numbers."""


def shape(path: str) -> str:
    return re.sub(r"\d+", "0", path)


def offered(html: str, at: str) -> set[str]:
    """Paths of this site that the main part of a page leads to."""
    main = html.split("<main", 1)[-1].split("</main>", 1)[0]
    found = {urlsplit(urljoin(at, unescape(address))) for address in ADDRESSES.findall(main)}
    return {one.path for one in found if not one.netloc and not one.path.startswith(("/static/", "/accounts/"))}


def refused(principal: policy.Principal, path: str) -> bool:
    try:
        rule = policy_of(resolve(path).func)
    except Resolver404:
        return True
    return bool(rule and rule.audience == policy.STAFF and rule.action and not principal.may(rule.action))


@pytest.mark.parametrize("role", sorted(Role))
def test_nothing_is_offered_that_would_be_refused(role, world):  # noqa: F811
    _, _, users, _, keys = world
    user = users[role, "own"]
    principal, client = policy.Principal(user), client_of(user)
    seeds = [
        "/",
        "/?whose=office",
        f"/people/{keys['person']}/",
        f"/employers/{keys['employer']}/",
        f"/cases/{keys['case']}/",
    ]
    waiting, seen, wrong = list(seeds), {shape(path) for path in seeds}, []
    while waiting and len(seen) < AT_MOST:
        path = waiting.pop(0)
        response = client.get(path)
        if response.status_code != 200 or not response.get("Content-Type", "").startswith("text/html"):
            continue
        for target in sorted(offered(response.content.decode(), path)):
            if refused(principal, target):
                wrong.append(f"{path} → {target}")
            elif shape(target) not in seen and "export" not in target:
                seen.add(shape(target))
                waiting.append(target)
    assert not wrong, f"{Role(role).label}: show these only when {{% may %}} says so: {sorted(set(wrong))}"
    assert len(seen) > 1
