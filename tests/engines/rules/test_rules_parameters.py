"""Dated parameters: half-open periods, explicit ends, citations, and refusal of malformed files."""

from __future__ import annotations

from datetime import date

import pytest

from renben.engines.rules.errors import CatalogueError, NoStandardOnFile
from renben.engines.rules.parameters import (
    Parameters,
    Reader,
    Scale,
    load_parameters,
    parse_parameter,
    to_fen,
)

CITED = {"document": "某号文", "confidence": "official"}


def parameter(values, **metadata):
    raw = {"description": "说明", "metadata": {"label": "名称", "unit": "month", **metadata}, "values": values}
    return parse_parameter("x.y", raw)


def test_a_value_holds_from_its_day_until_the_day_before_the_next():
    p = parameter(
        {"2011-01-01": {"value": 1, "metadata": CITED}, date(2011, 7, 1): {"value": 2, "metadata": CITED}},
    )
    assert p.at(date(2011, 6, 30)).value == 1
    assert p.at(date(2011, 7, 1)).value == 2
    assert p.at(date(2011, 1, 1)).valid_to == date(2011, 7, 1)
    assert p.at(date(2030, 1, 1)).valid_to is None


def test_before_the_first_value_and_after_an_end_there_is_no_standard():
    p = parameter(
        {"2011-01-01": {"value": 1, "metadata": CITED}, "2012-01-01": {"value": None, "metadata": {"reason": "停止"}}}
    )
    for on in (date(2010, 12, 31), date(2012, 1, 1)):
        with pytest.raises(NoStandardOnFile) as caught:
            p.at(on)
        assert caught.value.on == on
    assert "停止" in str(caught.value)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"2011-13-01": {"value": 1, "metadata": CITED}},
        {"2011-01-01": 1},
        {"2011-01-01": {"value": 1}},
        {"2011-01-01": {"value": 1, "metadata": {"document": "某号文"}}},
        {"2011-01-01": {"value": 1, "metadata": {**CITED, "confidence": "sure"}}},
        {"2011-01-01": {"value": 1, "metadata": {**CITED, "docment": "x"}}},
        {"2011-01-01": {"value": None, "metadata": {}}},
    ],
)
def test_a_value_without_date_citation_or_reason_is_refused(values):
    with pytest.raises(CatalogueError, match="x.y"):
        parameter(values)


def test_an_unknown_unit_is_refused():
    with pytest.raises(CatalogueError):
        parameter({"2011-01-01": {"value": 1, "metadata": CITED}}, unit="furlong")


def brackets(*amounts):
    return {
        "description": "说明",
        "metadata": {"label": "名称", "amount_unit": "CNY", "threshold_unit": "month"},
        "brackets": [
            {
                "threshold": {"2011-01-01": {"value": low, "metadata": CITED}},
                "amount": {"2011-01-01": {"value": amount, "metadata": CITED}},
            }
            for low, amount in amounts
        ],
    }


def test_brackets_include_their_threshold():
    scale = parse_parameter("x.y", brackets((12, 347), (60, 371))).at(date(2011, 5, 1)).value
    assert scale.at([11, 12, 59, 60, 600]).tolist() == [0, 347, 347, 371, 371]


def test_brackets_out_of_order_are_refused():
    with pytest.raises(CatalogueError, match="从小到大"):
        parse_parameter("x.y", brackets((60, 371), (12, 347)))


def test_money_is_exact_in_fen():
    assert [to_fen(x) for x in (0.1, 4.6, 1160, 1159.99, 2.675)] == [10, 460, 116000, 115999, 267]
    assert Scale((1,), (8.05,)).in_fen().amounts == (805,)


def test_reader_records_versions_and_fen_needs_money():
    reader = Reader(load_parameters(), date(2011, 8, 1))
    assert reader.fen("wage.minimum.monthly") == 116000
    assert reader.on(date(2012, 1, 1)).fen("wage.minimum.monthly") == 126000
    assert [on.year for _, on in reader.used] == [2011, 2012]
    with pytest.raises(CatalogueError):
        reader.fen("ui.duration.cap")
    with pytest.raises(CatalogueError, match="ui.no_such"):
        reader("ui.no_such")


def test_what_if_changes_a_copy_from_its_day_and_marks_it():
    parameters = load_parameters()
    draft = parameters.what_if("ui.duration.cap", 30, from_on=date(2027, 1, 1))
    assert draft["ui.duration.cap"].at(date(2026, 12, 31)).value == 24
    assert draft["ui.duration.cap"].at(date(2027, 1, 1)).value == 30
    assert draft["ui.duration.cap"].at(date(2027, 1, 1)).needs_check
    assert parameters["ui.duration.cap"].at(date(2027, 1, 1)).value == 24
    assert draft.digest != parameters.digest


def test_a_folder_is_read_once_and_a_broken_file_is_named(tmp_path):
    (tmp_path / "ui").mkdir()
    (tmp_path / "ui" / "cap.yaml").write_text("description: [", encoding="utf-8")
    with pytest.raises(CatalogueError, match="ui.cap"):
        load_parameters(tmp_path)
    (tmp_path / "ui" / "cap.yaml").unlink()
    with pytest.raises(CatalogueError):
        load_parameters(tmp_path)
    assert isinstance(load_parameters(), Parameters) and load_parameters() is load_parameters()
