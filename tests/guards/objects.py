"""One object of each subject kind, standing in a named office, for the URL sweep. A new subject needs a line here, or in a file of
its own beside this one (`objects_<area>.py`, found by itself)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from renben.engines.documents.models import IssuedDocument
from renben.engines.ledgers.models import LedgerRun, LedgerTemplate
from renben.engines.messaging import sending
from renben.engines.messaging.models import Message
from renben.engines.payments.models import PaymentBatch
from renben.engines.procedures import actions, definitions, drafts
from renben.engines.procedures.models import Case, CaseStep, DefinitionDraft
from renben.engines.rules import changing
from renben.engines.rules.determinations import store
from renben.engines.rules.evaluation import evaluate
from renben.engines.rules.models import Determination, ParameterChange
from renben.kernel import clock
from renben.kernel.models import (
    Delegation,
    Employer,
    EmployerContact,
    EmployerLicence,
    Household,
    ImportBatch,
    Mandate,
    Organization,
    Person,
    Post,
    StaffMember,
    StoredFile,
    Task,
    User,
)
from renben.services.exchange.models import OutsideFact
from renben.services.registration.models import (
    ArchiveHandover,
    PersonnelArchive,
    RegistrationCertificate,
    UnemploymentBenefit,
    UnemploymentRegistration,
)
from renben.services.support.finding.models import Finding
from renben.services.support.grants.models import (
    Grant,
    GrantLine,
    GrantNotice,
    GrantObjection,
    GuidanceClaim,
    GuidancePerson,
)
from renben.services.support.loans.models import Loan, LoanCheck
from renben.services.support.models import InsuranceSubsidy, SubsidyAdjustment
from renben.services.support.posts.models import PostAmount, PostPayroll, PostPlacement, PublicPost
from tests import build

DAY = dt.date(2026, 11, 2)
FACTORIES: dict[str, Callable[[Organization, User], object]] = {}


def factory(subject: str) -> Callable:
    def attach(function: Callable) -> Callable:
        FACTORIES[subject] = function
        return function

    return attach


@factory("person")
def person(office: Organization, by: User) -> Person:
    return build.person(office)


@factory("household")
def household(office: Organization, by: User) -> Household:
    return Household.objects.create(organization=office, book_number="1")


@factory("employer")
def employer(office: Organization, by: User) -> Employer:
    found = Employer.objects.filter(organization=office).order_by("id").first()
    return found or Employer.objects.create(uscc="91110113MA00000000", name="北京某某有限公司", organization=office)


@factory("employer_contact")
def employer_contact(office: Organization, by: User) -> EmployerContact:
    return EmployerContact.objects.create(employer=employer(office, by), name="孙经理")


@factory("employer_licence")
def employer_licence(office: Organization, by: User) -> EmployerLicence:
    return EmployerLicence.objects.create(
        employer=employer(office, by), kind="business", number="91110113MA00000000", recorded_at=clock.now()
    )


@factory("file")
def file(office: Organization, by: User) -> StoredFile:
    return StoredFile.objects.create(
        sm3="0" * 64,
        name="证明.pdf",
        mime="application/pdf",
        size=1,
        organization=office,
        uploaded_by=by,
        uploaded_at=clock.now(),
    )


@factory("message")
def message(office: Organization, by: User) -> Message:
    return sending.enqueue(
        "referral.rejected",
        key=f"sweep:{Message.objects.count()}",
        person=person(office, by),
        params={"title": "保洁员", "employer": "北京顺通物流有限公司", "office": office.short_name},
    )


@factory("task")
def task(office: Organization, by: User) -> Task:
    return Task.objects.create(
        key="k", title="核对", reason="测试", organization=office, cleared_by="Seen", opened_at=clock.now()
    )


@factory("import_batch")
def import_batch(office: Organization, by: User) -> ImportBatch:
    return ImportBatch.objects.create(
        kind="people", file_name="a.xlsx", file_sm3="0", organization=office, created_by=by, created_at=clock.now()
    )


@factory("outside_fact")
def outside_fact(office: Organization, by: User) -> OutsideFact:
    batch = import_batch(office, by)
    return OutsideFact.objects.create(
        kind="deaths", person=build.person(office), start_on=clock.today(), as_of=clock.today(), batch=batch
    )


@factory("organization")
def organization(office: Organization, by: User) -> Organization:
    return office


@factory("mandate")
def mandate(office: Organization, by: User) -> Mandate:
    return Mandate.objects.create(
        person=build.person(office),
        agent=build.person(office, "王芳", "F"),
        matters="失业登记",
        start_on=dt.date(2026, 1, 1),
        end_on=dt.date(2027, 1, 1),
        recorded_by=by,
        recorded_at=clock.now(),
    )


@factory("case")
def case(office: Organization, by: User) -> Case:
    """A running case of the street above the station."""
    definitions.sync_definitions()
    return actions.start(procedure_id="J-4.2.1", organization=office.parent, by=by, person=build.person(office, "赵强"))


@factory("step")
def step(office: Organization, by: User) -> CaseStep:
    return case(office, by).steps.get()


@factory("definition_draft")
def definition_draft(office: Organization, by: User) -> DefinitionDraft:
    definitions.sync_definitions()
    return drafts.open_draft(procedure_id="J-4.2.1", by=by, organization=office)


@factory("parameter_change")
def parameter_change(office: Organization, by: User) -> ParameterChange:
    return changing.open_change(parameter="ui.duration.cap", by=by, organization=office)


@factory("determination")
def determination(office: Organization, by: User) -> Determination:
    found = evaluate("ui.duration", DAY, {"contribution_months": 74})
    return store(person=build.person(office, "孙立"), kind="ui.duration", found=found, decided_by=by)


@factory("document")
def document(office: Organization, by: User) -> IssuedDocument:
    """An issued paper whose content is empty: its page answers without it."""
    from renben.engines.documents.issuing import issue

    person_ = build.person(office, "钱丽", "F")
    return issue(form="受理回执", person=person_, organization=office, data={"name": person_.name}, by=by)


@factory("archive")
def archive(office: Organization, by: User) -> PersonnelArchive:
    return PersonnelArchive.objects.create(
        person=build.person(office),
        received_on=DAY,
        organization=office,
        target_organization=office,
        recorded_by=by,
        recorded_at=clock.now(),
    )


@factory("handover")
def handover(office: Organization, by: User) -> ArchiveHandover:
    return ArchiveHandover.objects.create(
        number="DZ1", from_organization=office, organization=office, sent_on=DAY, sent_by=by, sent_at=clock.now()
    )


@factory("benefit")
def benefit(office: Organization, by: User) -> UnemploymentBenefit:
    return UnemploymentBenefit.objects.create(
        person=build.person(office),
        organization=office,
        eligible=True,
        determined_on=DAY,
        state="determined",
        recorded_at=clock.now(),
    )


@factory("payment_batch")
def payment_batch(office: Organization, by: User) -> PaymentBatch:
    return PaymentBatch.objects.create(
        heading="ui_monthly", month=dt.date(2026, 11, 1), organization=office, made_at=clock.now()
    )


@factory("subsidy")
def subsidy(office: Organization, by: User) -> InsuranceSubsidy:
    return InsuranceSubsidy.objects.create(
        person=build.person(office, "孙桂英", "F"),
        organization=office,
        kind="flexible",
        applied_on=DAY,
        started_on=DAY,
        retire_on=dt.date(2035, 1, 1),
        is_registered=True,
        is_archive_deposited=True,
        first_month=DAY.replace(day=1),
        agreed_on=DAY,
        state="drawing",
        recorded_at=clock.now(),
    )


@factory("loan")
def loan(office: Organization, by: User) -> Loan:
    return Loan.objects.create(
        person=build.person(office, "马建军"),
        organization=office,
        kind="individual",
        applied_on=DAY,
        amount_fen=8_000_000,
        lent_fen=8_000_000,
        state="repaying",
        recorded_at=clock.now(),
    )


@factory("loan_check")
def loan_check(office: Organization, by: User) -> LoanCheck:
    return LoanCheck.objects.create(
        loan=loan(office, by), occasion="monthly", on=DAY, way="phone", problem="店铺停业", recorded_at=clock.now()
    )


@factory("subsidy_adjustment")
def subsidy_adjustment(office: Organization, by: User) -> SubsidyAdjustment:
    return SubsidyAdjustment.objects.create(
        subsidy=subsidy(office, by),
        month=DAY.replace(day=1),
        kind="recovery",
        fen=100,
        reason="多发",
        recorded_at=clock.now(),
    )


@factory("subsidy_batch")
def subsidy_batch(office: Organization, by: User) -> PaymentBatch:
    return PaymentBatch.objects.create(
        heading="si_subsidy", month=dt.date(2026, 11, 1), organization=office, made_at=clock.now()
    )


@factory("public_post")
def public_post(office: Organization, by: User) -> PublicPost:
    return PublicPost.objects.create(
        employer=build.employer(office, "光明街道社区公益性就业组织"),
        organization=office,
        name="社区治安协管员",
        headcount=3,
        approved_from=dt.date(2026, 10, 1),
        recorded_at=clock.now(),
    )


@factory("post_placement")
def post_placement(office: Organization, by: User) -> PostPlacement:
    return PostPlacement.objects.create(
        post=public_post(office, by),
        person=build.person(office, "郑淑琴", "F"),
        started_on=DAY,
        ends_on=dt.date(2027, 12, 31),
        base_fen=254_000,
        first_month=DAY.replace(day=1),
        recorded_at=clock.now(),
    )


@factory("post_amount")
def post_amount(office: Organization, by: User) -> PostAmount:
    placement = post_placement(office, by)
    return PostAmount.objects.create(
        placement=placement,
        person=placement.person,
        month=DAY.replace(day=1),
        heading="post_wage",
        fen=100,
        state="recover",
    )


@factory("post_payroll")
def post_payroll(office: Organization, by: User) -> PostPayroll:
    return PostPayroll.objects.create(organization=office, month=DAY.replace(day=1), made_at=clock.now())


@factory("grant")
def grant(office: Organization, by: User) -> Grant:
    return Grant.objects.create(
        item="settling", organization=office, case=case(office, by), applied_on=DAY, recorded_at=clock.now()
    )


@factory("grant_line")
def grant_line(office: Organization, by: User) -> GrantLine:
    return GrantLine.objects.create(
        grant=grant(office, by), person=build.person(office, "周玉兰", "F"), first_month=DAY.replace(day=1)
    )


@factory("guidance_claim")
def guidance_claim(office: Organization, by: User) -> GuidanceClaim:
    return GuidanceClaim.objects.create(
        case=case(office, by),
        organization=office,
        institution="某社保所",
        seed="00",
        share_percent=10,
        sample_size=1,
        reviewed_on=DAY,
    )


@factory("guidance_person")
def guidance_person(office: Organization, by: User) -> GuidancePerson:
    claim = guidance_claim(office, by)
    return GuidancePerson.objects.create(claim=claim, round=1, name="周玉兰", tail="0000", place=1)


@factory("grant_objection")
def grant_objection(office: Organization, by: User) -> GrantObjection:
    notice = GrantNotice.objects.create(grant=grant(office, by), round=1, from_on=DAY, amount_fen=100, people=1)
    return GrantObjection.objects.create(notice=notice, raised_on=DAY, through="phone", text="不在岗")


@factory("certificate")
def certificate(office: Organization, by: User) -> RegistrationCertificate:
    return RegistrationCertificate.objects.create(
        number="1101131926000001", person=build.person(office), organization=office, issued_on=DAY
    )


@factory("finding")
def finding(office: Organization, by: User) -> Finding:
    return Finding.objects.create(
        person=build.person(office, "冯丽", "F"),
        policy="subsidy.flexible",
        is_sure=False,
        reason="最多可享受36个月",
        inputs={},
        facts="0",
        judged_on=DAY,
        found_on=DAY,
    )


@factory("registration")
def registration(office: Organization, by: User) -> UnemploymentRegistration:
    return UnemploymentRegistration.objects.create(
        person=build.person(office),
        organization=office,
        registered_on=DAY,
        prior_status="employed",
        recorded_at=clock.now(),
    )


@factory("ledger_run")
def ledger_run(office: Organization, by: User) -> LedgerRun:
    return LedgerRun.objects.create(
        slug="unemployment_management",
        as_of=DAY,
        known_at=clock.now(),
        organization=office,
        made_by=by,
        made_at=clock.now(),
        rows_hash="0",
    )


@factory("ledger_template")
@factory("ledger_template_own")
def ledger_template(office: Organization, by: User) -> LedgerTemplate:
    """A table whose file is gone: its pages say so."""
    mapping = {"sheet": "表", "head": [1, 1], "columns": [{"place": 1, "heading": "姓名", "key": "name"}], "cells": []}
    made = {"created_by": by, "created_at": clock.now(), "updated_by": by, "updated_at": clock.now()}
    return LedgerTemplate.objects.create(
        organization=office,
        name=f"月报表{LedgerTemplate.objects.count()}",
        slug="unemployment_management",
        file=file(office, by),
        mapping=mapping,
        is_active=True,
        version=1,
        **made,
    )


@factory("post")
def post(office: Organization, by: User) -> Post:
    return Post.objects.filter(staff=build.staff("community_worker", office, "周村").staff).get()


@factory("delegation")
def delegation(office: Organization, by: User) -> Delegation:
    giver = StaffMember.objects.get(user=build.staff("community_worker", office, "吴村"))
    taker = StaffMember.objects.get(user=build.staff("community_worker", office, "郑村"))
    return Delegation.objects.create(
        from_staff=giver,
        to_staff=taker,
        start_on=DAY,
        end_on=dt.date(2026, 12, 1),
        reason="休假",
        created_by=by,
        created_at=clock.now(),
    )


for _more in sorted(Path(__file__).parent.glob("objects_*.py")):
    import_module(f"tests.guards.{_more.stem}")
