"""A choice without guessing and answers looked up: both say exactly what the plain way says."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as columns

from renben.engines.rules.choosing import either, over_few

WHOLE = st.integers(-(2**40), 2**40)
ROWS = st.integers(0, 40)


def _column(data, kind, size, values):
    return data.draw(columns.arrays(kind, size, elements=values))


@given(st.data(), ROWS)
def test_either_is_where(data, size):
    holds = _column(data, bool, size, st.booleans())
    for kind, values in ((bool, st.booleans()), (np.int64, WHOLE)):
        yes, no = (_column(data, kind, size, values) for _ in range(2))
        found = either(holds, yes, no)
        assert found.dtype == kind
        assert found.tolist() == np.where(holds, yes, no).tolist()


@given(st.data(), ROWS, WHOLE, WHOLE)
def test_either_takes_whole_numbers(data, size, yes, no):
    holds = _column(data, bool, size, st.booleans())
    assert either(holds, yes, no).tolist() == np.where(holds, yes, no).tolist()


@given(st.integers(-3, 3), st.integers(0, 6), st.integers(-3, 3), st.integers(0, 2000), st.integers(0, 2**32))
def test_looked_up_is_computed(low, span, first, wide, seed):
    """Dense columns go through the table, wide ones row by row; both give each row its own answer."""
    size = 1_500
    rng = np.random.default_rng(seed)
    one, other = low + rng.integers(0, span + 1, size), first + rng.integers(0, wide + 1, size)
    asked = []

    def compute(a, b):
        asked.append(a.size)
        return {"sum": a * 7 + b, "is_even": (a + b) % 2 == 0}

    found = over_few(compute, one, other)
    assert found["sum"].tolist() == (one * 7 + other).tolist()
    assert found["is_even"].tolist() == ((one + other) % 2 == 0).tolist()
    assert asked[0] <= size
