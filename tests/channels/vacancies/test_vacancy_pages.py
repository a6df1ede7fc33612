"""A vacancy through the pages: registered, put right, published, found in the list, filled, by who may."""

from __future__ import annotations

import datetime as dt
import html
import io

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from renben.engines.documents.issuing import content_of
from renben.engines.documents.models import IssuedDocument
from renben.kernel import employers
from renben.kernel.models import EmployerLicence
from renben.services.placement import vacancies
from renben.services.placement.models import Referral, Vacancy
from renben.services.placement.vacancies_ad import phone_of
from tests import build

State = Vacancy.State


def page_of(answer) -> str:
    return html.unescape(answer.content.decode())


def typed(desk, **changes) -> dict:
    """What a clerk types on the page."""
    given = {
        "title": "仓库分拣员",
        "headcount": "3",
        "duties": "按单分拣、打包、装车。",
        "requirements": "能上两班",
        "work_kind": "full",
        "wage_period": "month",
        "wage_low": "4500",
        "wage_high": "6000",
        "shift": "day",
        "region": desk.street.region_id,
        "place": "幸福路8号",
        "contact_name": "周海燕",
        "contact_phone": "13911112222",
        "source": "counter",
        "valid_until": "2026-12-20",
        "experience_years": "0",
        "insurances": ["养老", "工伤"],
        "skills": "分拣、打包",
    }
    return given | changes


def register_at(employer) -> str:
    return reverse("vacancies:register", args=[employer.pk])


def test_registered_and_published_in_one_go(desk, counter):
    found = counter.get(reverse("vacancies:new"), {"q": "顺通"})
    assert register_at(desk.employer) in found.content.decode()
    shown = page_of(counter.get(register_at(desk.employer)))
    assert "2026-12-23" in shown, "默认有效期三十天"
    assert "已看过营业执照原件" not in shown
    answer = counter.post(register_at(desk.employer), typed(desk) | {"publish": "1"}, follow=True)
    vacancy = Vacancy.objects.get()
    assert vacancy.state == State.PUBLISHED
    assert (vacancy.wage_low_fen, vacancy.month_high_fen, vacancy.skills) == (450_000, 600_000, ["分拣", "打包"])
    assert vacancy.occupation, "职业代码自动认出"
    told = page_of(answer)
    assert "已登记并发布" in told
    assert "每月4500至6000元" in told
    assert "139****2222" in told
    assert "13911112222" not in told


def test_what_keeps_it_back_is_marked_with_the_wording_beside_it(desk, counter):
    data = typed(desk, requirements="限男性，能上两班，35岁以下") | {"publish": "1"}
    told = page_of(counter.post(register_at(desk.employer), data, follow=True))
    vacancy = Vacancy.objects.get()
    assert vacancy.state == State.SUBMITTED, "登记了，没有发布"
    assert "但还不能发布" in told
    assert '<mark class="ad-must" title="性别限制">限男性' in told
    assert '<mark class="ad-hint" title="年龄">35岁以下' in told
    assert "能上两班，35岁以下" in told, "建议的文字"
    assert "《中华人民共和国就业促进法》第二十七条" in told


def test_checking_keeps_nothing_and_adopting_puts_the_suggestion_in(desk, counter):
    data = typed(desk, requirements="限男性，能上两班", benefits="包吃住，需交押金500元")
    looked = page_of(counter.post(register_at(desk.employer), data | {"check": "1"}))
    assert "检查结果（还没有保存）" in looked
    assert "用建议的文字" in looked
    assert not Vacancy.objects.exists()
    adopted = counter.post(register_at(desk.employer), data | {"adopt": "1"})
    form = adopted.context["form"]
    assert (form["requirements"].value(), form["benefits"].value()) == ("能上两班", "包吃住，")
    assert "没有发现要改的地方" in page_of(adopted)
    assert not Vacancy.objects.exists()


def test_wages_the_wrong_way_round_are_swapped_by_one_button(desk, counter):
    data = typed(desk, wage_low="6000", wage_high="4500")
    asked = page_of(counter.post(register_at(desk.employer), data))
    assert "是不是写反了" in asked
    assert 'name="swap"' in asked
    counter.post(register_at(desk.employer), data | {"swap": "1"})
    vacancy = Vacancy.objects.get()
    assert (vacancy.wage_low_fen, vacancy.wage_high_fen) == (450_000, 600_000)


def test_fifty_thousand_characters_get_a_sentence_and_stay_on_the_page(desk, counter):
    long = "装卸" * 25_000
    answer = counter.post(register_at(desk.employer), typed(desk, duties=long))
    assert answer.status_code == 422
    told = page_of(answer)
    assert "写了50000个字，最多5000个" in told
    assert long in told
    assert not Vacancy.objects.exists()


