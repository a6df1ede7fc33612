"""What other bodies say of people on file: read once, held against what runs here, in the way of money until somebody looked."""

from __future__ import annotations

import datetime as dt
import io

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from renben.kernel import merge, people
from renben.kernel.models import Person
from renben.services.exchange import crosschecks, imports, outside
from renben.services.exchange.crosschecks import Check
from renben.services.exchange.models import ImportRow, OutsideFact
from renben.services.exchange.outside_rows import fact_of
from renben.services.registration import benefits, determining, paying
from renben.services.registration.outside_conflicts import contradictions
from tests import build

MONTH = dt.date(2026, 11, 1)
AS_OF = dt.date(2026, 11, 20)


def book(*rows: tuple) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"default_date_format": "yyyy-mm-dd"}) as written:
        page = written.add_worksheet()
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                page.write(r, c, cell)
    return target.getvalue()


@pytest.fixture
def take(place):
    def taking(kind: str, *rows: tuple, office=None):
        batch = imports.preview(
            book(*rows),
            kind=kind,
            organization=office or place.centre,
            by=place.district_clerk,
            name=f"{kind}.xlsx",
            as_of=AS_OF,
        )
        return imports.confirm(batch, place.district_clerk)

    return taking


def line(person: Person, *cells) -> tuple:
    return (person.name, people.full_number(person), *cells)


INSURED = ("姓名", "社会保障号码", "费款所属期", "参保单位", "参保方式")


@pytest.fixture
def insured(take, worker):
    """The social insurance says that the worker was insured by a firm in November."""
    take("contributions", INSURED, line(worker, "202611", "北京顺达物流有限公司", "单位缴纳"))
    return OutsideFact.objects.get()


@pytest.mark.django_db
class TestReading:
    def test_a_month_of_contributions(self, insured, worker):
        assert (insured.person, insured.start_on, insured.end_on) == (worker, MONTH, dt.date(2026, 12, 1))
        assert (insured.role, insured.body, insured.as_of) == ("employer", "北京顺达物流有限公司", AS_OF)

    def test_the_same_file_again_changes_nothing(self, insured, take, worker):
        batch = take("contributions", INSURED, line(worker, "2026年11月", "北京顺达物流有限公司", "单位缴纳"))
        assert (batch.total, batch.unchanged, OutsideFact.objects.count()) == (1, 1, 1)

    def test_a_person_may_stand_in_many_rows(self, take, worker):
        rows = [line(worker, f"2026{month:02d}", "北京顺达物流有限公司", "") for month in range(1, 11)]
        batch = take("contributions", INSURED, *rows, rows[0])
        assert (batch.total, batch.bad, OutsideFact.objects.count()) == (11, 0, 10)
        assert set(OutsideFact.objects.values_list("role", flat=True)) == {"employer"}, "a firm is named, so it pays"

    def test_an_end_that_became_known_opens_the_question_again(self, place, take, worker):
        heads = ("姓名", "证件号码", "企业名称", "登记日期", "注销日期", "身份")
        take("business", heads, line(worker, "顺义小吃店", "2026-01-05", "", "个体经营者"))
        fact = OutsideFact.objects.get()
        outside.judge(fact=fact, is_true=True, reason="", by=place.clerk)
        take("business", heads, line(worker, "顺义小吃店", "2026-01-05", "2026-10-31", "个体经营者"))
        fact.refresh_from_db()
        assert (fact.end_on, fact.verdict) == (dt.date(2026, 11, 1), "")

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"person": "stranger"}, "没有这个人的档案"),
            ({"name": "王小明"}, "与表里的不一致"),
            ({"month": "2027-01"}, "还没到"),
            ({"month": ""}, "没有能用的身份证号或日期"),
        ],
    )
    def test_what_cannot_be_used_is_told(self, take, worker, change, sentence):
        number = build.resident_id(dt.date(1988, 8, 8)) if "person" in change else people.full_number(worker)
        row = (change.get("name", worker.name), number, change.get("month", "202611"), "某公司", "单位")
        batch = take("contributions", INSURED, row)
        (bad,) = ImportRow.objects.filter(batch=batch)
        assert bad.state == "bad" and sentence in "".join(problem["text"] for problem in bad.problems)
        assert not OutsideFact.objects.exists()

    def test_a_street_cannot_take_another_streets_people(self, place, take, worker):
        batch = take("contributions", INSURED, line(worker, "202611", "某公司", "单位"), office=place.other)
        assert (batch.bad, OutsideFact.objects.count()) == (1, 0)

    def test_a_batch_is_taken_back_except_what_was_looked_at(self, place, insured, worker, take):
        outside.judge(fact=insured, is_true=False, reason="漏办停保", by=place.clerk)
        kept = imports.undo(insured.batch, place.district_clerk)
        assert [row.person for row in kept] == [worker] and OutsideFact.objects.get() == insured
        other = take("deaths", ("姓名", "身份证号", "死亡日期"), line(worker, "2026-11-02"))
        assert (
            imports.undo(other, place.district_clerk) == [] and not OutsideFact.objects.filter(kind="deaths").exists()
        )

    def test_facts_go_along_when_two_files_become_one(self, place, insured, worker):
        twin = build.person(place.village, "李建国", birth_on=dt.date(1975, 3, 9))
        twins = {"start_on": MONTH, "as_of": AS_OF, "batch": insured.batch, "person": twin}
        OutsideFact.objects.create(kind="contributions", role="employer", body="北京顺达物流有限公司", **twins)
        dibao = OutsideFact.objects.create(kind="dibao", **twins)
        merge.merge_people(kept=worker, merged=twin, reason="两次建档", by=place.clerk)
        dibao.refresh_from_db()
        assert dibao.person == worker and OutsideFact.objects.filter(person=twin).count() == 1


