"""The unified social credit code of employers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renben.kernel.uscc import check_uscc, make_uscc

sequences = st.integers(0, 99_999_999)


def test_a_known_code_is_accepted():
    assert check_uscc("91350100M000100Y43").number == "91350100M000100Y43"


@given(sequences, st.sampled_from(["91", "92", "12", "52"]))
def test_made_codes_are_accepted(sequence, prefix):
    code = make_uscc(sequence, prefix=prefix)
    assert check_uscc(f" {code[:8].lower()}-{code[8:]} ").number == code


@given(sequences, st.integers(0, 17), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_every_wrong_character_is_found(sequence, place, char):
    code = make_uscc(sequence)
    wrong = code[:place] + char + code[place + 1 :]
    assert check_uscc(wrong).is_valid == (wrong == code)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (None, "empty"),
        (9.1110113e17, "float_ruined"),
        ("9.11E+17", "float_ruined"),
        ("110113012345678", "old_licence"),
        ("91110113", "length"),
        ("91110113OOOOOOOOOO", "characters"),
        ("91350100M000100Y44", "check_digit"),
    ],
)
def test_refusals(raw, code):
    result = check_uscc(raw)
    assert [problem.code for problem in result.problems] == [code]
    assert result.number is None


def test_look_alikes_are_named():
    assert "数字0" in check_uscc("9135O100M000100Y43").problems[0].text


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="credit code"):
        make_uscc(100_000_000)
