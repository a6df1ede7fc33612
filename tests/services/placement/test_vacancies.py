"""The life of a vacancy: who may register one, what keeps it from being seen, how it ends."""

from __future__ import annotations

import datetime as dt

import pytest

from renben.kernel import events, taskboard
from renben.kernel.models import AuditEvent, ImportBatch, Task
from renben.services.exchange.models import OutsideFact
from renben.services.placement import vacancies, vacancies_nightly
from renben.services.placement.models import Vacancy
from renben.services.placement.vacancies_ad import phone_of
from renben.services.registration.reasons import NotPossible
from tests import build
from tests.services.placement.vacancy_office import TODAY, desk, licence, why  # noqa: F401 - the fixture

State = Vacancy.State


def story(vacancy: Vacancy) -> list[str]:
    return [row.what for row in vacancy.events.order_by("id")]


@pytest.fixture
def heard(monkeypatch):
    """What was told to whoever listens."""
    told = []
    monkeypatch.setattr(events, "_listeners", events.defaultdict(list))
    for kind in (events.VacancyChanged, events.VacancyFilled):
        events.listen(kind, told.append)
    return told


def test_a_vacancy_is_registered_checked_and_published(desk, heard):  # noqa: F811
    vacancy = desk.register()
    assert (vacancy.state, vacancy.number[:8]) == (State.SUBMITTED, "110113ZP")
    assert vacancy.valid_until == TODAY + dt.timedelta(days=30)
    assert heard == [], "还没发布，别人看不到"
    assert Task.objects.get(cleared_at=None).title == "审核招聘岗位：仓库分拣员"
    published = vacancies.publish(vacancy=vacancy, by=desk.clerk)
    assert published.state == State.PUBLISHED
    assert published.published_at is not None
    assert heard == [events.VacancyChanged(vacancy.pk)]
    assert not Task.objects.filter(cleared_at=None).exists()
    assert story(vacancy) == ["registered", "published"]
    trail = AuditEvent.objects.filter(subject=f"vacancy:{vacancy.pk}").order_by("id").values_list("action", flat=True)
    assert list(trail) == ["vacancy.registered", "vacancy.published"]
    assert phone_of(published) == "13911112222"
    assert "13911112222" not in published.contact_phone_enc


def test_an_employer_without_a_valid_licence_may_not_recruit(desk):  # noqa: F811
    bare = build.employer(desk.street, "北京无照商贸有限公司")
    with pytest.raises(NotPossible) as refused:
        desk.register(bare)
    assert "没有登记营业执照" in why(refused)
    licence(bare, TODAY - dt.timedelta(days=1))
    with pytest.raises(NotPossible) as refused:
        desk.register(bare)
    assert "已过有效期" in why(refused)
    licence(bare, TODAY, kind="institution")
    assert desk.register(bare).state == State.SUBMITTED, "最后一天仍有效"


def struck_off(desk, employer, on: dt.date, verdict: str = "") -> OutsideFact:  # noqa: F811
    batch = ImportBatch.objects.create(
        kind="business",
        file_name="a.xlsx",
        file_sm3="0",
        organization=desk.street,
        created_at=dt.datetime(2026, 11, 1, tzinfo=dt.UTC),
    )
    return OutsideFact.objects.create(
        kind="business",
        person=build.person(desk.place.villages[0]),
        start_on=dt.date(2015, 1, 1),
        end_on=on,
        body=employer.name,
        body_code=employer.uscc,
        as_of=TODAY,
        batch=batch,
        verdict=verdict,
    )


def test_a_firm_the_register_calls_struck_off_is_refused_with_a_sentence(desk):  # noqa: F811
    fact = struck_off(desk, desk.employer, dt.date(2026, 11, 1))
    with pytest.raises(NotPossible) as refused:
        desk.register()
    assert "市场监管部门的数据显示，这家单位已于2026年10月31日注销或吊销" in why(refused)
    OutsideFact.objects.filter(pk=fact.pk).update(verdict="false")
    assert desk.register().state == State.SUBMITTED, "核实不属实的不再拦"


def test_a_firm_struck_off_later_cannot_publish(desk):  # noqa: F811
    vacancy = desk.register()
    struck_off(desk, desk.employer, dt.date(2026, 11, 20))
    with pytest.raises(NotPossible, match="注销或吊销"):
        vacancies.publish(vacancy=vacancy, by=desk.clerk)
    vacancy.refresh_from_db()
    assert vacancy.state == State.SUBMITTED


