"""What many rules ask of a person: sex, age, and days that come round each month or year."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from .errors import InputError
from .inputs import NO_DAY, Input

SEX = Input("sex", "code", "性别", codes=frozenset("FM"))
SEX_WORDS = {"F": "女性", "M": "男性"}
AGE = Input("age", "int", "周岁", maximum=150)
LONGEST_CAREER = 900
"""More months than anybody has worked; a greater number is a slip of the keys."""


def latest_start(on: date, months: int) -> np.datetime64:
    """The last day from which so many full months are complete on ``on``: a period ends on its corresponding day, or on the last
    of the month where there is none (民法典第二百零二条). 28 February 2013 − 12 months is 29 February 2012."""
    month = np.datetime64(on, "M") - np.timedelta64(months, "M")
    last = (month + 1).astype("datetime64[D]") - np.timedelta64(1, "D")
    if on.month != (on + timedelta(days=1)).month:  # every later day of that month ends here too
        return last
    return min(month.astype("datetime64[D]") + np.timedelta64(on.day - 1, "D"), last)


def months_later(day: np.ndarray, months: int | np.ndarray) -> np.ndarray:
    """The corresponding day so many months later, the last of the month where there is none; NaT stays NaT."""
    month = day.astype("datetime64[M]")
    target = month + np.asarray(months).astype("timedelta64[M]")
    last = (target + 1).astype("datetime64[D]") - np.timedelta64(1, "D")
    return np.minimum(target.astype("datetime64[D]") + (day - month.astype("datetime64[D]")), last)


def has_passed(day: np.ndarray, months: int | np.ndarray, on: date | np.datetime64) -> np.ndarray:
    """True where so many full months since ``day`` (datetime64[D]) are complete on ``on``; False for NaT.

    One number of months for all is a single comparison; a column of them is counted row by row.
    """
    if np.ndim(months):
        return months_later(day, months) <= np.datetime64(on, "D")
    last = latest_start(np.datetime64(on, "D").item(), int(months)).astype(np.int64)
    number = day.astype("datetime64[D]", copy=False).view(
        np.int64
    )  # whole numbers are compared six times as fast as days
    return (number <= last) & (number != NO_DAY)


def has_reached_age(birth: np.ndarray, years: int | np.ndarray, on: date | np.datetime64) -> np.ndarray:
    """True from the birthday itself on; who was born on 29 February has it on the 28th in a common year."""
    return has_passed(birth, np.asarray(years) * 12, on)


def refuse_later_than(key: str, label: str, day: np.ndarray | None, on: date) -> None:
    """InputError when a day lies in the future of the judgement."""
    if day is None:
        return
    number = day.astype("datetime64[D]", copy=False).view(np.int64)
    if (number > np.datetime64(on, "D").astype(np.int64)).any():
        first = day[day > np.datetime64(on)][0]
        raise InputError("out_of_range", key, f"{label}（{key}）{first}晚于判定日期{on}，请改正。")
