"""Identity numbers: what is accepted, what is refused and in which words."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renben.kernel import identity
from renben.kernel.identity import check_document, check_resident_id, make_resident_id, normalise

TODAY = date(2026, 11, 23)
GOOD = make_resident_id("110113", date(1990, 3, 7), 125)
births = st.dates(date(1900, 1, 1), TODAY)


def codes(result):
    return [problem.code for problem in result.problems]


def test_published_example_of_the_standard():
    """The example number printed in GB 11643."""
    result = check_resident_id("11010519491231002X", today=TODAY)
    assert (result.number, result.birth_on, result.sex, result.area_code) == (
        "11010519491231002X",
        date(1949, 12, 31),
        "F",
        "110105",
    )
    assert not result.problems and not result.warnings


@given(births, st.integers(0, 999))
def test_made_numbers_are_accepted_and_read_back(birth_on, sequence):
    result = check_resident_id(make_resident_id("110113", birth_on, sequence), today=TODAY)
    assert result.is_valid
    assert (result.birth_on, result.sex) == (birth_on, "M" if sequence % 2 else "F")


@given(births, st.integers(0, 999), st.integers(0, 17), st.integers(1, 9))
def test_every_wrong_digit_is_found(birth_on, sequence, place, shift):
    number = make_resident_id("110113", birth_on, sequence)
    old = 10 if number[place] == "X" else int(number[place])
    wrong = number[:place] + str((old + shift) % 10) + number[place + 1 :]
    if wrong != number:
        assert not check_resident_id(wrong, today=TODAY).is_valid


@given(births, st.integers(0, 999), st.integers(0, 16))
def test_every_swap_of_neighbours_is_found(birth_on, sequence, place):
    number = make_resident_id("110113", birth_on, sequence)
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if swapped != number:
        assert not check_resident_id(swapped, today=TODAY).is_valid


@pytest.mark.parametrize(
    "raw",
    [
        "１１０１０５１９４９１２３１００２ｘ",
        " 110105 19491231 002x ",
        "110105-19491231-002X",
        "'11010519491231002x",
        "\ufeff11010519491231002X\u3000",
    ],
)
def test_typing_habits_are_forgiven(raw):
    assert normalise(raw) == "11010519491231002X"
    assert check_resident_id(raw, today=TODAY).is_valid


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (None, "empty"),
        ("  ", "empty"),
        (float("nan"), "empty"),
        ("1.10113E+17", "float_ruined"),
        ("1.10113e17", "float_ruined"),
        (1.10113199003071e17, "float_ruined"),
        (110113199003071000, "float_ruined"),
        ("110113199003071000", "float_ruined"),
        ("11011319900307125", "length"),
        (GOOD + "1", "length"),
        ("1101131990030712A5", "characters"),
        ("11011319900307125Y", "characters"),
        ("1101X3199003071255", "characters"),
        ("²10113199003071255", "characters"),
        ("11011319900230125" + "0", "birth_date"),
        ("110113179003071255", "birth_date"),
    ],
)
def test_refusals(raw, code):
    result = check_resident_id(raw, today=TODAY)
    assert code in codes(result)
    assert result.number is None and result.birth_on is None
    assert all(problem.text.endswith("。") for problem in result.problems)


def test_a_birth_in_the_future_is_refused_but_today_is_not():
    assert codes(check_resident_id(make_resident_id("110113", date(2026, 11, 24), 1), today=TODAY)) == ["future_birth"]
    assert check_resident_id(make_resident_id("110113", TODAY, 1), today=TODAY).is_valid


def test_exact_integers_are_accepted():
    number = next(n for s in range(999) if not (n := make_resident_id("110113", date(1990, 3, 7), s)).endswith("X"))
    assert check_resident_id(int(number), today=TODAY).number == number


def test_old_numbers_are_converted_with_a_warning():
    result = check_resident_id("110105491231002", today=TODAY)
    assert result.number == "11010519491231002X"
    assert [warning.code for warning in result.warnings] == ["old_fifteen"]
    assert check_resident_id(110105491231002.0, today=TODAY).number == "11010519491231002X"


@pytest.mark.parametrize(("area", "warned"), [("110113", False), ("110222", False), ("110199", True), ("990101", True)])
def test_an_unknown_area_only_warns(area, warned):
    result = check_resident_id(make_resident_id(area, date(1970, 1, 1), 3), today=TODAY)
    assert result.is_valid
    assert [w.code for w in result.warnings] == (["unknown_area"] if warned else [])


def test_abolished_counties_are_known_by_name():
    assert identity.area_name("110222") == "原顺义县"
    assert identity.area_name("110113") == "顺义区"
    assert identity.area_name("999999") is None


@pytest.mark.parametrize(
    ("kind", "raw", "birth_on"),
    [
        ("resident_id", "11010519491231002X", date(1949, 12, 31)),
        ("hk_macao_residence", make_resident_id("810000", date(1980, 2, 29), 8), date(1980, 2, 29)),
        ("hk_macao_permit", "H12345678", None),
        ("hk_macao_permit", "m 1234567801", None),
        ("taiwan_residence", make_resident_id("830000", date(1980, 2, 29), 8), date(1980, 2, 29)),
        ("taiwan_permit", "12345678", None),
        ("passport", "e12345678", None),
        ("foreigner_permit", "USA110070010123", date(1970, 1, 1)),
        ("foreigner_permit", "911" + "840" + "19850607" + "012", date(1985, 6, 7)),
    ],
)
def test_other_papers(kind, raw, birth_on):
    if len(raw) == 17:
        raw += identity.check_character(raw)
    result = check_document(kind, raw, today=TODAY)
    assert result.is_valid and result.kind == kind
    assert result.birth_on == birth_on


@pytest.mark.parametrize(
    ("kind", "raw", "code"),
    [
        ("resident_id", make_resident_id("810000", date(1980, 2, 29), 8), "other_kind"),
        ("hk_macao_permit", "11010519491231002X", "other_kind"),
        ("taiwan_residence", make_resident_id("820000", date(1980, 2, 29), 8), "other_kind"),
        ("taiwan_permit", make_resident_id("830000", date(1980, 2, 29), 8), "other_kind"),
        ("hk_macao_residence", "11010519491231002X", "other_kind"),
        ("hk_macao_residence", "H12345678", "length"),
        ("foreigner_permit", "911840198513070125", "birth_date"),
        ("foreigner_permit", "911840198506070120", "check_digit"),
        ("foreigner_permit", "9118401985060701X2", "characters"),
        ("foreigner_permit", "11010519491231002X", "other_kind"),
        ("hk_macao_permit", "A12345678", "characters"),
        ("passport", "ABCDE", "characters"),
        ("passport", "", "empty"),
        ("foreigner_permit", "USA110070130123", "birth_date"),
        ("taiwan_permit", 1.2345678e17, "float_ruined"),
    ],
)
def test_other_papers_refused(kind, raw, code):
    assert codes(check_document(kind, raw, today=TODAY)) == [code]


def test_an_unknown_kind_is_a_programming_error():
    with pytest.raises(ValueError, match="driving_licence"):
        check_document("driving_licence", "1", today=TODAY)


@given(st.one_of(st.text(), st.integers(), st.floats(), st.none()), st.sampled_from(sorted(identity.KINDS)))
def test_no_input_breaks_it(raw, kind):
    result = check_document(kind, raw, today=TODAY)
    assert result.is_valid != bool(result.problems)


def test_the_sequence_must_fit():
    with pytest.raises(ValueError, match="1000"):
        make_resident_id("110113", TODAY, 1000)