def test_a_licence_seen_in_the_original_is_recorded_with_the_post(desk, counter):
    bare = build.employer(desk.street, "北京新开张餐饮有限公司")
    refused = counter.post(register_at(bare), typed(desk))
    assert refused.status_code == 422
    assert "没有登记营业执照" in page_of(refused)
    assert "已看过营业执照原件" in page_of(refused)
    seen = typed(desk) | {"licence_seen": "on", "licence_until": "2030-01-01"}
    assert counter.post(register_at(bare), seen).status_code == 302
    licence = EmployerLicence.objects.get(employer=bare)
    assert (licence.number, licence.valid_until) == (bare.uscc, dt.date(2030, 1, 1))
    assert Vacancy.objects.get().employer == bare


def test_a_contact_on_file_is_chosen_not_typed(desk, counter):
    contact = employers.save_contact(
        employer_id=desk.employer.pk, by=None, name="钱主管", duty="人事", phone="13700001111"
    )
    assert "钱主管　137****1111" in page_of(counter.get(register_at(desk.employer)))
    data = typed(desk, contact_name="", contact_phone="", agent=str(contact.pk))
    counter.post(register_at(desk.employer), data)
    vacancy = Vacancy.objects.get()
    assert (vacancy.contact_name, phone_of(vacancy)) == ("钱主管", "13700001111")
    missing = counter.post(register_at(desk.employer), typed(desk, contact_name="", contact_phone=""))
    assert "请选择或填写单位经办人" in page_of(missing)


def test_a_change_on_an_old_page_is_not_overwritten(desk, counter):
    vacancy = desk.register()
    address = reverse("vacancies:edit", args=[vacancy.pk])
    opened = counter.get(address).context["form"]
    data = {name: opened[name].value() for name in [*typed(desk), "benefits"] if name in opened.fields} | {
        "version": opened["version"].value(), "contact_name": "周海燕", "contact_phone": "", "skills": "",
    }  # fmt: skip
    vacancies.publish(vacancy=vacancy, by=desk.clerk)
    stale = counter.post(address, data | {"headcount": "9"})
    assert stale.status_code == 409
    assert "已经有人改过" in page_of(stale)
    data["version"] = stale.context["form"]["version"].value()
    assert counter.post(address, data | {"headcount": "9"}).status_code == 302
    vacancy.refresh_from_db()
    assert (vacancy.headcount, vacancy.state, phone_of(vacancy)) == (9, State.PUBLISHED, "13911112222")


def test_the_queue_shows_the_oldest_first_and_the_return_is_written_already(desk, counter, frozen_time):
    first = desk.register(requirements="女士优先，初中以上")
    frozen_time.shift(60)
    desk.register(title="叉车工", duties="开叉车装卸货物")
    listed = counter.get(reverse("vacancies:list"), {"state": "submitted"})
    assert [row.title for row in listed.context["rows"]] == ["仓库分拣员", "叉车工"]
    assert "1 处要改" in page_of(listed)
    address = reverse("vacancies:return", args=[first.pk])
    asked = counter.get(address)
    assert "“要求”里的“女士优先”属于性别限制" in page_of(asked)
    counter.post(address, {"reason": asked.context["form"]["reason"].value(), "version": first.version})
    first.refresh_from_db()
    assert first.state == State.RETURNED
    assert "女士优先" in page_of(counter.get(reverse("vacancies:vacancy", args=[first.pk])))


def test_publish_pause_resume_renew_fill_withdraw_by_the_buttons(desk, counter):
    vacancy = desk.register()

    def press(name: str, **data) -> str:
        vacancy.refresh_from_db()
        data = {"version": vacancy.version} | data
        return page_of(counter.post(reverse(f"vacancies:{name}", args=[vacancy.pk]), data, follow=True))

    assert "已发布" in press("publish")
    assert "已暂停" in press("pause")
    assert "已恢复招聘" in press("resume")
    assert "已延长到2027年01月10日" in press("renew", until="2027-01-10")
    assert "还有2个名额" in press("fill", count="1")
    assert "还有3个名额" in press("reopen", count="1", reason="没来报到")
    assert "已招满" in press("fill", count="3")
    vacancy.refresh_from_db()
    assert vacancy.state == State.FILLED
    assert "不能撤下" in press("withdraw", reason="不招了")
    story = page_of(counter.get(reverse("vacancies:vacancy", args=[vacancy.pk])))
    assert all(word in story for word in ("登记", "发布", "暂停", "恢复招聘", "延长有效期", "招到人", "退回名额"))


def test_filters_search_and_export_give_the_same_rows(desk, counter):
    desk.published(valid_until=dt.date(2026, 11, 25))
    desk.register(
        desk.firm("北京同文印刷有限公司"), title="会计", duties="做账报税", work_kind="part", wage_high_fen=900_000
    )

    def titles(**query) -> list[str]:
        return [row.title for row in counter.get(reverse("vacancies:list"), query).context["rows"]]

    assert sorted(titles()) == ["仓库分拣员", "会计"]
    assert titles(q="分拣") == ["仓库分拣员"]
    assert titles(q="同文印刷") == ["会计"]
    assert titles(ends="soon") == ["仓库分拣员"]
    assert titles(ends="left") == ["仓库分拣员"]
    assert titles(work_kind="part") == ["会计"]
    assert titles(q=Vacancy.objects.get(title="会计").number.lower()) == ["会计"]
    assert titles(q="没有的岗位") == []
    file = counter.post(reverse("vacancies:export"), {"q": "分拣"})
    rows = CalamineWorkbook.from_filelike(io.BytesIO(file.content)).get_sheet_by_index(0).to_python()
    assert rows[1][:4] == ["登记号", "单位名称", "信用代码", "岗位名称"]
    assert [row[3] for row in rows[2:] if row[3]] == ["仓库分拣员"]


