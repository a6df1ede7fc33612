"""What is typed in a case becomes vacancies: J-5.3.1 at the counter, J-4.1.2 and C-7.3.1 on a visit, J-5.1.2 afterwards."""

from __future__ import annotations

import datetime as dt

import pytest

from renben.engines.procedures import queries
from renben.engines.procedures.contracts import StepContext
from renben.engines.procedures.models import Case
from renben.kernel.models import EmployerLicence, Task
from renben.services.placement import vacancies, vacancies_steps
from renben.services.placement.models import Vacancy
from renben.services.placement.vacancies_typed import insurances_of, kind_of, wage_of
from tests import build
from tests.robot.clerk import Clerk, Stuck, current
from tests.robot.handing import act, follows, page_of
from tests.services.placement.vacancy_office import TODAY, desk, licence  # noqa: F401 - the fixture

State = Vacancy.State
JOB = {
    "job": "包装工",
    "openings": "5",
    "duties": "装盒、贴标、码垛",
    "requirement": "能上两班",
    "pay": "4500-5500元/月",
}
COUNTER = {
    "surroundings": "恒温车间",
    "benefits": "包午餐",
    "insurances": "五险",
    "agent_name": "周海燕",
    "agent_phone": "13911112222",
    "brochure_valid_until": "2026-12-20",
    "jobs_offered": [JOB, JOB | {"job": "叉车司机", "duties": "开叉车装卸", "pay": "每天220元", "place": "光明街道"}],
    "employer_services": ["publication"],
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4500-6000元/月", ("month", 450_000, 600_000)),
        ("６０００～８０００", ("month", 600_000, 800_000)),
        ("6千到8千", ("month", 600_000, 800_000)),
        ("0.8-1.2万", ("month", 800_000, 1_200_000)),
        ("每小时28.5元", ("hour", 2_850, 2_850)),
        ("200元/天，日结", ("day", 20_000, 20_000)),
        ("计件，每月约5000", ("piece", 500_000, 500_000)),
        ("底薪3,500元", ("month", 350_000, 350_000)),
    ],
)
def test_a_wage_in_words(text, expected):
    found = wage_of(text)
    assert (found.period, found.low_fen, found.high_fen) == expected


@pytest.mark.parametrize("text", ["面议", "", "3级工", "按岗位定", None])
def test_words_that_tell_no_wage(text):
    assert wage_of(text) is None


def test_kinds_of_work_and_insurance_in_words():
    assert kind_of("劳务派遣", None) == "dispatch"
    assert kind_of("", wage_of("28元/小时")) == "part"
    assert kind_of("全职", wage_of("28元/小时")) == "full"
    assert insurances_of("依法缴纳五险一金，公积金12%") == ["养老", "医疗", "失业", "工伤", "生育", "住房公积金"]
    assert insurances_of("工伤保险") == ["工伤"]


def started(desk, procedure_id: str, clerk: Clerk, employer=None, office=None) -> Case:  # noqa: F811
    return clerk.start(current(procedure_id), office or desk.street, employer=employer)


def test_posts_typed_once_at_the_counter_are_checked_registered_and_published(desk):  # noqa: F811
    employer = build.employer(desk.street, "北京食味鲜食品有限公司")
    clerk = Clerk(wanted=dict(COUNTER))
    case = started(desk, "J-5.3.1", clerk, employer)
    act(clerk, case, "receive", "check_employer")
    assert EmployerLicence.objects.get(employer=employer).number == employer.uscc, "看过的执照记在单位档案"
    act(clerk, case, "check_brochure")
    packer, driver = Vacancy.objects.order_by("id")
    assert (packer.state, packer.headcount, packer.month_high_fen) == (State.SUBMITTED, 5, 550_000)
    assert (driver.wage_period, driver.month_low_fen) == ("day", 478_500)
    assert driver.region_id == desk.place.streets[1].region_id
    assert packer.insurances == ["养老", "医疗", "失业", "工伤", "生育"]
    numbers = f"{packer.number}、{driver.number}"
    assert numbers in page_of(clerk, case, "enter"), "登记号带出来，不用再填"
    clerk.wanted["vacancy_number"] = numbers
    act(clerk, case, "enter")
    assert set(Vacancy.objects.values_list("state", flat=True)) == {State.PUBLISHED}
    posting = follows(case, "J-5.1.2", desk.street)
    act(clerk, posting, "gather")
    assert "叉车司机" in page_of(clerk, posting, "sort"), "岗位带到发布"


def test_words_that_have_to_go_keep_the_case_where_it_is(desk):  # noqa: F811
    clerk = Clerk(wanted=COUNTER | {"jobs_offered": [JOB | {"requirement": "限女性，能上两班"}]})
    case = started(desk, "J-5.3.1", clerk, desk.employer)
    act(clerk, case, "receive", "check_employer")
    with pytest.raises(Stuck, match="“限女性”属于性别限制") as told:
        act(clerk, case, "check_brochure")
    assert "第二十七条" in str(told.value)
    assert not Vacancy.objects.exists(), "什么都没有留下"
    clerk.wanted["jobs_offered"] = [JOB | {"pay": "面议"}]
    clerk.outcomes["check_brochure"] = "amend"
    act(clerk, case, "check_brochure")
    assert not Vacancy.objects.exists()


