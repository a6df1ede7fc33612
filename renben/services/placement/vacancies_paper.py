"""《招聘简章》 of one vacancy, printed from what is on file: nothing is typed again."""

from __future__ import annotations

from typing import Any

from renben.engines.documents.models import IssuedDocument
from renben.kernel import audit
from renben.services.placement.codes import Shift
from renben.services.placement.models import Vacancy
from renben.services.placement.vacancies_ad import phone_of
from renben.services.placement.vacancies_words import needs_text, wage_text

FORM = "招聘简章"


def contents(vacancy: Vacancy) -> dict[str, Any]:
    """What stands in each field of the form; what is not known is left out."""
    employer = vacancy.employer
    job = {
        "job": vacancy.title,
        "openings": vacancy.headcount,
        "requirement": needs_text(vacancy),
        "pay": wage_text(vacancy),
        "place": vacancy.place or vacancy.region.name,
    }
    given = {
        "employer_name": employer.name,
        "uscc": employer.uscc,
        "legal_person": employer.legal_person,
        "industry": employer.industry_name,
        "kind": employer.kind,
        "address": employer.address,
        "contact": vacancy.contact_name,
        "phone": phone_of(vacancy) or employer.phone,
        "jobs": [job],
        "surroundings": f"{vacancy.duties}　班次：{Shift(vacancy.shift).label}",
        "benefits": vacancy.benefits,
        "insurances": "、".join(vacancy.insurances),
        "valid_until": vacancy.valid_until.isoformat(),
        "number": vacancy.number,
        "office": vacancy.organization.name,
    }
    return {name: value for name, value in given.items() if value not in (None, "", [])}


def print_notice(*, vacancy: Vacancy, by: Any) -> IssuedDocument:
    """Issue the notice; the same content is not issued twice."""
    from renben.engines.documents.issuing import issue

    paper = issue(form=FORM, person=None, organization=vacancy.organization, data=contents(vacancy), by=by)
    audit.record(
        action="document.print",
        subject=f"vacancy:{vacancy.pk}",
        detail={"papers": [f"{paper.form} {paper.number}"]},
        by=by,
        organization=vacancy.organization,
    )
    return paper
