"""What many rules ask of a person: sex, age, and days that come round each month or year."""

from __future__ import annotations

import numpy as np

from .errors import InputError
from .inputs import Input

SEX = Input("sex", "code", "性别", codes=frozenset("FM"))
SEX_WORDS = {"F": "女性", "M": "男性"}
AGE = Input("age", "int", "周岁", maximum=150)
LONGEST_CAREER = 900
"""More months than anybody has worked; a greater number is a slip of the keys."""


def months_later(day: np.ndarray, months: int | np.ndarray) -> np.ndarray:
    """The corresponding day so many months later, the last of the month where there is none (民法典第二百零二条).

    ``day``: datetime64[D]; NaT stays NaT. 31 January + 1 month is 28 February, 29 February + 12 months is 28 February.
    """
    month = day.astype("datetime64[M]")
    target = month + np.asarray(months).astype("timedelta64[M]")
    last = (target + 1).astype("datetime64[D]") - np.timedelta64(1, "D")
    return np.minimum(target.astype("datetime64[D]") + (day - month.astype("datetime64[D]")), last)


def has_passed(day: np.ndarray, months: int | np.ndarray, on: np.datetime64) -> np.ndarray:
    """True where so many full months since ``day`` are complete on ``on`` (the corresponding day included); False for NaT."""
    return months_later(day, months) <= on


def has_reached_age(birth: np.ndarray, years: int | np.ndarray, on: np.datetime64) -> np.ndarray:
    """True from the birthday itself on; who was born on 29 February has it on the 28th in a common year."""
    return has_passed(birth, np.asarray(years) * 12, on)


def refuse_later_than(key: str, label: str, day: np.ndarray | None, on: np.datetime64) -> None:
    """InputError when a day lies in the future of the judgement."""
    if day is not None and (day > on).any():
        first = day[day > on][0]
        raise InputError("out_of_range", key, f"{label}（{key}）{first}晚于判定日期{on}，请改正。")