def test_dispatched_work_needs_its_own_licence(desk):  # noqa: F811
    with pytest.raises(NotPossible) as refused:
        desk.register(work_kind="dispatch")
    assert "劳务派遣经营许可证" in why(refused)
    assert "第五十七条" in why(refused)
    licence(desk.employer, kind="dispatch")
    assert desk.register(work_kind="dispatch").work_kind == "dispatch"


def test_forbidden_words_keep_it_back_and_the_employer_is_told_which(desk):  # noqa: F811
    vacancy = desk.register(requirements="男，35岁以下，需交押金200元")
    with pytest.raises(NotPossible) as refused:
        vacancies.publish(vacancy=vacancy, by=desk.clerk)
    said = why(refused)
    assert "“要求”里的“男”属于性别限制" in said
    assert "“押金”属于收取财物" in said
    assert "第二十七条" in said
    assert "35岁以下" not in said, "只是提示"
    returned = vacancies.return_to_employer(vacancy=vacancy, reason="删去“男”和“押金200元”", by=desk.clerk)
    assert returned.state == State.RETURNED
    changed = vacancies.change(vacancy=returned, ad=desk.ad(requirements="35岁以下"), by=desk.clerk)
    assert changed.state == State.SUBMITTED
    assert vacancies.publish(vacancy=changed, by=desk.clerk).state == State.PUBLISHED
    assert story(vacancy) == ["registered", "returned", "changed", "published"]


def test_a_return_says_why(desk):  # noqa: F811
    with pytest.raises(NotPossible, match="没有写退回的原因"):
        vacancies.return_to_employer(vacancy=desk.register(), reason="  ", by=desk.clerk)


@pytest.mark.parametrize(
    ("changes", "code", "text"),
    [
        ({"wage_low_fen": 250_000, "wage_high_fen": 300_000}, "minimum_wage", "每月2540元"),
        ({"wage_low_fen": 0, "wage_high_fen": 0}, "pay", "基本劳动报酬"),
        ({"requirements": ""}, "requirements", "招聘条件"),
        ({"duties": " "}, "duties", "工作内容"),
    ],
)
def test_what_the_rules_demand_is_told(desk, changes, code, text):  # noqa: F811
    vacancy = desk.register(**changes)
    assert [fault["code"] for fault in vacancy.faults] == [code]
    with pytest.raises(NotPossible, match=text):
        vacancies.publish(vacancy=vacancy, by=desk.clerk)


def test_wages_the_wrong_way_round_are_not_kept(desk):  # noqa: F811
    with pytest.raises(NotPossible, match="写反"):
        desk.register(wage_low_fen=600_000, wage_high_fen=450_000)
    assert not Vacancy.objects.exists()


def test_an_agent_answers_for_the_post(desk):  # noqa: F811
    with pytest.raises(NotPossible, match="经办人"):
        desk.register(contact_name="")


def test_a_change_of_words_is_checked_again_a_change_of_place_is_not(desk, heard):  # noqa: F811
    vacancy = desk.published()
    heard.clear()
    moved = vacancies.change(vacancy=vacancy, ad=desk.ad(place="光明街道8号"), by=desk.clerk)
    assert moved.state == State.PUBLISHED
    reworded = vacancies.change(vacancy=moved, ad=desk.ad(duties="分拣、打包、装车、盘点。"), by=desk.clerk)
    assert reworded.state == State.SUBMITTED
    assert heard == [events.VacancyChanged(vacancy.pk)] * 2
    assert Vacancy.objects.public().count() == 0
    same = vacancies.change(vacancy=reworded, ad=desk.ad(duties="分拣、打包、装车、盘点。"), by=desk.clerk)
    assert same.version == reworded.version, "没有变化就不动"


def test_a_change_on_an_old_page_is_refused(desk):  # noqa: F811
    vacancy = desk.register()
    vacancies.publish(vacancy=vacancy, by=desk.clerk, version=1)
    with pytest.raises(vacancies.StaleVacancy):
        vacancies.change(vacancy=vacancy, ad=desk.ad(headcount=9), by=desk.clerk, version=1)


