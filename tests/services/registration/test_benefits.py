from __future__ import annotations

import datetime as dt

import pytest

from renben.engines.payments import actions as payments
from renben.engines.payments.models import PaymentLine
from renben.engines.rules.models import Determination
from renben.kernel import clock
from renben.kernel.models import Task
from renben.services.registration import archives, benefits, determining, paying, registering
from renben.services.registration.models import BenefitMonth, BenefitOpening, UnemploymentBenefit
from renben.services.registration.reasons import NotPossible

pytestmark = pytest.mark.django_db


def later(day: dt.date):
    return clock.as_of(dt.datetime.combine(day, dt.time(10), tzinfo=clock.ZONE))


@pytest.fixture
def benefit(place, worker, registration):
    return determining.determine_benefit(person=worker, by=place.reviewer)


@pytest.fixture
def enrolled(place, benefit):
    return benefits.enrol_benefit(benefit=benefit, by=place.clerk)


def list_of(place, month):
    return paying.make_month_list(organization=place.street, month=month, by=place.clerk)


def test_the_determination_comes_from_the_archive_and_explains_itself(worker, benefit):
    # six years and two months: 12 + (6 - 4) = 14 months (D-06)
    assert (benefit.eligible, benefit.months_entitled, benefit.state) == (True, 14, "determined")
    assert benefit.first_month == dt.date(2026, 11, 1)
    stored = benefit.determination
    assert stored.person == worker
    assert stored.inputs["contribution_months"] == 74
    assert stored.result["months"] == 14
    assert any(part["article"] for part in stored.parts)
    assert Determination.objects.count() == 1


def test_the_same_person_is_not_determined_twice(place, worker, benefit):
    with pytest.raises(NotPossible, match="不能重复核定"):
        determining.determine_benefit(person=worker, by=place.reviewer)


def test_a_missing_fact_is_named_not_guessed(place, worker, registration, archive):
    archives.record_facts(archive=archive, by=place.district_clerk, contribution_months=None, separation_reason="")
    with pytest.raises(NotPossible) as refused:
        determining.determine_benefit(person=worker, by=place.reviewer)
    assert [why.code for why in refused.value.reasons] == ["contribution_months", "separation_reason"]


def test_whoever_resigned_gets_a_stored_refusal_with_the_article(place, worker, registration, archive):
    archives.record_facts(archive=archive, by=place.district_clerk, separation_reason="resigned")
    found = determining.determine_benefit(person=worker, by=place.reviewer)
    assert (found.eligible, found.state, found.months_entitled) == (False, "ineligible", 0)
    (why,) = determining.why_not(found)
    assert "本人辞职" in why.text and why.article
    with pytest.raises(NotPossible):
        benefits.enrol_benefit(benefit=found, by=place.clerk)


def test_without_registration_nobody_is_eligible(place, worker, archive):
    found = determining.determine_benefit(person=worker, by=place.reviewer)
    assert found.eligible is False
    assert "registered" in found.determination.result["failed"]


def test_enrolling_plans_every_month(place, enrolled):
    months = list(enrolled.months.order_by("index"))
    assert len(months) == 14
    assert (months[0].month, months[-1].month) == (dt.date(2026, 11, 1), dt.date(2027, 12, 1))
    # standard of 2025-09-01: second tier (5–10 years) for 12 months, then the first tier
    assert [m.amount_fen for m in months] == [215600] * 12 + [212900] * 2
    assert benefits.enrol_benefit(benefit=enrolled, by=place.clerk).pk == enrolled.pk
    assert enrolled.months.count() == 14


def test_months_drawn_before_the_platform_are_not_paid_again(place, worker, registration):
    BenefitOpening.objects.create(
        person=worker, months=3, through=dt.date(2027, 1, 1), evidence="旧台账", recorded_at=clock.now()
    )
    found = determining.determine_benefit(person=worker, by=place.reviewer, first_month=dt.date(2026, 11, 1))
    done = benefits.enrol_benefit(benefit=found, by=place.clerk)
    first = done.months.order_by("index").first()
    assert (done.months_left, first.index, first.month) == (11, 4, dt.date(2027, 2, 1))


