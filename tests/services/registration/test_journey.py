"""From the district's archive to a certificate and a paid month, through the steps of the three procedures."""

from __future__ import annotations

import datetime as dt

import pytest

from renben.engines.documents import issuing
from renben.engines.documents.models import IssuedDocument
from renben.engines.procedures import actions as procedures
from renben.engines.procedures.contracts import Blocked, Done
from renben.engines.procedures.models import Case, CaseStep
from renben.kernel import audit
from renben.kernel.models import AuditEvent
from renben.services.registration import archives, case_papers, certificates, limits, mandates, paying
from renben.services.registration.models import UnemploymentBenefit, UnemploymentRegistration

pytestmark = pytest.mark.django_db


def step(case, key):
    return CaseStep.objects.get(case=case, key=key, state="ready")


def papers_of(case, key):
    """Names of the papers a dismissed worker hands in at a step."""
    pieces = limits.procedure(case.procedure_id).step(key).evidence
    conditions = {"", "from_employer", "was_employed", "comes_to_register"}
    return [p.name for p in pieces if (p.when.code if p.when else "") in conditions]


def act(case, key, by, outcome="done", **data):
    return procedures.act(step_id=step(case, key).pk, outcome=outcome, by=by, data=data, received=papers_of(case, key))


def done(answer):
    assert isinstance(answer, Done), str(answer)
    return answer


@pytest.fixture
def at_the_street(place, worker, archive):
    """The case of J-4.2.1 that Q-1.2.2 hands to the street."""
    case = procedures.start(procedure_id="Q-1.2.2", organization=place.centre, by=place.district_clerk, person=worker)
    done(act(case, "review", place.district_clerk, archive_source="employer"))
    done(act(case, "record", place.district_clerk, archive_number="DA-001"))
    done(act(case, "transfer", place.district_clerk))
    return Case.objects.get(procedure_id="J-4.2.1")


@pytest.fixture
def informed(place, at_the_street):
    done(act(at_the_street, "collect", place.clerk, roster_checked_on="2026-11-23"))
    done(
        act(at_the_street, "inform", place.clerk, informed_on="2026-11-23", informed_way="phone", came_to_register=True)
    )
    return at_the_street


ASKED = {
    "prior_status": "employed",
    "is_hardship": False,
    "wants_benefit": True,
    "wants_job_service": True,
}


def test_the_archive_travels_with_the_case(place, archive, at_the_street):
    archive.refresh_from_db()
    assert (archive.state, archive.handover.organization) == ("in_transfer", place.street)
    assert at_the_street.organization == place.street
    done(act(at_the_street, "collect", place.clerk, roster_checked_on="2026-11-23"))
    archive.refresh_from_db()
    assert (archive.state, archive.organization) == ("collected", place.street)


def test_an_archive_still_at_the_district_cannot_be_collected(place, worker, archive):
    case = procedures.start(procedure_id="J-4.2.1", organization=place.street, by=place.clerk, person=worker)
    answer = act(case, "collect", place.clerk, roster_checked_on="2026-11-23")
    assert isinstance(answer, Blocked)
    assert "档案还在" in str(answer)


def test_from_the_archive_to_a_certificate_and_a_paid_month(place, worker, informed, stock):
    done(act(informed, "register", place.clerk, **ASKED))
    registration = UnemploymentRegistration.objects.get(person=worker)
    assert (registration.case, registration.prior_status) == (informed, "employed")
    done(act(informed, "certificate", place.clerk, certificate_printed_on="2026-11-23"))
    registration.refresh_from_db()
    assert not IssuedDocument.objects.filter(holder_person=worker).exists()  # nobody has printed anything yet
    (paper,) = case_papers.print_for_case(form="就业失业登记证", case=informed, by=place.clerk)
    found = issuing.verify(paper.number, paper.short_hash)
    assert (found.number, found.state) == (registration.certificate.number, "valid")
    assert worker.name not in found.holder
    district = Case.objects.get(procedure_id="Q-1.2.3")
    assert district.organization == place.centre
    done(act(district, "check_archive", place.reviewer_one))
    done(act(district, "determine", place.reviewer))
    done(act(district, "file_notice", place.district_clerk))
    benefit = UnemploymentBenefit.objects.get(person=worker)
    assert (benefit.case, benefit.months_entitled) == (district, 14)
    assert "14" in str(issuing.content_of(benefit.notice))
    done(act(informed, "benefit", place.clerk))
    done(act(informed, "job_service", place.clerk))
    done(act(informed, "dynamic_record", place.clerk))
    informed.refresh_from_db()
    assert informed.state == "done"
    batch, _ = paying.make_month_list(organization=place.street, month=dt.date(2026, 11, 1), by=place.clerk)
    assert (batch.count, batch.total_fen) == (1, 215600)
    for form in limits.procedure("J-4.2.1").step("register").forms + ["就业动态管理记录单"]:
        case_papers.print_for_case(form=form, case=informed, by=place.clerk)
    assert set(IssuedDocument.objects.filter(holder_person=worker).values_list("form", flat=True)) >= {
        "失业登记申请审核表",
        "就业失业登记证",
        "北京市失业人员领取失业保险金和医疗补助金通知单",
        "就业动态管理记录单",
    }


