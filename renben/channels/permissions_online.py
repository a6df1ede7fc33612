"""Who opens online accounts (开通网上办事): whoever sees people and their papers face to face."""

from __future__ import annotations

from renben.channels.permissions import COUNTER_DESK
from renben.kernel.policy import declare

declare("online.manage", "开通网上办事", COUNTER_DESK)
