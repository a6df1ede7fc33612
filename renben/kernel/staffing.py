"""Who works where: accounts, posts and delegations. Three admin roles exclude each other and everything else (三员分立)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from renben.kernel import audit, clock
from renben.kernel.models import Delegation, Organization, Post, StaffMember, User
from renben.kernel.roles import ADMINS, Role, conflicts


class NotAllowed(Exception):
    """Why a post or a delegation cannot be, in Chinese."""


@transaction.atomic
def open_account(*, username: str, name: str, password: str, by: Any, organization: Organization) -> StaffMember:
    """A new member of staff with an account and no post yet. The password has been checked by the caller."""
    if User.objects.filter(username=username).exists():
        raise NotAllowed(f"登录名“{username}”已有人使用，请换一个。")
    user = User.objects.create_user(username, password, display_name=name)
    member = StaffMember.objects.create(user=user, name=name)
    audit.record(
        action="account.open", subject=f"user:{user.pk}", detail={"name": name}, by=by, organization=organization
    )
    return member


@transaction.atomic
def appoint(*, staff: StaffMember, role: str, organization: Organization, start_on: dt.date, by: Any) -> Post:
    """Give a post from `start_on`. Raises NotAllowed for a conflict of roles or a post held already."""
    StaffMember.objects.select_for_update().get(pk=staff.pk)
    held = Post.objects.filter(staff=staff).exclude(end_on__lte=start_on)
    others = set(held.values_list("role", flat=True))
    if conflicts(role, others):
        raise NotAllowed(
            f"{staff.name}已担任{'、'.join(sorted(Role(r).label for r in others))}。"
            "系统、安全、审计管理员必须由不同的人担任，也不能兼办业务。"
        )
    if Delegation.objects.filter(to_staff=staff, end_on__gt=start_on, revoked_at=None).exists() and role in ADMINS:
        raise NotAllowed(f"{staff.name}正在受人委托代办业务，请先撤回委托。")
    if held.filter(role=role, organization=organization).exists():
        raise NotAllowed(f"{staff.name}已在{organization.name}担任{Role(role).label}。")
    post = Post.objects.create(staff=staff, role=role, organization=organization, start_on=start_on)
    audit.record(
        action="post.appoint",
        subject=f"user:{staff.user_id}",
        detail={"post": post.pk, "role": role, "start_on": start_on},
        by=by,
        organization=organization,
    )
    return post


@transaction.atomic
def end_post(*, post: Post, end_on: dt.date, reason: str, by: Any) -> Post:
    """End a post; `end_on` is the first day it is no longer held. Work must have been handed over before."""
    post = Post.objects.select_for_update(of=("self",)).select_related("staff", "organization").get(pk=post.pk)
    if post.end_on is not None and post.end_on <= end_on:
        raise NotAllowed("这个岗位已经结束。")
    if end_on <= post.start_on:
        raise NotAllowed("结束日期必须晚于开始日期。")
    post.end_on = end_on
    post.save(update_fields=["end_on"])
    if not Post.objects.active_on(end_on).filter(staff=post.staff).exists():
        Delegation.objects.filter(from_staff=post.staff, end_on__gt=end_on, revoked_at=None).update(
            revoked_at=clock.now()
        )
    audit.record(
        action="post.end",
        subject=f"user:{post.staff.user_id}",
        detail={"post": post.pk, "role": post.role, "end_on": end_on, "reason": reason},
        by=by,
        organization=post.organization,
    )
    return post


@transaction.atomic
def delegate(
    *, from_staff: StaffMember, to_staff: StaffMember, start_on: dt.date, end_on: dt.date, reason: str, by: Any
) -> Delegation:
    """委托代办 during `[start_on, end_on)`. Raises NotAllowed for an admin, oneself, or an overlapping delegation."""
    if from_staff.pk == to_staff.pk:
        raise NotAllowed("不能委托给自己，请选择同事。")
    if end_on <= start_on:
        raise NotAllowed("最后一天不能早于第一天。")
    for member in (from_staff, to_staff):
        if Post.objects.active_on(start_on).filter(staff=member, role__in=ADMINS).exists():
            raise NotAllowed(f"{member.name}是管理员，不能代办业务，也不能把管理权限委托给别人。")
    if not Post.objects.active_on(start_on).filter(staff=to_staff).exists():
        raise NotAllowed(f"{to_staff.name}那时没有在任的岗位。")
    StaffMember.objects.select_for_update().get(pk=from_staff.pk)
    running = Delegation.objects.filter(
        from_staff=from_staff, start_on__lt=end_on, end_on__gt=start_on, revoked_at=None
    ).select_related("to_staff")
    if (other := running.order_by("id").first()) is not None:
        raise NotAllowed(f"这段时间已经委托给{other.to_staff.name}，请先撤回那一次。")
    made = Delegation.objects.create(
        from_staff=from_staff,
        to_staff=to_staff,
        start_on=start_on,
        end_on=end_on,
        reason=reason,
        created_by=by,
        created_at=clock.now(),
    )
    audit.record(
        action="delegation.give",
        subject=f"user:{from_staff.user_id}",
        detail={"to": to_staff.user_id, "start_on": start_on, "end_on": end_on, "reason": reason},
        by=by,
    )
    return made


@transaction.atomic
def revoke_delegation(*, delegation: Delegation, by: Any) -> None:
    """Take a delegation back now; revoking twice changes nothing."""
    changed = Delegation.objects.filter(pk=delegation.pk, revoked_at=None).update(revoked_at=clock.now())
    if changed:
        audit.record(
            action="delegation.revoke",
            subject=f"user:{delegation.from_staff.user_id}",
            detail={"delegation": delegation.pk},
            by=by,
        )


@transaction.atomic
def unlock(*, staff: StaffMember, by: Any, organization: Organization) -> None:
    """Let somebody try again who was locked out."""
    User.objects.filter(pk=staff.user_id).update(failed_logins=0, locked_until=None)
    audit.record(action="account.unlock", subject=f"user:{staff.user_id}", by=by, organization=organization)


@transaction.atomic
def set_active(*, staff: StaffMember, is_active: bool, by: Any, organization: Organization) -> None:
    """Stop an account, or let it be used again. History stays."""
    if staff.user_id == by.pk and not is_active:
        raise NotAllowed("不能停用自己的账号。")
    User.objects.filter(pk=staff.user_id).update(is_active=is_active)
    audit.record(
        action="account.enable" if is_active else "account.disable",
        subject=f"user:{staff.user_id}",
        by=by,
        organization=organization,
    )


@transaction.atomic
def reset_second_factor(*, staff: StaffMember, factors: Any, reason: str, by: Any, organization: Organization) -> None:
    """A lost phone: the second factors go, and the next sign-in sets up another. Never one's own: NotAllowed.

    `factors` is the queryset of what the account has; the password stays, and is another administrator's matter, so that
    nobody alone can take an account over (三员分立).
    """
    if staff.user_id == by.pk:
        raise NotAllowed("不能重置自己的验证器，请另一位系统管理员办理。")
    if not reason.strip():
        raise NotAllowed("请写明为什么重置。")
    count, _ = factors.filter(user_id=staff.user_id).delete()
    audit.record(
        action="account.second_factor",
        subject=f"user:{staff.user_id}",
        detail={"reason": reason.strip(), "removed": count},
        by=by,
        organization=organization,
    )


@transaction.atomic
def set_password(*, staff: StaffMember, password: str, by: Any, organization: Organization) -> None:
    """A new password given face to face; the caller has checked it."""
    user = User.objects.select_for_update().get(pk=staff.user_id)
    user.set_password(password)
    user.failed_logins, user.locked_until, user.password_changed_at = 0, None, None
    user.save(update_fields=["password", "failed_logins", "locked_until", "password_changed_at"])
    audit.record(action="account.password", subject=f"user:{user.pk}", by=by, organization=organization)
