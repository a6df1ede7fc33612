"""Printed papers of registration: each is filled from what is known when it is first printed, and issued once.

An act does not wait for its papers: they can be printed as soon as it is done.
"""

from __future__ import annotations

from typing import Any

from renben.engines.documents.models import IssuedDocument
from renben.services.registration import forms_data
from renben.services.registration.models import RegistrationCertificate, UnemploymentBenefit, UnemploymentRegistration

APPLICATION = "失业登记申请审核表"
PERSON_FORM = "就业失业登记个人信息采集（变更）表"
CERTIFICATE = "就业失业登记证"
ENROLMENT_FORM = "北京市失业人员申领失业保险金登记表"
ENROLMENT_CARD = "北京市失业人员领取失业保险金登记卡"
NOTICE = "北京市失业人员领取失业保险金和医疗补助金通知单"
DYNAMIC_RECORD = "就业动态管理记录单"


def issue_paper(
    *, form: str, known: forms_data.Known, organization: Any, by: Any, number: str | None = None
) -> IssuedDocument:
    """Fill a form of the catalogue from the facts and issue it. FormError when a certificate lacks a required fact."""
    from renben.engines.documents.issuing import issue

    return issue(
        form=form,
        person=known.person,
        organization=organization,
        data=forms_data.fill(form, known),
        by=by,
        number=number,
        case_id=known.case.pk if known.case is not None else None,
    )


def print_certificate(*, certificate: RegistrationCertificate, by: Any) -> IssuedDocument:
    """《就业失业登记证》 with the QR; the same paper again while it stands."""
    if certificate.document is not None and certificate.document.revoked_at is None:
        return certificate.document
    known = forms_data.Known.of_certificate(certificate)
    document = issue_paper(
        form=CERTIFICATE, known=known, organization=certificate.organization, by=by, number=certificate.number
    )
    certificate.document = document
    certificate.save(update_fields=["document"])
    return document


def print_notice(*, benefit: UnemploymentBenefit, by: Any) -> IssuedDocument:
    """《北京市失业人员领取失业保险金和医疗补助金通知单》, once per determination."""
    if benefit.notice is not None:
        return benefit.notice
    known = forms_data.Known.of_benefit(benefit)
    organization = benefit.case.organization if benefit.case is not None else benefit.organization
    document = issue_paper(form=NOTICE, known=known, organization=organization, by=by)
    benefit.notice = document
    benefit.save(update_fields=["notice"])
    return document


def print_enrolment(*, benefit: UnemploymentBenefit, by: Any) -> list[IssuedDocument]:
    """《申领失业保险金登记表》 and 《领取失业保险金登记卡》"""
    known = forms_data.Known.of_benefit(benefit)
    return [
        issue_paper(form=form, known=known, organization=benefit.organization, by=by)
        for form in (ENROLMENT_FORM, ENROLMENT_CARD)
    ]


def print_dynamic_record(*, registration: UnemploymentRegistration, by: Any) -> IssuedDocument:
    """《就业动态管理记录单》 as it stands today."""
    known = forms_data.Known.of_registration(registration)
    return issue_paper(form=DYNAMIC_RECORD, known=known, organization=registration.organization, by=by)
