"""Every form finds its facts, and no fact is kept that no form prints."""

from __future__ import annotations

import pytest

from renben.engines.documents.forms import load_forms
from renben.services.registration import catalog, form_facts, forms_data, letter_facts, papers  # noqa: F401
from renben.services.registration.registering import inform

OWN = {slug: form for slug, form in load_forms().items() if form.layout == "own"}
"""Forms that registration fills in its own way; the others are filled from what a case has on record."""
NAMES = {field.source_fact for form in OWN.values() for field in form.filled_fields}


def test_every_source_fact_is_declared_and_used():
    assert NAMES - set(forms_data.FACTS) == set(), "a form asks for a fact nobody reads"
    assert set(forms_data.FACTS) - NAMES == set(), "a fact is read that no form prints"


def test_every_form_of_the_procedures_exists():
    known = {name for form in load_forms().values() for name in (form.name, *form.aliases)}
    assert set(catalog.FORMS) <= known


@pytest.mark.django_db
@pytest.mark.parametrize("slug", sorted(OWN))
def test_a_form_prints_with_whatever_is_known(place, worker, slug):
    """Even for somebody nothing is known about; what is missing stays blank and nothing fails."""
    data = forms_data.fill(slug, forms_data.Known(worker))
    form = OWN[slug]
    assert set(data) <= {field.name for field in form.filled_fields}
    if form.kind != "receipt":
        assert data["name"] == "李建国"


@pytest.mark.django_db
def test_what_was_told_is_printed_as_told(place, worker):
    record = inform(person=worker, organization=place.street, by=place.clerk, channel="phone")
    data = forms_data.fill("inform_record", forms_data.Known(worker))
    assert (data["channel"], data["told_by"], data["register_by"]) == ("电话", "王芳", "2026-11-30")
    assert data["content"] == record.content