def test_another_street_sees_what_is_published_and_changes_nothing(desk, sign_in):
    waiting, public = desk.register(), desk.published(title="叉车工", duties="开叉车装卸货物")
    other = sign_in(desk.place.staff("counter", desk.place.streets[1], "赵敏"))
    assert other.get(reverse("vacancies:vacancy", args=[waiting.pk])).status_code == 404
    shown = other.get(reverse("vacancies:vacancy", args=[public.pk]))
    assert shown.status_code == 200
    assert "撤下" not in page_of(shown)
    assert "经过" not in page_of(shown)
    assert other.post(reverse("vacancies:pause", args=[public.pk]), {}).status_code == 404
    assert list(other.get(reverse("vacancies:list")).context["rows"]) == []


def test_a_community_worker_registers_and_the_street_approves(desk, sign_in):
    village = desk.place.villages[0]
    firm = desk.firm("胜利一社区便利店", organization=village)
    worker = sign_in(desk.place.staff("community_worker", village, "周村"))
    shown = page_of(worker.get(register_at(firm)))
    assert "登记并发布" not in shown
    worker.post(register_at(firm), typed(desk) | {"publish": "1"})
    vacancy = Vacancy.objects.get()
    assert (vacancy.state, vacancy.organization) == (State.SUBMITTED, village)
    assert worker.post(reverse("vacancies:publish", args=[vacancy.pk]), {}).status_code == 403


def test_who_was_recommended_stands_on_the_page_masked(desk, counter):
    vacancy = desk.published()
    for office, village, name in ((desk.street, 0, "李建国"), (desk.place.streets[1], 2, "王秀兰")):
        Referral.objects.create(
            person=build.person(desk.place.villages[village], name),
            vacancy=vacancy,
            organization=office,
            made_on=dt.date(2026, 11, 20),
            recorded_at=dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC),
        )
    told = page_of(counter.get(reverse("vacancies:vacancy", args=[vacancy.pk])))
    assert "李*国" in told or "李**" in told
    assert "王" + "秀兰" not in told
    assert "别的街（镇）推荐了 1 人" in told


def test_the_trade_is_chosen_of_five(desk, counter):
    vacancy = desk.register()
    guesses = counter.get(reverse("vacancies:vacancy", args=[vacancy.pk])).context["guesses"]
    assert 1 <= len(guesses) <= 5
    counter.post(reverse("vacancies:occupation", args=[vacancy.pk]), {"code": guesses[-1].code})
    vacancy.refresh_from_db()
    assert (vacancy.occupation, vacancy.occupation_chosen) == (guesses[-1].code, True)
    assert "没有这个职业代码" in page_of(
        counter.post(reverse("vacancies:occupation", args=[vacancy.pk]), {"code": "x"}, follow=True)
    )


def test_the_notice_is_printed_from_what_is_on_file(desk, counter):
    vacancy = desk.published()
    answer = counter.post(reverse("vacancies:notice", args=[vacancy.pk]))
    paper = IssuedDocument.objects.get()
    assert answer.url == reverse("cases:document", args=[paper.pk])
    assert paper.form == "招聘简章"
    assert content_of(paper)["number"] == vacancy.number
    assert content_of(paper)["jobs"] == [
        {
            "job": "仓库分拣员",
            "openings": 3,
            "requirement": "能上两班，初中以上。",
            "pay": "每月4500至6000元",
            "place": "胜利街道幸福路8号",
        }
    ]
    counter.post(reverse("vacancies:notice", args=[vacancy.pk]))
    assert IssuedDocument.objects.count() == 1, "内容没变不重复签发"


@pytest.mark.parametrize("name", ["return", "renew", "fill", "reopen", "withdraw"])
def test_each_act_that_asks_has_its_page(desk, counter, name):
    vacancy = desk.published()
    shown = counter.get(reverse(f"vacancies:{name}", args=[vacancy.pk]))
    assert shown.status_code == 200
    assert "仓库分拣员" in page_of(shown)


def test_the_employers_file_shows_its_posts_running_ones_first(desk, counter):
    over = desk.published()
    vacancies.withdraw(vacancy=over, reason="不招了", by=desk.clerk)
    desk.register(title="叉车工", duties="开叉车装卸货物")
    shown = counter.get(reverse("employers:file", args=[desk.employer.pk]), {"tab": "vacancies"})
    assert [row.title for row in shown.context["vacancies"]] == ["叉车工", "仓库分拣员"]
    assert register_at(desk.employer) in page_of(shown)