def test_a_wage_nobody_can_read_is_asked_for(desk):  # noqa: F811
    clerk = Clerk(wanted=COUNTER | {"jobs_offered": [JOB | {"pay": "面议"}]})
    case = started(desk, "J-5.3.1", clerk, desk.employer)
    act(clerk, case, "receive", "check_employer")
    with pytest.raises(Stuck, match="看不出是多少"):
        act(clerk, case, "check_brochure")


def test_papers_that_lack_are_no_valid_papers(desk):  # noqa: F811
    bare = build.employer(desk.street, "北京无照商贸有限公司")
    clerk = Clerk(wanted=COUNTER | {"licence_complete": False, "licence_told": "营业执照副本"})
    case = started(desk, "J-5.3.1", clerk, bare)
    act(clerk, case, "receive")
    with pytest.raises(Stuck, match="证件没有带齐"):
        act(clerk, case, "check_employer")
    assert not EmployerLicence.objects.filter(employer=bare).exists()


def test_done_again_after_a_return_nothing_is_doubled(desk):  # noqa: F811
    clerk = Clerk(wanted=dict(COUNTER))
    case = started(desk, "J-5.3.1", clerk, desk.employer)
    act(clerk, case, "receive", "check_employer", "check_brochure")
    first = Vacancy.objects.order_by("id").first()
    case.data["jobs_offered"] = [JOB | {"openings": 8}]
    case.save(update_fields=["data"])
    ctx = context_of(case, "check_brochure", desk)
    assert vacancies_steps.check_brochure(ctx).refs["vacancies"] == [first.pk]
    first.refresh_from_db()
    assert (first.headcount, Vacancy.objects.count()) == (8, 2)
    assert Vacancy.objects.exclude(pk=first.pk).get().state == State.WITHDRAWN


def context_of(case: Case, key: str, desk):  # noqa: F811
    procedure, now = queries.procedure_of(case), dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)
    step = case.steps.get(key=key)
    return StepContext(
        case, step, procedure, procedure.step(key), "done", case.data, {}, desk.clerk, dt.date(2026, 11, 23), now
    )


def test_after_a_visit_complete_posts_are_registered_others_wait_as_drafts(desk):  # noqa: F811
    openings = [
        {"job": "质检员", "count": "2", "education": "高中", "skill": "会用卡尺", "pay": "5000元", "place": "胜利街道"},
        {"job": "跟单员", "count": "1", "pay": "面议"},
    ]
    clerk = Clerk(
        wanted={
            "employer_kind": "existing",
            "openings": openings,
            "has_openings": True,
            "hr_manager": "郑晓燕",
            "hr_phone": "13800001111",
        }
    )
    case = started(desk, "J-4.1.2", clerk, desk.employer)
    act(clerk, case, "prepare", "visit", "register")
    [visit] = desk.employer.visits.all()
    assert (visit.state, visit.case, visit.visit_on) == ("done", case, TODAY), "走访记在单位档案上"
    drafted = {one.title: one for one in Vacancy.objects.order_by("id")}
    assert {one.source for one in drafted.values()} == {"visit"}
    assert {one.state for one in drafted.values()} == {State.DRAFT}, "没有工作内容，先存草稿"
    assert drafted["质检员"].requirements == "高中，会用卡尺"
    assert Task.objects.filter(title="补齐招聘岗位：质检员", cleared_at=None).exists()
    ready = vacancies.change(
        vacancy=drafted["质检员"], ad=desk.ad(title="质检员", requirements="高中，会用卡尺"), by=desk.clerk
    )
    assert ready.state == State.SUBMITTED
    vacancies.publish(vacancy=ready, by=desk.clerk)
    assert not Task.objects.filter(title="补齐招聘岗位：质检员", cleared_at=None).exists()


def test_a_station_names_the_employer_and_the_post_is_kept_there(desk):  # noqa: F811
    village = desk.place.villages[0]
    rows = [
        {"employer": desk.employer.name, "job": "保洁员", "count": "2", "pay": "3000元", "phone": "13800001111"},
        {"employer": "没有建档的小店", "job": "店员", "count": "1", "phone": "13800002222"},
    ]
    clerk = Clerk(wanted={"job_openings": rows})
    case = clerk.start(current("C-7.3.1"), village)
    act(clerk, case, "prepare", "visit", "register")
    one = Vacancy.objects.get()
    assert (one.title, one.employer, one.organization, one.source) == ("保洁员", desk.employer, village, "station")
    assert one.case == case


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        ({"recruitment_state": "filled", "filled_on": "2026-11-23", "removed_on": "2026-11-23"}, State.FILLED),
        ({"recruitment_state": "withdrawn"}, State.WITHDRAWN),
        ({"recruitment_state": "open", "extended_until": "2027-01-20"}, State.PUBLISHED),
    ],
)
def test_what_the_employer_says_afterwards_closes_or_renews(desk, answers, state):  # noqa: F811
    clerk = Clerk(wanted=COUNTER | {"jobs_offered": [JOB]} | answers)
    case = started(desk, "J-5.3.1", clerk, desk.employer)
    act(clerk, case, "receive", "check_employer", "check_brochure", "enter")
    posting = follows(case, "J-5.1.2", desk.street)
    act(clerk, posting, "gather", "sort", "publish", "enter", "manage")
    one = Vacancy.objects.get()
    assert one.state == state
    if state == State.PUBLISHED:
        assert one.valid_until == dt.date(2027, 1, 20)
