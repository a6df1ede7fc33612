"""A coded column is compared like a column of text and refused like one."""

from __future__ import annotations

import numpy as np
import pytest

from renben.engines.rules.coded import Coded, among
from renben.engines.rules.errors import InputError
from renben.engines.rules.inputs import Input

SEX = Input("sex", "code", "性别", codes=frozenset("FM"))
AREA = Input("area", "code", "地区", None, codes=frozenset("ab"))


def test_it_answers_as_the_text_would():
    column = Coded([0, 1, 1, 0], ["F", "M", "never held"])
    text = column.as_text()
    for codes in (("F",), ("M", "F"), (), ("x",)):
        assert among(column, codes).tolist() == among(text, codes).tolist()
    assert (column == "F").tolist() == (text == "F").tolist()
    assert (column != "F").tolist() == (text != "F").tolist()
    assert column[np.asarray([True, False, True, False])].as_text().tolist() == ["F", "M"]
    assert (column.size, column.shape, column.ndim) == (4, (4,), 1)


def test_only_held_words_are_checked_and_absence_only_where_it_is_allowed():
    assert SEX.column(Coded([0, 1], ["F", "M", "X"])).size == 2
    assert AREA.column(Coded([0, 1], ["", "a"])).size == 2
    with pytest.raises(InputError, match="X") as caught:
        SEX.column(Coded([0, 2], ["F", "M", "X"]))
    assert caught.value.code == "unknown_code"
    with pytest.raises(InputError):
        SEX.column(Coded([0], [""]))
    with pytest.raises(InputError):
        Input("age", "int", "周岁").column(Coded([0], ["F"]))


def test_a_place_beyond_the_words_is_refused():
    with pytest.raises(ValueError, match="beyond"):
        Coded([0, 2], ["F", "M"])
    assert among(Coded([], []), ("F",)).tolist() == []
