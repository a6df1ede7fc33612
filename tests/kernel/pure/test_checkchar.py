"""The check character: no wrong character and no swapped neighbours get through."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from renben.kernel.checkchar import ALPHABET, append, check_character, is_valid

numbers = st.text(ALPHABET, min_size=1, max_size=24)


@given(numbers, st.data())
def test_every_wrong_character_is_found(number, data):
    whole = append(number)
    place = data.draw(st.integers(0, len(whole) - 1))
    char = data.draw(st.sampled_from(ALPHABET))
    assume(char != whole[place])
    assert not is_valid(whole[:place] + char + whole[place + 1 :])


@given(numbers, st.data(), st.sampled_from([1, 2]))
def test_every_swap_of_neighbours_and_next_neighbours_is_found(number, data, distance):
    whole = list(append(number))
    assume(len(whole) > distance)
    place = data.draw(st.integers(0, len(whole) - 1 - distance))
    assume(whole[place] != whole[place + distance])
    whole[place], whole[place + distance] = whole[place + distance], whole[place]
    assert not is_valid("".join(whole))


def test_all_pairs_of_neighbours_exhaustively():
    for a in ALPHABET:
        for b in ALPHABET:
            check = check_character(a + b)
            assert is_valid(a + b + check)
            if a != b:
                assert check_character(b + a) != check
                assert not is_valid(b + a + check)


@given(numbers)
def test_the_number_stays_in_front(number):
    whole = append(number)
    assert whole[:-1] == number and whole[-1] in ALPHABET and is_valid(whole)


@given(numbers)
def test_a_lost_or_added_leading_zero_is_found_or_the_number_unchanged(number):
    assert not is_valid("0" + append(number)) or check_character("0" + number) == check_character(number)


def test_separators_case_and_width_do_not_matter():
    assert append("J421-2026-00017")[-1] == append("j421202600017")[-1] == append("Ｊ４２１（2026）00017号")[-1]
    assert is_valid(append("顺就〔2026〕00017").replace("〔", " ").lower())


@pytest.mark.parametrize("empty", ["", "——", "顺就"])
def test_nothing_to_check(empty):
    assert not is_valid(empty)
    with pytest.raises(ValueError, match="nothing"):
        append(empty)


def test_a_single_character_is_no_number():
    assert not any(is_valid(char) for char in ALPHABET)