@pytest.fixture
def enrolled(place, worker, registration):
    benefit = determining.determine_benefit(person=worker, by=place.reviewer)
    return benefits.enrol_benefit(benefit=benefit, by=place.clerk)


@pytest.mark.django_db
class TestMoney:
    def listed(self, place):
        return paying.make_month_list(organization=place.street, month=MONTH, by=place.clerk)

    def test_a_month_worked_for_a_firm_is_held_back_until_somebody_looked(self, place, enrolled, insured):
        batch, blocked = self.listed(place)
        assert batch is None and [row.month for row in blocked] == [MONTH]
        assert "北京顺达物流有限公司" in blocked[0].blocked_reason and "核实" in blocked[0].blocked_reason
        outside.judge(fact=insured, is_true=True, reason="", by=place.clerk)
        assert self.listed(place)[0] is None, "what is true goes on holding the money back"
        outside.judge(fact=insured, is_true=False, reason="单位漏办停保，本人出示离职证明", by=place.clerk)
        batch, blocked = self.listed(place)
        assert batch.count == 1 and blocked == []

    def test_contributions_of_ones_own_are_no_objection(self, place, enrolled, take, worker):
        take("contributions", INSURED, line(worker, "202611", "", "灵活就业人员"))
        assert self.listed(place)[0].count == 1

    def test_the_month_of_death_is_still_due_the_next_is_not(self, take, worker):
        take("deaths", ("姓名", "身份证号", "死亡日期"), line(worker, "2026-10-15"))
        asked = [(worker.pk, dt.date(2026, 10, 1)), (worker.pk, MONTH)]
        assert list(crosschecks.objections("anything", asked)) == [(worker.pk, MONTH)]

    def test_untrue_needs_a_reason(self, place, insured):
        with pytest.raises(outside.NeedsReason, match="为什么不属实"):
            outside.judge(fact=insured, is_true=False, reason="  ", by=place.clerk)

    def test_contradictions_are_what_outlasts_the_registration(self, place, take, worker, registration):
        other = build.person(place.village, "王芳", birth_on=dt.date(1981, 5, 6), sex="F")
        rows = [
            line(worker, "202610", "老单位", "单位"),
            line(other, "202611", "某公司", "单位"),
            line(worker, "202611", "", "个人"),
        ]
        take("contributions", INSURED, *rows)
        assert not contradictions(OutsideFact.objects.all()).exists(), "the month of the dismissal, others, one's own"
        take("business", ("姓名", "身份证号", "企业名称", "登记日期"), line(worker, "顺义小吃店", "2020-01-05"))
        take("deaths", ("姓名", "身份证号", "死亡日期"), line(worker, "2026-11-02"))
        assert set(contradictions(OutsideFact.objects.all()).values_list("kind", flat=True)) == {"business", "deaths"}


DAYS = st.dates(dt.date(2010, 1, 1), dt.date(2027, 12, 31))


@given(start=DAYS, end=st.none() | DAYS, month=DAYS.map(lambda day: day.replace(day=1)))
def test_a_fact_speaks_against_just_the_months_it_has_a_day_in(start, end, month):
    if end is not None and end <= start:
        start, end = end, start + dt.timedelta(days=1)
    check = Check("x", "x", "business", frozenset(), frozenset({"all"}), False, "", "", "x")
    days = (month + dt.timedelta(days=n) for n in range(31))
    touched = any(day.month == month.month and start <= day and (end is None or day < end) for day in days)
    assert check.speaks_against(OutsideFact(kind="business", start_on=start, end_on=end), month) is touched


@given(first=DAYS.map(lambda day: day.replace(day=1)), months=st.integers(0, 30))
def test_a_span_of_months_ends_with_its_last_month(first, months):
    last = first
    for _ in range(months):
        last = (last + dt.timedelta(days=31)).replace(day=1)
    fact = fact_of("contributions", {"start_on": first, "end_on": last, "as_of": AS_OF, "body": "某公司"})
    assert (fact["end_on"] - dt.timedelta(days=1)).replace(day=1) == last and fact["role"] == "employer"


def test_every_check_names_its_basis_and_a_sentence_that_can_be_said():
    for check in crosschecks.checks():
        fact = OutsideFact(
            kind=check.kind, start_on=MONTH, as_of=AS_OF, role=next(iter(check.roles), ""), body="某公司"
        )
        assert "{" not in crosschecks.told(check, fact) and check.basis.startswith("《") and check.fix
