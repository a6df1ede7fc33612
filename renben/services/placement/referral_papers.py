"""《推荐介绍信》 of a referral: filled from the referral when it is first printed, the same paper again afterwards (C-8.1.2.2)."""

from __future__ import annotations

from typing import Any

from renben.engines.documents.issuing import content_of, issue
from renben.engines.documents.models import IssuedDocument
from renben.kernel import acts, clock, crypto
from renben.kernel.people import full_number, phone_of
from renben.kernel.regions_data import code_table
from renben.services.placement.matching_words import month_wage_text
from renben.services.placement.models import Referral
from renben.services.placement.vacancies_ad import PHONE
from renben.services.records.subjects import age_on

LETTER = "推荐介绍信"


def contact_of(referral: Referral) -> str:
    """Who to ask for at the employer, and the telephone."""
    vacancy = referral.vacancy
    phone = crypto.decrypt(vacancy.contact_phone_enc, PHONE) if vacancy.contact_phone_enc else vacancy.employer.phone
    return " ".join(filter(None, [vacancy.contact_name, phone]))


def letter(referral: Referral) -> dict[str, Any]:
    """Everything the letter prints; what nobody knows stays out."""
    person, vacancy, office = referral.person, referral.vacancy, referral.organization
    at = referral.interview_at
    wishes = referral.seeker.wishes.order_by("rank").values_list("title", flat=True) if referral.seeker_id else ()
    facts = {
        "employer": vacancy.employer.name,
        "name": person.name,
        "sex": person.get_sex_display(),
        "age": age_on(person.birth_on, clock.today()),
        "id_number": full_number(person),
        "phone": phone_of(person),
        "job": vacancy.title,
        "wage": month_wage_text(vacancy),
        "job_source": vacancy.get_source_display(),
        "interview_on": at.astimezone(clock.ZONE).date().isoformat() if at else None,
        "interview_place": referral.interview_place,
        "contact": contact_of(referral),
        "education": code_table("education").get(person.education, ""),
        "intention": "、".join(wishes),
        "conditions": "、".join([*referral.seeker.skills, *referral.seeker.certificates]) if referral.seeker_id else "",
        "office": office.name,
        "office_phone": office.phone,
        "issued_on": clock.today().isoformat(),
    }
    return {name: value for name, value in facts.items() if value not in (None, "")}


@acts.whole
def print_letter(*, referral: Referral, by: Any) -> IssuedDocument:
    """Issue the letter once; the standing one comes back until it is revoked or the interview has another day."""
    held = Referral.objects.select_for_update(of=("self",), no_key=True).select_related(
        "person", "vacancy__employer", "organization", "seeker", "letter"
    )
    current = held.get(pk=referral.pk)
    if current.letter is not None and current.letter.revoked_at is None and not _has_moved(current):
        return current.letter
    paper = issue(form=LETTER, person=current.person, organization=current.organization, data=letter(current), by=by)
    current.letter = paper
    current.save(update_fields=["letter"])
    return paper


def _has_moved(referral: Referral) -> bool:
    """Whether the standing letter names another day or place for the interview."""
    said, now = content_of(referral.letter), letter(referral)
    return any(said.get(name) != now.get(name) for name in ("interview_on", "interview_place"))
