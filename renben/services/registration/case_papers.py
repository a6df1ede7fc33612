"""Which forms a case can print, and printing one: the bridge between a step's form names and the papers of registration."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from renben.engines.documents.models import IssuedDocument
from renben.engines.procedures.models import Case, OneTimeNotice
from renben.kernel import audit
from renben.services.registration import papers
from renben.services.registration.forms_data import Known
from renben.services.registration.models import (
    RegistrationCertificate,
    UnemploymentBenefit,
    UnemploymentRegistration,
)

SUPPLEMENT = "补交材料清单"
REFUSAL = "不予登记告知书"
RECEIPT = "受理回执"
INFORMED = "失业人员告知书"


class NothingToPrint(Exception):
    """The paper's facts do not exist yet; the text says what has to be done first."""


def known_of(case: Case) -> Known:
    """What is on file for the case's person: the newest registration and benefit of the same journey, and the certificate,
    whose number stays with the person for life."""
    registration = UnemploymentRegistration.objects.filter(case__journey_id=case.journey_id).order_by("-id").first()
    benefit = UnemploymentBenefit.objects.filter(case__journey_id=case.journey_id).order_by("-id").first()
    certificate = registration.certificate if registration is not None else None
    if certificate is None:
        held = RegistrationCertificate.objects.filter(person=case.person)
        certificate = held.exclude(state=RegistrationCertificate.State.REVOKED).order_by("-id").first()
    return Known(case.person, registration, certificate, benefit, case)


def printable(case: Case, step_forms: list[str]) -> list[str]:
    """Names of the forms offered on a case page: the receipt, those of the step, and letters already due."""
    names = [RECEIPT] if case.person_id else []
    names += [name for name in step_forms if name in PRINTERS and name != SUPPLEMENT]
    if OneTimeNotice.objects.filter(case=case).exists():
        names.append(SUPPLEMENT)
    if case.state == Case.State.REFUSED:
        names.append(REFUSAL)
    return list(dict.fromkeys(names))


def print_for_case(*, form: str, case: Case, by: Any) -> list[IssuedDocument]:
    """Issue the papers named `form` for this case. NothingToPrint says what is missing."""
    if form not in PRINTERS:
        raise NothingToPrint(f"没有叫《{form}》的表单。")
    issued = PRINTERS[form](case, known_of(case), by)
    audit.record(
        action="document.print",
        subject=f"case:{case.pk}",
        detail={"papers": [f"{paper.form} {paper.number}" for paper in issued]},
        by=by,
        organization=case.organization,
    )
    return issued


def _registration(known: Known) -> UnemploymentRegistration:
    if known.registration is None:
        raise NothingToPrint("还没有办理失业登记，登记后才能打印。")
    return known.registration


def _benefit(known: Known) -> UnemploymentBenefit:
    if known.benefit is None:
        raise NothingToPrint("区里还没有核定失业保险待遇，核定后才能打印。")
    return known.benefit


def _plain(form: str) -> Callable:
    def build(case: Case, known: Known, by: Any) -> list[IssuedDocument]:
        return [papers.issue_paper(form=form, known=known, organization=case.organization, by=by)]

    return build


def _certificate(case: Case, known: Known, by: Any) -> list[IssuedDocument]:
    if known.certificate is None:
        raise NothingToPrint("还没有发证。请先在“《就业失业登记证》发放”环节办理。")
    if known.certificate.state == RegistrationCertificate.State.REVOKED:
        raise NothingToPrint(f"证书{known.certificate.number}已经注销，不能再打印。")
    return [papers.print_certificate(certificate=known.certificate, by=by)]


def _supplement(case: Case, known: Known, by: Any) -> list[IssuedDocument]:
    from renben.engines.documents.issuing import issue

    notice = OneTimeNotice.objects.filter(case=case).order_by("-issued_at", "-id").first()
    if notice is None:
        raise NothingToPrint("没有出具过一次性告知单。")
    return [
        issue(
            form=SUPPLEMENT,
            person=case.person,
            organization=case.organization,
            data=papers.forms_data.fill(SUPPLEMENT, known),
            by=by,
            number=notice.number,
            case_id=case.pk,
        )
    ]


PRINTERS: dict[str, Callable[[Case, Known, Any], list[IssuedDocument]]] = {
    RECEIPT: _plain(RECEIPT),
    INFORMED: _plain(INFORMED),
    papers.APPLICATION: _plain(papers.APPLICATION),
    papers.PERSON_FORM: _plain(papers.PERSON_FORM),
    papers.CERTIFICATE: _certificate,
    papers.NOTICE: lambda case, known, by: [papers.print_notice(benefit=_benefit(known), by=by)],
    papers.ENROLMENT_FORM: lambda case, known, by: papers.print_enrolment(benefit=_benefit(known), by=by)[:1],
    papers.ENROLMENT_CARD: lambda case, known, by: papers.print_enrolment(benefit=_benefit(known), by=by)[1:],
    papers.DYNAMIC_RECORD: lambda case, known, by: [
        papers.print_dynamic_record(registration=_registration(known), by=by)
    ],
    SUPPLEMENT: _supplement,
    REFUSAL: _plain(REFUSAL),
}
