"""Who may do what, where: one declared `Policy` per URL, default deny.

An action is declared once with its label and the roles that may do it. A view names the action and, when its URL holds
an object, the kind of object; the middleware loads that object inside the reader's territory before the view runs.
Out of territory answers 404 (it does not exist for you), in territory but not allowed 403 with who may. A contact of an employer
has a firm instead of a territory: what is another firm's does not exist for them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet

from renben.kernel import clock
from renben.kernel.roles import BUSINESS, Role

PUBLIC = "public"
SIGNED_IN = "signed_in"
STAFF = "staff"
EMPLOYER = "employer"


@dataclass(frozen=True)
class Action:
    code: str
    label: str
    roles: frozenset[str]
    tiers: frozenset[str]


ACTIONS: dict[str, Action] = {}


def declare(code: str, label: str, roles: Iterable[str] = BUSINESS, tiers: Iterable[str] = ()) -> str:
    """Declare an action. `roles` may do it in their territory; `tiers` narrows it to posts of those tiers (empty = all)."""
    action = Action(code, label, frozenset(roles), frozenset(tiers))
    if ACTIONS.get(code, action) != action:
        raise ValueError(f"action {code} is declared twice with different roles")
    ACTIONS[code] = action
    return code


@dataclass(frozen=True)
class Policy:
    """What a URL demands. `audience`: public, signed_in (anyone with an account), staff (needs `action`) or employer (a contact of a
    firm, acting for the one firm of the session; `any_firm` is a page before one is chosen).

    `subject` names the registered kind of object in the URL and `kwarg` where its key stands.
    `reads_personal` makes every successful read leave a trace in the audit trail.
    """

    audience: str = STAFF
    action: str = ""
    subject: str = ""
    kwarg: str = "pk"
    reads_personal: bool = False
    any_firm: bool = False


def nowhere(_: object) -> Q:
    """The condition that nothing meets."""
    return Q(pk__in=[])


@dataclass(frozen=True)
class SubjectKind:
    """How one kind of object is found: a queryset, the condition for a path prefix of a territory, for a person's own, for a firm's."""

    label: str
    queryset: Callable[[], QuerySet]
    within: Callable[[str], Q] = nowhere
    own: Callable[[int], Q] | None = None
    firm: Callable[[int], Q] = nowhere


SUBJECTS: dict[str, SubjectKind] = {}


def register_subject(name: str, kind: SubjectKind) -> None:
    SUBJECTS[name] = kind


def page(
    audience: str = STAFF,
    action: str = "",
    *,
    subject: str = "",
    kwarg: str = "pk",
    reads_personal: bool = False,
    any_firm: bool = False,
) -> Callable:
    """Attach a policy to a view. Every URL needs one; the start-up check refuses a view without it."""
    policy = Policy(audience, action, subject, kwarg, reads_personal, any_firm)

    def attach(view: Callable) -> Callable:
        view.policy = policy
        return view

    return attach


@dataclass
class Principal:
    """Who is asking: a user with posts (their own and those delegated to them), a person, or an employer's contact.

    `firm_id` is the firm chosen for this session by somebody who speaks for several.
    """

    user: Any
    on: dt.date = field(default_factory=clock.today)
    firm_id: int | None = None

    @cached_property
    def _held(self) -> tuple[Any, list]:
        from renben.kernel.access import staff_and_posts

        return staff_and_posts(self.user, self.on) if getattr(self.user, "is_authenticated", False) else (None, [])

    @property
    def staff(self) -> Any:
        return self._held[0]

    @cached_property
    def posts(self) -> list:
        """Active posts today; a delegated post carries `.acting_for`, the staff member it belongs to."""
        staff, posts = self._held
        return posts if staff is not None and self.user.is_active else []

    @cached_property
    def firms(self) -> list:
        """The employers this user is a contact of today."""
        from renben.kernel.access import firms_of

        return firms_of(self.user, self.on) if getattr(self.user, "is_authenticated", False) else []

    @cached_property
    def firm(self) -> Any:
        """The employer acted for: the only one, or the one chosen; None while a choice is to be made."""
        if len(self.firms) == 1:
            return self.firms[0]
        return next((one for one in self.firms if one.pk == self.firm_id), None)

    @cached_property
    def roles(self) -> frozenset[str]:
        return frozenset(post.role for post in self.posts)

    @cached_property
    def home(self) -> Any:
        """The office shown in the header: the widest business post, else the first post's."""
        posts = [post for post in self.posts if post.role in BUSINESS and post.acting_for is None] or self.posts
        return min((post.organization for post in posts), key=lambda office: len(office.path), default=None)

    def paths(self, action: str = "") -> list[str]:
        """Path prefixes of the territory, for one action or for all posts; nested prefixes are folded together."""
        wanted = ACTIONS.get(action) if action else None
        found = sorted(
            {
                post.organization.path
                for post in self.posts
                if (wanted is None or post.role in wanted.roles)
                and (wanted is None or not wanted.tiers or post.organization.tier in wanted.tiers)
            }
        )
        return [p for i, p in enumerate(found) if not any(p.startswith(q) for q in found[:i])]

    def may(self, action: str) -> bool:
        return bool(self.paths(action))

    def roles_at(self, organization: Any) -> frozenset[str]:
        """Roles held at an office: posts of that office or of one above it."""
        return frozenset(p.role for p in self.posts if organization.path.startswith(p.organization.path))

    def posts_at(self, organization: Any) -> frozenset[str]:
        """Roles of posts of exactly this office."""
        return frozenset(p.role for p in self.posts if p.organization_id == organization.pk)

    def within(self, field_name: str = "organization__path", action: str = "") -> Q:
        """Condition "inside my territory" over a path column; nothing when there is no territory."""
        condition = Q(pk__in=[])
        for path in self.paths(action):
            condition |= Q(**{f"{field_name}__startswith": path})
        return condition

    def scoped(self, subject: str, action: str = "") -> QuerySet:
        """All objects of a registered kind inside my territory."""
        kind = SUBJECTS[subject]
        condition = Q(pk__in=[])
        for path in self.paths(action):
            condition |= kind.within(path)
        person_id = getattr(self.user, "person_id", None)
        if person_id and kind.own is not None:
            condition |= kind.own(person_id)
        return kind.queryset().filter(condition)

    def of_firm(self, subject: str) -> QuerySet:
        """All objects of a registered kind that are the firm's."""
        kind = SUBJECTS[subject]
        return kind.queryset().filter(kind.firm(self.firm.pk) if self.firm is not None else nowhere(None))


def who_may(action: str) -> str:
    """The roles that may do an action, for the 403 page."""
    wanted = ACTIONS.get(action)
    return "、".join(Role(role).label for role in sorted(wanted.roles)) if wanted else ""
