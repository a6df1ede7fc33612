"""Roles a post can carry. A role says what may be done; the organization of the post says where."""

from __future__ import annotations

from django.db import models


class Role(models.TextChoices):
    COUNTER = "counter", "窗口经办"
    FIRST_REVIEW = "first_review", "初审"
    SECOND_REVIEW = "second_review", "复审"
    LEADER = "leader", "主管领导"
    COUNSELLOR = "counsellor", "职业指导"
    CASE_WORKER = "case_worker", "就业助理专员"
    COMMUNITY_WORKER = "community_worker", "社区协管员"
    INFORMATION = "information", "信息员"
    HOTLINE = "hotline", "热线坐席"
    SYSTEM_ADMIN = "system_admin", "系统管理员"
    SECURITY_ADMIN = "security_admin", "安全管理员"
    AUDIT_ADMIN = "audit_admin", "审计管理员"


ADMINS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
"""三员分立: whoever holds one of these may hold no other role at all."""

BUSINESS = frozenset(set(Role) - ADMINS)


def conflicts(role: str, others: set[str]) -> bool:
    """True when `role` may not stand beside any of `others` (三员分立, 等保三级)."""
    return any(other != role and (role in ADMINS or other in ADMINS) for other in others)
