"""诚信 of firms through the pages: facts where they happen, the sum they make, appeals that a second person decides."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings
from django.test import Client

from renben.kernel import clock
from renben.kernel.models import Task
from renben.services.placement import results
from renben.services.placement.fairs.booking import fresh_code
from renben.services.placement.fairs.models import Fair, FairBooth
from renben.services.placement.firms import credit, credit_table
from renben.services.placement.firms.models import CreditAppeal
from renben.services.placement.models import Vacancy, VacancyReport
from renben.services.placement.vacancies_ad import ad_of, check
from tests import build

pytestmark = pytest.mark.django_db


def text_of(answer) -> str:
    assert answer.status_code in (200, 422), answer.status_code
    return answer.content.decode()


def booth(world, employer, state: str, **more) -> FairBooth:
    """A stand at a fair that is over; receipts were due on 20 November."""
    fair = Fair.objects.create(
        number=f"ZPH{Fair.objects.count()}", organization=world.street, title="十一月例行会", on=dt.date(2026, 11, 13),
        starts_at=dt.time(9), ends_at=dt.time(11), place="大厅", booths=10, booths_each=2, state="held",
        booking_until=dt.date(2026, 11, 12), receipts_due=dt.date(2026, 11, 20), recorded_at=clock.now(),
    )  # fmt: skip
    return FairBooth.objects.create(
        fair=fair, employer=employer, code=fresh_code(), places=[1], agent_name="周海燕", state=state,
        booked_on=dt.date(2026, 11, 2), recorded_at=clock.now(), **more,
    )  # fmt: skip


def lines(employer) -> dict[str, tuple[int, int]]:
    return {line.weight.kind: (line.count, line.points) for line in credit.current(employer).lines}


def test_every_fact_is_read_where_it_happened(world, clerk, reviewer):
    employer = world.employer()
    assert "还没有评" in text_of(clerk.get(f"/credit/employers/{employer.pk}/"))
    told = world.vacancy("装卸工", employer=employer)
    report = VacancyReport.objects.create(
        vacancy=told, organization=world.street, reason="fee", text="让交押金", reported_at=clock.now()
    )
    clerk.post(f"/vacancy_reports/{report.pk}/", {"found": "true", "text": "打电话核实，确实要押金"})
    report.refresh_from_db()
    assert report.state == "true"
    worded = world.vacancy("保安", employer=employer, state="submitted", duties="限男性，站岗巡逻。")
    Vacancy.objects.filter(pk=worded.pk).update(faults=check(ad_of(worded), employer, clock.today()))
    reviewer.post(f"/vacancies/{worded.pk}/return/", {"reason": "去掉限男性", "version": worded.version})
    other = world.vacancy("文员", employer=employer, state="submitted")
    reviewer.post(f"/vacancies/{other.pk}/return/", {"reason": "联系人写错了", "version": other.version})
    booth(world, employer, "no_show")
    booth(world, employer, "attended", receipt_on=dt.date(2026, 11, 19))
    booth(world, employer, "attended")
    seeker = world.seeker()
    referral = world.refer(seeker, world.vacancy(employer=employer))
    results.record_hired(referral=referral, hired_on=clock.today(), by=world.clerk)
    form = {"on": "2026-11-20", "inspectors": "王检查", "is_fine": "yes", "found": "合同、工资条齐全"}
    assert "检查情况已登记" in text_of(clerk.post(f"/credit/employers/{employer.pk}/inspect/", form, follow=True))

    assert lines(employer) == {
        "false_report": (1, -30), "returned": (1, -5), "no_show": (1, -5), "receipt": (1, 1), "receipt_late": (1, -3),
        "hired": (1, 2), "inspection_fine": (1, 2),
    }  # fmt: skip
    page = text_of(clerk.get(f"/credit/employers/{employer.pk}/"))
    assert "<strong>42</strong>" in page and "D级" in page
    for words in ("确实要押金", "不许写的话", "没有到会", "还没有交", "经推荐录用1人", "合同、工资条齐全"):
        assert words in page
    assert seeker.person.name not in page, "a fact about the firm names nobody"
    assert "D级" in text_of(clerk.get(f"/employers/{employer.pk}/?tab=standing"))


def test_who_approves_a_vacancy_sees_the_level(world, clerk):
    employer = world.employer()
    booth(world, employer, "no_show")
    waiting = world.vacancy("保安", employer=employer, state="submitted")
    page = text_of(clerk.get(f"/vacancies/{waiting.pk}/"))
    assert "B级" in page and "订了洽谈会展位没有到会 1 件" in page
    published = world.vacancy("文员", employer=employer)
    assert "单位诚信：" not in text_of(clerk.get(f"/vacancies/{published.pk}/"))


def test_an_appeal_is_decided_by_a_second_person(world, clerk, reviewer):
    employer = world.employer()
    stand = booth(world, employer, "no_show")
    before = credit.current(employer).score
    at = f"/credit/employers/{employer.pk}/appeal/?fact=booth:{stand.pk}"
    assert "没有到会" in text_of(clerk.get(at))
    assert clerk.get(f"/credit/employers/{employer.pk}/appeal/?fact=booth:0").status_code == 404
    filed = {"filed_by": "周海燕", "reason": "到会了，签到漏登"}
    assert "由另一个人复核" in text_of(clerk.post(at, filed, follow=True))
    assert "已经申诉过" in text_of(clerk.post(at, filed))
    appeal, task = CreditAppeal.objects.get(), Task.objects.get(key__startswith="credit.appeal:")
    assert task.due_on == dt.date(2026, 12, 3) and credit.current(employer).score == before
    verdict = {"verdict": "yes", "answer": "现场照片里有展位"}
    assert clerk.post(task.url, verdict).status_code == 403, "the counter does not decide"
    own = build.staff("first_review", world.street, "李初审")
    CreditAppeal.objects.filter(pk=appeal.pk).update(recorded_by=own)
    first = Client()
    first.force_login(own)
    assert "要由另一个人复核" in text_of(first.post(task.url, verdict))
    assert "申诉成立" in text_of(reviewer.post(task.url, verdict, follow=True))
    task.refresh_from_db()
    assert task.cleared_at is not None
    assert credit.current(employer).score == before + 5 and not credit.current(employer).is_rated
    assert "现场照片里有展位" in text_of(clerk.get(f"/credit/employers/{employer.pk}/"))
    assert "已经复核过" in text_of(reviewer.post(task.url, verdict))


def test_ranking_of_a_year(world, clerk):
    good, bad, same = (world.employer(f"北京{name}有限公司") for name in ("顺通物流", "某某食品", "安保服务"))
    assert "还没有可排的单位" in text_of(clerk.get("/credit/"))
    booth(world, good, "attended", receipt_on=dt.date(2026, 11, 19))
    for firm in (bad, same):
        booth(world, firm, "no_show")
    world.employer("北京没有事实有限公司")
    page = text_of(clerk.get("/credit/"))
    assert page.index(good.name) < page.index(same.name) < page.index(bad.name), "equal scores by pinyin"
    assert "没有事实" not in page.split("<tbody", 1)[1].split("</tbody>")[0]
    rows = credit.ranking(type(good).objects.order_by("id"), 2026)
    assert [row.place for row in rows] == [1, 2, 2]
    assert "还没有可排的单位" in text_of(clerk.get("/credit/?year=2025"))
    assert good.name not in text_of(clerk.get("/credit/?q=aqzz&level=A"))
    answer = clerk.post("/credit/export/", {"year": "2026"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert [row[1] for row in sheet.iter_rows(min_row=3, max_row=5, values_only=True)] == [
        good.name,
        same.name,
        bad.name,
    ]
    other = Client()
    other.force_login(build.staff("counter", world.place.streets[1], "李外街"))
    assert good.name not in text_of(other.get("/credit/"))


def test_a_bad_fact_bounds_the_level_and_good_ones_are_bounded_too():
    rules = credit_table.table(Path(settings.CATALOG_DIR))
    day = dt.date(2026, 11, 2)
    many = [credit.Fact(f"hired:{n}", "hired", day, "") for n in range(40)]
    fine = credit.rate(many, rules)
    assert fine.score == rules.start + 20 and fine.level.code == "A" and fine.lines[0].is_bounded
    both = credit.rate([*many, credit.Fact("report:1", "false_report", day, "")], rules)
    assert both.level == rules.level_of(both.score, frozenset("C")) and both.score == fine.score - 30
    capped = credit.rate([*many, credit.Fact("inspection:1", "inspection_fault", day, "")], rules)
    assert capped.score == 80 and capped.level.code == "C" and capped.capped_by.kind == "inspection_fault"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("kind: no_show", "kind: no_shows", "没有“no_shows”"),
        ("from: 75", "from: 95", "从大到小"),
        ("at_most: C", "at_most: Z", "没有等级“Z”"),
        ('decision: "0018"', "x: 1", "decision"),
        ("start: 80", "start: 很多", "start 要写整数"),
    ],
)
def test_a_table_that_does_not_hold_together_is_refused(tmp_path, old, new, words):
    text = (Path(settings.CATALOG_DIR) / "content" / "placement" / "credit.yaml").read_text()
    path = tmp_path / "credit.yaml"
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(credit_table.CreditTableError, match=words):
        credit_table.read(path)