def test_posts_are_filled_one_by_one_and_the_last_one_closes_it(desk, heard):  # noqa: F811
    vacancy = desk.published()
    vacancies.fill(vacancy=vacancy, by=desk.clerk, count=2)
    vacancy.refresh_from_db()
    assert (vacancy.state, vacancy.places_left) == (State.PUBLISHED, 1)
    assert not any(isinstance(one, events.VacancyFilled) for one in heard)
    full = vacancies.fill(vacancy=vacancy, by=desk.clerk)
    assert (full.state, full.ended_on) == (State.FILLED, TODAY)
    assert heard[-1] == events.VacancyFilled(vacancy.pk)
    with pytest.raises(NotPossible, match="已招满"):
        vacancies.fill(vacancy=vacancy, by=desk.clerk)
    back = vacancies.reopen(vacancy=full, by=desk.clerk, reason="录用的人没有来报到")
    assert (back.state, back.places_left, back.ended_on) == (State.PUBLISHED, 1, None)


def test_more_than_is_left_cannot_be_filled(desk):  # noqa: F811
    with pytest.raises(NotPossible, match="只剩3个名额"):
        vacancies.fill(vacancy=desk.published(), by=desk.clerk, count=4)


def test_fewer_posts_than_are_filled_are_refused(desk):  # noqa: F811
    vacancy = vacancies.fill(vacancy=desk.published(), by=desk.clerk, count=2)
    with pytest.raises(NotPossible, match="不能少于2人"):
        vacancies.change(vacancy=vacancy, ad=desk.ad(headcount=1), by=desk.clerk)


def test_a_vacancy_is_paused_resumed_and_withdrawn(desk):  # noqa: F811
    vacancy = vacancies.pause(vacancy=desk.published(), by=desk.clerk)
    assert not Vacancy.objects.public().exists()
    vacancy = vacancies.resume(vacancy=vacancy, by=desk.clerk)
    with pytest.raises(NotPossible, match="为什么撤下"):
        vacancies.withdraw(vacancy=vacancy, reason="", by=desk.clerk)
    gone = vacancies.withdraw(vacancy=vacancy, reason="单位不招了", by=desk.clerk)
    assert (gone.state, gone.ended_on) == (State.WITHDRAWN, TODAY)
    with pytest.raises(NotPossible, match="已撤下"):
        vacancies.change(vacancy=gone, ad=desk.ad(headcount=9), by=desk.clerk)
    assert story(gone) == ["registered", "published", "paused", "resumed", "withdrawn"]


def test_the_office_is_asked_the_day_before_and_the_vacancy_ends_by_itself(desk, frozen_time):  # noqa: F811
    vacancy = desk.published(valid_until=TODAY + dt.timedelta(days=1))
    assert vacancies_nightly.expire_due() == {"expired": 0, "asked": 1}
    task = Task.objects.get(cleared_at=None)
    assert task.title == "岗位明天到期：仓库分拣员"
    assert vacancies_nightly.expire_due() == {"expired": 0, "asked": 1}
    assert Task.objects.filter(cleared_at=None).count() == 1, "再跑一遍不多出一件"
    renewed = vacancies.renew(vacancy=vacancy, until=TODAY + dt.timedelta(days=20), by=desk.clerk)
    assert renewed.state == State.PUBLISHED
    assert not Task.objects.filter(cleared_at=None).exists()
    assert vacancies_nightly.expire_due(TODAY + dt.timedelta(days=20))["expired"] == 0, "最后一天还招"
    assert vacancies_nightly.expire_due(TODAY + dt.timedelta(days=21))["expired"] == 1
    assert vacancies_nightly.expire_due(TODAY + dt.timedelta(days=21))["expired"] == 0
    vacancy.refresh_from_db()
    assert vacancy.state == State.EXPIRED
    frozen_time.shift(dt.timedelta(days=25))
    again = vacancies.renew(vacancy=vacancy, until=TODAY + dt.timedelta(days=40), by=desk.clerk)
    assert (again.state, again.ended_on) == (State.PUBLISHED, None)


@pytest.mark.parametrize(("days", "text"), [(-1, "已经过去"), (181, "最长180天")])
def test_a_term_lies_ahead_and_not_too_far(desk, days, text):  # noqa: F811
    with pytest.raises(NotPossible, match=text):
        desk.register(valid_until=TODAY + dt.timedelta(days=days))


def test_a_task_of_an_old_version_is_cleared_too(desk):  # noqa: F811
    vacancy = desk.register()
    vacancies.change(vacancy=vacancy, ad=desk.ad(title="分拣员"), by=desk.clerk)
    assert Task.objects.filter(cleared_at=None).count() == 2
    vacancies.publish(vacancy=vacancy, by=desk.clerk)
    assert not Task.objects.filter(cleared_at=None).exists()
    assert not taskboard.clear(key=f"vacancy.check:{vacancy.pk}:1", event=vacancies.CHECKED)
