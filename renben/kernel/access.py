"""What somebody holds, in one statement: every request asks it anew, so a right that ends is gone at the next one."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

from django.db import connection, models
from django.db.models import Q

from renben.kernel.models import Employer, Organization, Post, StaffMember
from renben.kernel.roles import Role

NOT_LENT = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)
"""三员: their posts are never lent."""


def _columns(model: type[models.Model], alias: str) -> str:
    return ", ".join(f'{alias}."{field.column}"' for field in model._meta.concrete_fields)


def _names(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


@cache
def _statement() -> str:
    """Staff member, post, office and holder of the post, side by side; a staff member without a post is one row."""
    givers = (
        "SELECT d.from_staff_id FROM kernel_delegation d WHERE d.to_staff_id = s.id AND d.start_on <= %(on)s"
        " AND d.end_on > %(on)s AND d.revoked_at IS NULL"
    )
    return (
        f"SELECT {_columns(StaffMember, 's')}, {_columns(Post, 'p')}, {_columns(Organization, 'o')},"
        f" {_columns(StaffMember, 'g')} FROM kernel_staffmember s"
        " LEFT JOIN (kernel_post p JOIN kernel_organization o ON o.id = p.organization_id AND o.is_active"
        " JOIN kernel_staffmember g ON g.id = p.staff_id)"
        f" ON p.staff_id = ANY (s.id || ARRAY({givers})) AND p.start_on <= %(on)s"
        " AND (p.end_on IS NULL OR p.end_on > %(on)s) AND (p.staff_id = s.id OR p.role <> ALL (%(not_lent)s))"
        " WHERE s.user_id = %(user)s ORDER BY p.staff_id <> s.id, o.path, p.id"
    )


def staff_and_posts(user: Any, on: dt.date) -> tuple[StaffMember | None, list[Post]]:
    """The staff member behind a user and the posts of active offices on a day: their own first, then those delegated.

    Each post carries its office, its holder and `.acting_for`: the holder when the post is lent, otherwise None.
    """
    if user.pk is None:
        return None, []
    with connection.cursor() as cursor:
        cursor.execute(_statement(), {"on": on, "user": user.pk, "not_lent": [str(role.value) for role in NOT_LENT]})
        rows = cursor.fetchall()
    if not rows:
        return None, []
    database, people, jobs = connection.alias, _names(StaffMember), _names(Post)
    a, b = len(people), len(people) + len(jobs)
    c = b + len(Organization._meta.concrete_fields)
    staff = StaffMember.from_db(database, people, rows[0][:a])
    staff.user = user
    posts = []
    for row in rows:
        if row[a] is None:
            continue
        post = Post.from_db(database, jobs, row[a:b])
        post.organization = Organization.from_db(database, _names(Organization), row[b:c])
        post.staff = staff if post.staff_id == staff.pk else StaffMember.from_db(database, people, row[c:])
        post.acting_for = None if post.staff is staff else post.staff
        posts.append(post)
    return staff, posts


def firms_of(user: Any, on: dt.date) -> list[Employer]:
    """The employers a user is a contact of on a day, by name; a firm merged into another one is left out."""
    if user.pk is None or not user.is_active:
        return []
    running = Q(contacts__left_on=None) | Q(contacts__left_on__gt=on)
    rows = Employer.objects.filter(running, contacts__user=user, merged_into=None)
    return list(rows.select_related("organization").order_by("pinyin", "id").distinct())