def test_the_month_list_is_made_once(place, worker, enrolled):
    batch, blocked = list_of(place, dt.date(2026, 11, 15))
    assert (batch.count, batch.total_fen, blocked) == (1, 215600, [])
    again, _ = list_of(place, dt.date(2026, 11, 1))
    assert again.pk == batch.pk
    assert PaymentLine.objects.count() == 1
    enrolled.refresh_from_db()
    assert enrolled.state == "paying"
    paying.confirm_month(batch=batch, by=place.clerk)
    list_of(place, dt.date(2026, 11, 1))
    assert PaymentLine.objects.count() == 1


def test_nobody_is_paid_twice_even_by_another_office(place, worker, enrolled):
    list_of(place, dt.date(2026, 11, 1))
    due = payments.Due(worker.pk, dt.date(2026, 11, 1), 100)
    _, lines = payments.make_batch(
        heading="ui_monthly", month=dt.date(2026, 11, 1), organization=place.other, dues=[due], by=place.other_clerk
    )
    assert lines == []


def test_a_month_that_has_not_come_is_not_listed(place, enrolled):
    with pytest.raises(NotPossible, match="还没有到"):
        list_of(place, dt.date(2026, 12, 1))


def test_a_paid_list_counts_and_a_late_list_brings_arrears(place, enrolled):
    with later(dt.date(2027, 1, 20)):
        batch, _ = list_of(place, dt.date(2027, 1, 1))
        assert batch.count == 3
        fixed = paying.confirm_month(batch=batch, by=place.clerk)
        paying.pay_month(batch=fixed, by=place.clerk)
    enrolled.refresh_from_db()
    assert (enrolled.months_received, enrolled.months_left) == (3, 11)


def test_the_last_month_completes_the_benefit(place, enrolled):
    with later(dt.date(2027, 12, 20)):
        batch, _ = list_of(place, dt.date(2027, 12, 1))
        paying.pay_month(batch=paying.confirm_month(batch=batch, by=place.clerk), by=place.clerk)
    enrolled.refresh_from_db()
    assert (enrolled.state, enrolled.months_left) == ("completed", 0)


def test_a_confirmed_list_that_was_tampered_with_is_not_paid(place, enrolled):
    batch, _ = list_of(place, dt.date(2026, 11, 1))
    fixed = payments.confirm(batch=batch, by=place.clerk)
    PaymentLine.objects.filter(batch=fixed).update(fen=999999)
    with pytest.raises(payments.PaymentRefused, match="对不上"):
        payments.mark_paid(batch=fixed, on=dt.date(2026, 11, 25), by=place.clerk)


def test_a_month_without_a_standard_is_blocked_and_not_guessed(place, worker, archive, evidence, registration):
    # 2005 to 2008 have no standard on file (D-07)
    first = dt.date(2006, 3, 1)
    fen, reason = benefits.amount_of_month(UnemploymentBenefit(contribution_months=74), first, 1, dt.date(2026, 11, 23))
    assert fen is None
    assert "现行标准" in reason


def test_a_blocked_month_is_kept_off_the_list_until_a_standard_arrives(place, enrolled, monkeypatch):
    known = benefits.amount_of_month
    gap = dt.date(2026, 11, 1)
    monkeypatch.setattr(
        benefits,
        "amount_of_month",
        lambda b, month, i, today: (None, "无现行标准") if month == gap else known(b, month, i, today),
    )
    batch, blocked = list_of(place, gap)
    assert batch is None
    assert [row.month for row in blocked] == [gap]
    monkeypatch.setattr(benefits, "amount_of_month", known)
    batch, blocked = list_of(place, gap)
    assert (batch.count, blocked) == (1, [])


def test_stopping_needs_an_event_of_the_list(place, enrolled):
    with pytest.raises(NotPossible, match="不停发"):
        benefits.stop_benefit(benefit=enrolled, event="refused_job_with_good_reason", by=place.clerk)
    stopped = benefits.stop_benefit(benefit=enrolled, event="reemployed", by=place.clerk)
    assert (stopped.state, stopped.stopped_on) == ("stopped", dt.date(2026, 11, 23))
    assert "社会保险法" in stopped.note
    states = set(stopped.months.filter(month__gte=dt.date(2026, 12, 1)).values_list("state", flat=True))
    assert states == {"skipped"}
    assert stopped.months.get(month=dt.date(2026, 11, 1)).state == "planned"
    assert Task.objects.filter(key__startswith="registration.close:", organization=place.street).exists()


