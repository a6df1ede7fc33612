"""Numbers people read aloud: 办件编号, 通知书编号, certificate numbers. Unique, with a check character where read by hand."""

from __future__ import annotations

import datetime as dt
import re

from django.db import connection

from renben.kernel.checkchar import append


def next_value(key: str) -> int:
    """The next value of a counter, starting at 1. Rolled back with its transaction, so a number is never skipped."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kernel_numbersequence (key, value) VALUES (%s, 1)"
            " ON CONFLICT (key) DO UPDATE SET value = kernel_numbersequence.value + 1 RETURNING value",
            [key],
        )
        return cursor.fetchone()[0]


def next(kind: str, organization, on: dt.date, extra: str = "") -> str:  # noqa: A001 - the contract's name
    """`区划6 + kind/extra + yyyymmdd + 5 digits + check character`, e.g. 110113J421202611220000 1X.

    `extra` is the short code of the matter (e.g. `J-4.2.1`); letters and digits of it are kept.
    """
    area = organization.region_id[:6]
    code = re.sub(r"[^0-9A-Z]", "", (extra or kind).upper())
    serial = next_value(f"{kind}:{area}:{code}:{on:%Y%m%d}")
    return append(f"{area}{code}{on:%Y%m%d}{serial:05d}")
