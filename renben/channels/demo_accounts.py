"""The accounts a demonstration district offers with one click. Written by the demo builder, read by the sign-in page."""

from __future__ import annotations

from dataclasses import dataclass

from renben.kernel.models import Setting

KEY = "demo.accounts"


@dataclass(frozen=True)
class DemoAccount:
    username: str
    label: str
    hint: str


def demo_accounts() -> list[DemoAccount]:
    """In the order they were written; empty before the demonstration district is built."""
    stored = Setting.objects.filter(key=KEY).values_list("value", flat=True).first() or []
    return [DemoAccount(row["username"], row["label"], row.get("hint", "")) for row in stored]
