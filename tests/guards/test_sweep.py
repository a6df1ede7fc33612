"""URL × role × {own, sibling, parent, none}: what the policy says is what the site does, for every URL there is."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import get_resolver

from renben.channels.checks import all_patterns, every_url_declares_a_policy
from renben.channels.middleware import policy_of
from renben.engines.procedures.models import Case, FollowUp
from renben.kernel import clock, policy
from renben.kernel.roles import Role
from tests import build
from tests.guards.objects import FACTORIES

pytestmark = [pytest.mark.django_db, pytest.mark.pages]

EXTRA = {
    "code": "ABCDEFGHJKLM",
    "slug": "unemployed",
    "number": "110113",
    "field": "number",
    "fmt": "xlsx",
    "year": 2026,
}


SECOND_OBJECT = {
    "cases/<int:pk>/files/<int:file_id>/",
    "people/<int:pk>/merge/<int:other>/",
    "employers/<int:pk>/merge/<int:other>/",
}
"""Routes that name a second object, which the sweep does not make: 404 is the right answer for whoever may look."""


def routes() -> list[str]:
    return sorted({route for route, _ in all_patterns()})


def pattern_of(route: str):
    return next(pattern for r, pattern in all_patterns() if r == route)


def test_every_url_declares_a_policy():
    assert every_url_declares_a_policy(None) == []


def address(route: str, rule: policy.Policy, key: object) -> str:
    """A concrete address of a route; the subject's key goes where the policy says, other parts get a plain value."""

    def value(match: re.Match) -> str:
        name = match["name"]
        if rule.subject and name == rule.kwarg:
            return str(key)
        if match["kind"] == "int":
            return str(EXTRA.get(name, 1)) if str(EXTRA.get(name, 1)).isdigit() else "1"
        return str(EXTRA.get(name, "x"))

    path = re.sub(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>", value, route)
    return "/" + path.replace("^", "").replace("$", "").replace("\\Z", "")


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """One district with a user per role and place, built once and rolled back at the end."""
    from django.db import transaction

    with django_db_blocker.unblock():
        atomic = transaction.atomic()
        atomic.__enter__()
        made = build.district()
        places = {"own": made.streets[0], "sibling": made.streets[1], "parent": made.centre}
        users = {(role, place): build.staff(role, office) for role in Role for place, office in places.items()}
        nobody = build.User.objects.create_user("nobody", build.PASSWORD, display_name="无岗位")
        keys = {subject: make(made.villages[0], users[Role.COUNTER, "own"]).pk for subject, make in FACTORIES.items()}
        _contacts(made, users)
        case = Case.objects.get(pk=keys["case"])
        EXTRA["step_id"] = case.steps.order_by("id").first().pk
        EXTRA["follow_up_id"] = FollowUp.objects.create(
            case=case, kind="k", title="回访", organization=case.organization, due_on=clock.today()
        ).pk
        yield made, places, users, nobody, keys
        transaction.set_rollback(True)
        atomic.__exit__(None, None, None)


OWN_FIRM, OTHER_FIRM = ("contact", "own firm"), ("contact", "other firm")
"""Contacts of firms: of the one whose objects the sweep makes, and of its neighbour."""
OPEN_TO_FIRMS = {"open_fair"}
"""Kinds of objects that every firm may see."""


def _contacts(made, users) -> None:
    for key in (OWN_FIRM, OTHER_FIRM):
        user = build.User.objects.create_user(f"firm{len(users)}", build.PASSWORD, display_name="周海燕")
        other = build.employer(made.villages[0], "北京顺安商贸有限公司") if key == OTHER_FIRM else None
        firm = other or FACTORIES["employer"](made.villages[0], user)
        firm.contacts.create(name="周海燕", user=user)
        users[key] = user


def client_of(user) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def may(rule: policy.Policy, role: str, tier: str) -> bool:
    """The oracle, from the declaration alone."""
    action = policy.ACTIONS.get(rule.action)
    return action is None or (role in action.roles and (not action.tiers or tier in action.tiers))


@pytest.mark.parametrize("route", routes())
def test_sweep(route, world):
    made, places, users, nobody, keys = world
    rule = policy_of(pattern_of(route).callback)
    if rule.subject:
        assert rule.subject in keys, f"tests/guards/objects.py has no factory for subject {rule.subject!r}"
    url = address(route, rule, keys.get(rule.subject))
    anonymous = Client(raise_request_exception=False).get(url)
    if rule.audience == policy.PUBLIC:
        assert anonymous.status_code not in (403, 500), (url, anonymous.status_code)
        return
    assert anonymous.status_code in (302, 204), f"{url} answers a stranger with {anonymous.status_code}"
    wrong = _as_contacts(url, rule, route, users)
    for (role, place), user in users.items():
        if (role, place) in (OWN_FIRM, OTHER_FIRM):
            continue
        allowed = may(rule, role, places[place].tier)
        for method in ("get", "post"):
            status = getattr(client_of(user), method)(url).status_code
            if status >= 500:
                wrong.append((role, place, method, status))
            elif rule.audience == policy.EMPLOYER:
                if status != 403:
                    wrong.append((role, place, method, status, "staff have no business in the employers' space"))
            elif rule.audience != policy.STAFF:
                continue
            elif rule.subject and place == "sibling":
                if status != 404:
                    wrong.append((role, place, method, status, "another street's object must not exist"))
            elif not allowed:
                if status != 403:
                    wrong.append((role, place, method, status, "must be refused"))
            elif status in (403, 404) and rule.subject and route not in SECOND_OBJECT:
                wrong.append((role, place, method, status, "is allowed by the policy"))
    assert not wrong, f"{url}: {wrong[:8]} (and {max(len(wrong) - 8, 0)} more)"
    if rule.audience in (policy.STAFF, policy.EMPLOYER):
        assert client_of(nobody).get(url).status_code == 403


def _as_contacts(url: str, rule: policy.Policy, route: str, users: dict) -> list[tuple]:
    """Their own firm's pages open, another firm's objects do not exist, staff's pages are refused."""
    wrong = []
    for key in (OWN_FIRM, OTHER_FIRM):
        for method in ("get", "post"):
            status = getattr(client_of(users[key]), method)(url).status_code
            is_others = key == OTHER_FIRM and rule.subject and rule.subject not in OPEN_TO_FIRMS
            hidden = rule.audience == policy.EMPLOYER and is_others
            expected = {403} if rule.audience == policy.STAFF else {404} if hidden else None
            if status >= 500 or (expected and status not in expected):
                wrong.append((*key, method, status, f"expected {expected or 'no fault'}"))
            elif rule.audience == policy.EMPLOYER and not hidden and status in (403, 404):
                wrong.append((*key, method, status, "is the firm's own"))
    return wrong


def test_the_sweep_reaches_the_routes_it_should():
    assert len(routes()) == len({r for r, _ in all_patterns(get_resolver())})
    assert len(routes()) > 20