def test_a_stop_takes_the_line_off_a_draft_and_asks_back_confirmed_money(place, enrolled):
    draft, _ = list_of(place, dt.date(2026, 11, 1))
    benefits.stop_benefit(benefit=enrolled, event="imprisoned", by=place.clerk, on=dt.date(2026, 11, 1))
    draft.refresh_from_db()
    assert (draft.count, draft.total_fen) == (0, 0)
    assert not Task.objects.filter(key__startswith="benefit.recover").exists()


def test_a_month_begun_before_the_stop_is_still_paid(place, enrolled):
    benefits.stop_benefit(benefit=enrolled, event="reemployed", by=place.clerk)
    batch, _ = list_of(place, dt.date(2026, 11, 1))
    assert batch.count == 1
    with later(dt.date(2027, 2, 20)):
        assert list_of(place, dt.date(2027, 2, 1))[0] is None
    enrolled.refresh_from_db()
    assert enrolled.state == "stopped"


def test_money_on_a_confirmed_list_is_asked_back(place, enrolled):
    draft, _ = list_of(place, dt.date(2026, 11, 1))
    paying.confirm_month(batch=draft, by=place.clerk)
    benefits.stop_benefit(benefit=enrolled, event="imprisoned", by=place.clerk, on=dt.date(2026, 11, 1))
    assert PaymentLine.objects.count() == 1
    assert "已列发1个月" in Task.objects.get(key__startswith="benefit.recover").reason


def test_deregistering_stops_the_benefit_for_the_same_reason(place, worker, registration, enrolled):
    registering.deregister(registration=registration, reason="hired", by=place.clerk)
    enrolled.refresh_from_db()
    assert (enrolled.state, enrolled.stop_event) == ("stopped", "reemployed")


def test_the_rest_is_paid_at_once_to_whoever_opens_a_business(place, enrolled):
    line = paying.pay_lump_sum(benefit=enrolled, by=place.clerk, reason="领取营业执照")
    assert line.fen == 215600 * 12 + 212900 * 2
    with pytest.raises(NotPossible):
        paying.pay_lump_sum(benefit=enrolled, by=place.clerk)
    batch, _ = list_of(place, dt.date(2026, 11, 1))
    assert batch is None  # no month is left for the monthly list
    paying.pay_month(batch=paying.confirm_month(batch=line.batch, by=place.clerk), by=place.clerk)
    enrolled.refresh_from_db()
    assert (enrolled.state, enrolled.months_left, enrolled.stop_event) == ("completed", 0, "lump_sum_paid")
    assert set(BenefitMonth.objects.values_list("state", flat=True)) == {"paid"}


def test_unused_months_join_the_next_entitlement(place, worker, registration, archive, enrolled, evidence):
    """14 months of which 1 drawn, then 30 months of new contributions (6 months): 13 + 6 = 19."""
    batch, _ = list_of(place, dt.date(2026, 11, 1))
    paying.pay_month(batch=paying.confirm_month(batch=batch, by=place.clerk), by=place.clerk)
    registering.deregister(registration=registration, reason="hired", by=place.clerk)
    archives.hand_out_archive(archive=_collected(place, archive), to="新单位", by=place.clerk)
    with later(dt.date(2029, 6, 4)):
        archives.receive_archive(
            person=worker,
            organization=place.centre,
            by=place.district_clerk,
            archive_number="DA-001",
            separated_on=dt.date(2029, 5, 31),
            separation_reason="contract_expired",
            contribution_months=30,
        )
        registering.register_unemployment(
            person=worker, organization=place.street, prior_status="employed", evidence=evidence, by=place.clerk
        )
        again = determining.determine_benefit(person=worker, by=place.reviewer)
    assert again.months_entitled == 19
    assert again.determination.result["months"] == 19
    assert any("剩余13个月" in part["text"] for part in again.determination.parts)


def _collected(place, archive):
    archives.review_archive(archive=archive, by=place.reviewer)
    handover = archives.transfer_archives(archives=[archive], to_organization=place.street, by=place.district_clerk)
    (got,) = archives.collect_archives(handover=handover, checked=[archive], by=place.clerk)
    return got
