"""A choice between two columns. ``np.where`` guesses at every row and guesses wrong half the time; arithmetic does not guess."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

_WORTH_IT = 1_000
"""Below so many rows a table costs more than it saves."""


def either(holds: np.ndarray, yes: np.ndarray | int, no: np.ndarray | int) -> np.ndarray:
    """``yes`` where ``holds`` (bool column), otherwise ``no``: columns of bool, columns of whole numbers, or whole numbers.

    Whole numbers come back as int64; the difference may wrap round, the sum wraps back, so every int64 is right.
    """
    first, other = np.asarray(yes), np.asarray(no)
    if first.dtype == bool and other.dtype == bool:
        return other ^ (holds & (first ^ other))
    chosen = np.multiply(holds, first.astype(np.int64, copy=False) - other, dtype=np.int64)
    chosen += other
    return chosen


def over_few(compute: Callable[..., dict[str, np.ndarray]], *columns: np.ndarray) -> dict[str, np.ndarray]:
    """``compute(*columns)`` for columns of whole numbers on which each row's answer depends and on nothing else.

    Where fewer combinations are possible than there are rows, each is computed once and the rows look theirs up.
    """
    size = columns[0].size
    if size < _WORTH_IT:
        return compute(*columns)
    lowest = [int(column.min()) for column in columns]
    spans = [int(column.max()) - low + 1 for column, low in zip(columns, lowest, strict=True)]
    if math.prod(spans) > size:
        return compute(*columns)
    grid = np.indices(spans, dtype=np.int64).reshape(len(spans), -1)
    answer = compute(*(axis + low for axis, low in zip(grid, lowest, strict=True)))
    place = columns[0] - lowest[0]
    for column, low, span in zip(columns[1:], lowest[1:], spans[1:], strict=True):
        place *= span
        place += column
        place -= low
    return {key: values.take(place, mode="clip") for key, values in answer.items()}
