"""口令规则 (profile dengbao3): 12 characters, three of four classes."""

from __future__ import annotations

from django.core.exceptions import ValidationError


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
