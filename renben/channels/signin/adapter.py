"""How staff sign in: no sign-up, five failures lock for half an hour, every attempt leaves a trace (等保三级 身份鉴别)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from renben.kernel import audit, clock, settings_store
from renben.kernel.models import User

settings_store.define("signin.failures", 5, "连续登录失败几次后锁定账号", "GB/T 22239-2019 8.1.4.1")
settings_store.define("signin.lock_minutes", 30, "锁定账号多少分钟", "GB/T 22239-2019 8.1.4.1")


def display_name(user: User) -> str:
    """What messages call somebody: the person's name, never the sign-in name."""
    return user.display_name


REFUSED = "登录名或口令不对，请核对大小写后再试。"


class StaffAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "invalid_login": REFUSED,
        "username_password_mismatch": REFUSED,
        "enter_current_password": "当前口令不对，请重新输入。",
        "incorrect_password": "口令不对，请重新输入。",
        "incorrect_code": "验证码不对或已过期，请输入验证器上最新的六位数字。",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        super().pre_authenticate(request, **credentials)
        user = self._named(credentials)
        if user is not None and user.locked_until and user.locked_until > clock.now():
            minutes = -(-(user.locked_until - clock.now()) // dt.timedelta(minutes=1))
            raise ValidationError(f"口令连续输错，账号已锁定，请 {minutes} 分钟后再试，或请安全管理员解锁。")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Count under a row lock, so that parallel guesses count too. An unknown name leaves a trace as well."""
        user = self._named(credentials, lock=True)
        if user is None:
            audit.record(action="signin.failed", subject="user:", detail={"known": False})
            return
        user.failed_logins += 1
        if user.failed_logins >= settings_store.get("signin.failures"):
            user.locked_until = clock.now() + dt.timedelta(minutes=settings_store.get("signin.lock_minutes"))
            user.failed_logins = 0
        user.save(update_fields=["failed_logins", "locked_until"])
        audit.record(
            action="signin.failed",
            subject=f"user:{user.pk}",
            detail={"known": True, "locked": bool(user.locked_until and user.locked_until > clock.now())},
        )

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        User.objects.filter(pk=user.pk).update(failed_logins=0, locked_until=None)
        audit.record(action="signin", subject=f"user:{user.pk}", by=user)

    def logout(self, request: HttpRequest) -> None:
        user = request.user
        if user.is_authenticated:
            audit.record(action="signout", subject=f"user:{user.pk}", by=user)
        super().logout(request)

    def set_password(self, user: User, password: str) -> None:
        user.set_password(password)
        user.password_changed_at = clock.now()
        user.save()
        audit.record(action="password.changed", subject=f"user:{user.pk}", by=user)

    @staticmethod
    def _named(credentials: dict, lock: bool = False) -> User | None:
        users = User.objects.select_for_update() if lock else User.objects
        return users.filter(username=credentials.get("username", "")).first()