def test_a_whole_registration_takes_few_statements(place, worker, informed, stock, django_assert_max_num_queries):
    """Registration, its history, the labour status and the district's case; two of them are lookups of this test, one asks
    whether figures were changed since (`rules.in_force`)."""
    with django_assert_max_num_queries(29):
        done(act(informed, "register", place.clerk, **ASKED))
    with django_assert_max_num_queries(20):
        done(act(informed, "certificate", place.clerk, certificate_printed_on="2026-11-23"))
    with django_assert_max_num_queries(12):
        done(act(informed, "job_service", place.clerk))


def test_the_entries_of_an_act_are_written_together_or_not_at_all(place, worker, informed, stock):
    last = AuditEvent.objects.latest("id")
    answer = act(informed, "register", place.clerk, **ASKED | {"prior_status": "business"})
    assert isinstance(answer, Blocked)
    assert not AuditEvent.objects.filter(pk__gt=last.pk).exists()
    done(act(informed, "register", place.clerk, **ASKED))
    written = AuditEvent.objects.filter(pk__gt=last.pk).order_by("seq")
    assert [entry.action for entry in written] == ["registration.register", "step.done"]
    assert audit.verify()[0] == []


def test_a_revoked_certificate_is_not_printed_for_the_first_time(place, worker, informed, stock):
    done(act(informed, "register", place.clerk, **ASKED))
    done(act(informed, "certificate", place.clerk, certificate_printed_on="2026-11-23"))
    held = certificates.certificate_of(worker)
    certificates.revoke_certificate(certificate=held, reason="登记有误", by=place.clerk)
    with pytest.raises(case_papers.NothingToPrint, match="已经注销"):
        case_papers.print_for_case(form="就业失业登记证", case=informed, by=place.clerk)
    assert not IssuedDocument.objects.exists()


def test_forms_are_filled_from_what_is_known(place, worker, informed, stock):
    done(act(informed, "register", place.clerk, **ASKED))
    (application,) = case_papers.print_for_case(form="失业登记申请审核表", case=informed, by=place.clerk)
    said = issuing.content_of(application)
    assert said["name"] == "李建国"
    assert said["last_employer"] == "北京某纺织有限公司"
    assert said["unemployed_on"] == "2026-10-30"
    assert [row["material"] for row in said["materials"]]
    assert said["result"] == "符合登记条件，予以登记"


def test_unmet_conditions_block_with_the_article_and_change_nothing(place, worker, informed, stock):
    from renben.kernel import labour

    labour.set_status(person=worker, status="retired", start_on=dt.date(2026, 11, 1), source="registration")
    answer = act(informed, "register", place.clerk, **ASKED)
    assert isinstance(answer, Blocked)
    assert [reason.code for reason in answer.reasons] == ["no_pension"]
    assert "依据" in answer.reasons[0].text
    assert not UnemploymentRegistration.objects.exists()


def test_whoever_resigned_is_refused_the_benefit_with_article_and_appeal(place, worker, archive, informed, stock):
    archives.record_facts(archive=archive, by=place.district_clerk, separation_reason="resigned")
    done(act(informed, "register", place.clerk, **ASKED))
    district = Case.objects.get(procedure_id="Q-1.2.3")
    done(act(district, "check_archive", place.reviewer_one))
    answer = done(act(district, "determine", place.reviewer))
    district.refresh_from_db()
    assert (answer.outcome, district.state) == ("refused", "refused")
    assert "本人辞职" in answer.refs["reason"]
    assert answer.refs["article"] and "行政复议" in answer.refs["appeal"]
    assert UnemploymentBenefit.objects.get().state == "ineligible"
    assert CaseStep.objects.get(case=informed, key="benefit").state == "skipped"


def test_an_agent_applies_under_a_mandate_on_record(place, worker, archive, evidence, stock):
    from tests import build

    agent = build.person(place.village, "李秀英", "F")
    mandate = mandates.record_mandate(
        person=worker,
        agent=agent,
        matters="失业登记",
        by=place.clerk,
        start_on=dt.date(2026, 11, 1),
        end_on=dt.date(2026, 12, 1),
    )
    archives.review_archive(archive=archive, by=place.reviewer)
    archives.transfer_archives(archives=[archive], to_organization=place.street, by=place.district_clerk)
    case = procedures.start(
        procedure_id="J-4.2.1",
        organization=place.street,
        by=place.clerk,
        person=worker,
        data={"mandate_id": mandate.pk},
    )
    done(act(case, "collect", place.clerk, roster_checked_on="2026-11-23"))
    done(act(case, "inform", place.clerk, informed_on="2026-11-23", informed_way="in_person", came_to_register=True))
    done(act(case, "register", place.clerk, **ASKED))
    assert UnemploymentRegistration.objects.get().mandate == mandate
