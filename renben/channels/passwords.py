"""口令规则 (profile dengbao3): 12 characters, three of four classes, none of the last five again."""

from __future__ import annotations

from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError

from renben.kernel import clock, settings_store

settings_store.define("password.max_age_days", 90, "口令最多用多少天（0 表示不限）", "GB/T 22239-2019 8.1.4.1")
settings_store.define("password.history", 5, "最近几次用过的口令不能再用（0 表示不限）", "GB/T 22239-2019 8.1.4.1")
KEPT = 24
"""So many former passwords (their hashes) are kept of an account, however the setting changes."""


class ThreeClasses:
    def validate(self, password: str, user: object = None) -> None:
        classes = [
            any(c.isupper() for c in password),
            any(c.islower() for c in password),
            any(c.isdigit() for c in password),
            any(not c.isalnum() for c in password),
        ]
        if sum(classes) < 3:
            raise ValidationError(self.get_help_text(), code="password_classes")

    def get_help_text(self) -> str:
        return "口令须含大写字母、小写字母、数字、符号中的至少三类。"


class NotUsedBefore:
    """None of the last passwords again, the present one included. Django calls `password_changed` after every change."""

    def validate(self, password: str, user: object = None) -> None:
        if getattr(user, "pk", None) is None:
            return
        count = settings_store.get("password.history")
        used = list(user.former_passwords.order_by("-id").values_list("password", flat=True)[:count])
        if count and not used and user.has_usable_password():
            used = [user.password]  # an account older than the list
        if any(check_password(password, one) for one in used):
            raise ValidationError(f"最近 {count} 次用过的口令不能再用，请换一个。", code="password_used")

    def get_help_text(self) -> str:
        return "最近用过的口令不能再用。"

    def password_changed(self, password: str, user: object = None) -> None:
        if getattr(user, "pk", None) is None:
            return
        user.former_passwords.create(password=user.password, set_at=clock.now())
        kept = user.former_passwords.order_by("-id").values_list("pk", flat=True)[:KEPT]
        user.former_passwords.exclude(pk__in=list(kept)).delete()
