"""Stored determinations are inserted, superseded, and never rewritten."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from renben.engines.rules.determinations import store
from renben.engines.rules.evaluation import evaluate
from renben.engines.rules.models import Determination
from renben.kernel import clock
from renben.services import offers
from tests import build

offers.load_domains()

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return build.person(build.district(with_calendar=False).villages[0])


def found(months):
    return evaluate("ui.duration", "2011-10-01", {"contribution_months": months})


def test_a_determination_is_stored_with_its_reasons(person):
    row = store(person=person, kind="ui.duration", found=found(66))
    row.refresh_from_db()
    assert row.result == {"months": 13} and row.inputs == {"contribution_months": 66}
    assert "可领13个月" in row.parts[0]["text"] and row.parts[0]["marks"]
    assert {"ui.duration.table", "ui.duration.over5_basis"} <= {one["name"] for one in row.parameter_versions}
    assert row.decided_at == clock.now() and len(row.ruleset_hash) == 64 and row.missing == []


def test_what_was_missing_is_stored(person):
    unknown = evaluate("ui.amount_month", "2007-01-01", {"contribution_months": 30, "benefit_month_index": 1})
    row = store(person=person, kind="ui.amount_month", found=unknown)
    assert row.result == {"error": "no_standard_on_file"} and row.missing


def test_nothing_is_rewritten_or_deleted(person):
    row = store(person=person, kind="ui.duration", found=found(66))
    row.result = {"months": 24}
    for act in (
        row.save,
        row.delete,
        Determination.objects.all().delete,
        lambda: Determination.objects.update(kind="x"),
    ):
        with pytest.raises(ValidationError):
            act()
    assert Determination.objects.get().result == {"months": 13}


def test_a_correction_supersedes_once_and_only_the_same_kind(person):
    first = store(person=person, kind="ui.duration", found=found(66))
    second = store(person=person, kind="ui.duration", found=found(72), supersedes=first)
    assert list(Determination.objects.current()) == [second]
    assert list(Determination.objects.of_person(person)) == [second, first]
    with pytest.raises(ValidationError, match="已经更正过"):
        store(person=person, kind="ui.duration", found=found(80), supersedes=first)
    with pytest.raises(ValidationError, match="同一个人"):
        store(person=person, kind="ui.medical", found=found(80), supersedes=second)
