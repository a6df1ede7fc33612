"""Numbers people read aloud: 办件编号, 通知书编号, certificate numbers. Unique, with a check character where read by hand."""

from __future__ import annotations

import datetime as dt
import re

from renben.kernel import rows
from renben.kernel.checkchar import append


def next_value(key: str, count: int = 1) -> int:
    """Take `count` values of a counter that starts at 1; returns the last of them.

    Rolled back with its transaction, so a number is never skipped.
    """
    return rows.value(
        "INSERT INTO kernel_numbersequence (key, value) VALUES (%s, %s)"
        " ON CONFLICT (key) DO UPDATE SET value = kernel_numbersequence.value + excluded.value RETURNING value",
        key,
        str(count),
    )


def take(kind: str, organization, on: dt.date, extra: str = "", *, count: int = 1) -> list[str]:
    """`count` numbers `区划6 + code + yyyymmdd + 5 digits + check character`, e.g. 110113J42120261122000017.

    `extra` is the short code of the matter (e.g. `J-4.2.1`); letters and digits of it are kept.
    """
    area = organization.region_id[:6]
    code = re.sub(r"[^0-9A-Z]", "", (extra or kind).upper())
    last = next_value(f"{kind}:{area}:{code}:{on:%Y%m%d}", count)
    return [append(f"{area}{code}{on:%Y%m%d}{serial:05d}") for serial in range(last - count + 1, last + 1)]


def next(kind: str, organization, on: dt.date, extra: str = "") -> str:
    """One number, see `take`."""
    return take(kind, organization, on, extra)[0]
