"""《用人单位空岗信息报告协议书》 from the row: nothing is typed again."""

from __future__ import annotations

from typing import Any

from renben.engines.documents.models import IssuedDocument
from renben.kernel import audit
from renben.services.placement.firms.agreements import phone_of
from renben.services.placement.firms.models import VacancyAgreement

FORM = "用人单位空岗信息报告协议书"


def contents(agreement: VacancyAgreement) -> dict[str, Any]:
    """What stands in each blank; what is not known is left out."""
    employer = agreement.employer
    given = {
        "office": agreement.organization.name,
        "employer": employer.name,
        "uscc": employer.uscc,
        "address": employer.address,
        "contact": agreement.contact_name,
        "phone": phone_of(agreement) or employer.phone,
        "number": agreement.number,
        "rhythm": agreement.get_rhythm_display(),
        "starts_on": agreement.starts_on.isoformat(),
        "until": agreement.until.isoformat(),
        "signed_on": agreement.signed_on.isoformat(),
    }
    return {name: value for name, value in given.items() if value}


def print_agreement(*, agreement: VacancyAgreement, by: Any) -> IssuedDocument:
    """Issue the paper; the same content is not issued twice."""
    from renben.engines.documents.issuing import issue

    paper = issue(form=FORM, person=None, organization=agreement.organization, data=contents(agreement), by=by)
    audit.record(
        action="document.print",
        subject=f"employer:{agreement.employer_id}",
        detail={"papers": [f"{paper.form} {paper.number}"]},
        by=by,
        organization=agreement.organization,
    )
    return paper
