"""求职登记 on screen: one page from what is known, found again, renewed, ended; a slip of the keys loses nothing."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from renben.engines.documents import issuing
from renben.engines.documents.models import IssuedDocument
from renben.kernel import clock
from renben.kernel.models import AuditEvent, LabourSpell
from renben.services.placement import seekers_acts
from renben.services.placement.models import Seeker
from tests import build

pytestmark = pytest.mark.django_db

GIVEN = {
    "w1-title": "仓库保管员", "w1-wage": "4500", "w1-regions": ["110113002000"], "w2-title": "", "w3-title": "",
    "seeker_class": "general", "skills": "开叉车，用表格、开叉车", "experience_years": "6", "visibility": "masked",
    "history": "2015年3月至今　北京某纺织有限公司　挡车工", "needs": ["seated"],
}  # fmt: skip


def text_of(answer, *statuses: int) -> str:
    assert answer.status_code in (statuses or (200,)), answer.status_code
    return answer.content.decode()


def worked(person) -> None:
    LabourSpell.objects.create(
        person=person, status="employed", start_on=dt.date(2015, 3, 1), end_on=dt.date(2026, 10, 30),
        employer_name="北京某纺织有限公司", occupation="挡车工", source="archive", recorded_at=clock.now(),
    )  # fmt: skip


def test_from_the_file_to_a_registration_in_one_page(district, street):
    person = build.person(district.village, education="60")
    worked(person)
    file = text_of(street.get(f"/people/{person.pk}/"))
    assert f"/seekers/new/{person.pk}/" in file
    shown = text_of(street.get(f"/seekers/new/{person.pk}/"))
    assert "北京某纺织有限公司　挡车工" in shown and 'value="11"' in shown, "the job and the years are filled in"
    assert "陪同面试" in shown, "what follows for a difficult seeker"
    done = text_of(street.post(f"/seekers/new/{person.pk}/", GIVEN, follow=True))
    seeker = Seeker.objects.get()
    assert seeker.number in done and "光明街道" in done and "4,500.00" in done
    assert (seeker.skills, seeker.visibility, seeker.needs) == (["开叉车", "用表格"], "masked", ["seated"])
    assert seeker.organization == district.street
    file = text_of(street.get(f"/people/{person.pk}/"))
    assert "求职登记：求职中" in file and f"/seekers/new/{person.pk}/" not in file


def test_a_slip_gets_a_sentence_and_loses_nothing(district, street):
    person = build.person(district.village)
    bad = GIVEN | {"w1-title": "", "w1-wage": "450000", "seeker_class": "difficult", "about": "每天要接孩子"}
    answer = street.post(f"/seekers/new/{person.pk}/", bad)
    shown = text_of(answer, 422)
    assert "请至少选一项困难原因" in shown and "每天要接孩子" in shown and "450000" in shown
    nothing = text_of(
        street.post(f"/seekers/new/{person.pk}/", GIVEN | {"w1-title": "", "w1-wage": "", "w1-regions": []}), 422
    )
    assert "还没有写想干的工作" in nothing and "挡车工" in nothing
    long = text_of(street.post(f"/seekers/new/{person.pk}/", GIVEN | {"skills": "很" * 40}), 422)
    assert "每项不超过32个字" in long
    assert not Seeker.objects.exists()


def test_too_young_is_told_with_the_article_and_no_form(district, street):
    person = build.person(district.village, birth_on=dt.date(2012, 5, 1))
    shown = text_of(street.get(f"/seekers/new/{person.pk}/"))
    assert "劳动法" in shown and "职业培训" in shown and 'name="w1-title"' not in shown
    street.post(f"/seekers/new/{person.pk}/", GIVEN)
    assert not Seeker.objects.exists()


def test_the_station_registers_its_own_and_not_the_next_streets(district, enter):
    station = enter(district.worker)
    own = build.person(district.village)
    strange = build.person(district.other)
    text_of(station.post(f"/seekers/new/{own.pk}/", GIVEN, follow=True))
    assert Seeker.objects.get().organization == district.village
    assert station.get(f"/seekers/new/{strange.pk}/").status_code == 404


def test_two_clerks_and_one_registration(district, street, looking):
    seeker = looking()
    page = f"/seekers/{seeker.pk}/edit/"
    assert 'name="version" value="1"' in text_of(street.get(page))
    text_of(street.post(page, GIVEN | {"version": "1", "about": "先存的"}, follow=True))
    late = text_of(street.post(page, GIVEN | {"version": "1", "about": "后存的"}), 409)
    assert "别的同事改过" in late and "后存的" in late and 'name="version" value="2"' in late
    seeker.refresh_from_db()
    assert seeker.about == "先存的"


def test_the_list_finds_by_name_wish_and_number_and_only_in_the_territory(district, street, enter, looking):
    seeker = looking("叉车司机")
    other = enter(district.other_clerk)
    for words in ("叉车", "李建国", seeker.number.lower()):
        assert f"/seekers/{seeker.pk}/" in text_of(street.get("/seekers/", {"q": words})), words
        assert f"/seekers/{seeker.pk}/" not in text_of(other.get("/seekers/", {"q": words})), words
    assert "没有与“厨师”相近的" in text_of(street.get("/seekers/", {"q": "厨师"}))
    assert "没有符合条件" in text_of(street.get("/seekers/", {"state": "lapsed"}))
    assert other.get(f"/seekers/{seeker.pk}/").status_code == 404


def test_the_list_costs_the_same_for_one_and_for_twenty(district, street, looking):
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            text_of(street.get("/seekers/"))
        return len(caught)

    looking(person=build.person(district.village, birth_on=dt.date(1980, 1, 1)))
    street.get("/seekers/")
    one = cost()
    for year in range(1981, 1992):
        looking("保安", "保洁", person=build.person(district.village, birth_on=dt.date(year, 1, 1)))
    assert cost() == one


def test_renewed_and_ended_from_the_page(district, street, looking):
    seeker = looking(on=dt.date(2026, 8, 26))
    shown = text_of(street.get(f"/seekers/{seeker.pk}/"))
    assert "快到期了" in shown
    done = text_of(street.post(f"/seekers/{seeker.pk}/renew/", follow=True))
    assert "2027年02月22日" in done and "快到期了" not in done
    answer = street.post(f"/seekers/{seeker.pk}/withdraw/", {"reason": "other", "other": ""})
    assert "请写明为什么不找了" in text_of(answer, 422)
    done = text_of(street.post(f"/seekers/{seeker.pk}/withdraw/", {"reason": "自己找到工作了"}, follow=True))
    assert "不再求职：自己找到工作了" in done and "重新登记" in done
    assert "已经结束" in text_of(street.post(f"/seekers/{seeker.pk}/renew/", follow=True))


def test_the_export_holds_what_the_filter_shows(district, street, looking):
    seeker = looking("叉车司机", seeker_class="difficult", difficulties=("care",))
    looking("厨师", person=build.person(district.village, "张梅", "F", birth_on=dt.date(1990, 2, 2)))
    answer = street.post("/seekers/export/", {"q": "叉车"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
    assert [row[0] for row in rows if row[1]] == [seeker.number]
    assert rows[0][6] == "要照顾老人、小孩或病人" and seeker.person.id_masked == rows[0][2]


def test_a_wish_whose_title_stays_keeps_its_occupation(district, street, looking):
    seeker = looking("仓库保管员")
    seeker.wishes.update(occupation="4-02-06-01", confidence=80, occupation_chosen=True)
    text_of(street.post(f"/seekers/{seeker.pk}/edit/", GIVEN | {"version": "1"}, follow=True))
    assert seekers_acts.wishes_of(seeker)[0].occupation == "4-02-06-01"
    text_of(street.post(f"/seekers/{seeker.pk}/edit/", GIVEN | {"version": "2", "w1-title": "厨师"}, follow=True))
    assert not seekers_acts.wishes_of(seeker)[0].occupation_chosen


def test_the_machine_names_the_trade_and_the_person_chooses_another(district, street, looking):
    seeker = looking("库管员")
    wish = seeker.wishes.get()
    assert wish.occupation == "4-02-06-01" and 0 < wish.confidence <= 100 and not wish.occupation_chosen
    shown = text_of(street.get(f"/seekers/{seeker.pk}/"))
    assert "按“仓储管理员”匹配（系统认的，把握" in shown and "理货员" in shown
    other = text_of(street.get(f"/seekers/{seeker.pk}/", {"wish": wish.pk, "words": "开叉车"}))
    assert "“开叉车”是哪种职业" in other
    page = f"/seekers/{seeker.pk}/occupation/"
    done = text_of(street.post(page, {"wish": wish.pk, "code": "4-02-06-02"}, follow=True))
    assert "按“理货员”匹配（已选定）" in done
    assert "没有这个职业代码" in text_of(street.post(page, {"wish": wish.pk, "code": "9-99-99-99"}, follow=True))
    assert "没有这个职业代码" in text_of(street.post(page, {"wish": wish.pk}, follow=True))
    for strange in ("0", "²", "9" * 30, "-1"):
        answer = text_of(street.post(page, {"wish": strange, "code": "4-02-06-02"}, follow=True))
        assert "刚刚改过" in answer, strange


def test_words_nobody_knows_are_no_dead_end(district, street, looking):
    seeker = looking("☆☆☆")
    assert seeker.wishes.get().occupation == ""
    assert "换个说法试试" in text_of(street.get(f"/seekers/{seeker.pk}/"))


def test_the_form_is_printed_from_the_rows_and_once(district, street, looking):
    seeker = looking("仓库保管员", skills=("开叉车",), history="做过五年库管")
    first = street.post(f"/seekers/{seeker.pk}/form/")
    again = street.post(f"/seekers/{seeker.pk}/form/")
    paper = IssuedDocument.objects.get(form="求职登记表")
    assert first.url == again.url == f"/cases/documents/{paper.pk}.pdf"
    printed = issuing.content_of(paper)
    assert (printed["number"], printed["wanted_job"], printed["skills"]) == (seeker.number, "仓库保管员", "开叉车")
    assert printed["id_number"] and printed["registered_on"] == "2026-11-23"
    assert street.get(first.url)["Content-Type"] == "application/pdf"


def test_the_resume_shows_what_the_person_wants_shown_and_no_more(district, street, looking):
    from docx import Document

    seeker = looking("仓库保管员", history="某厂 <挡车工> & 班长", about="住得近", skills=("开叉车",))
    number = build.people.full_number(seeker.person)
    shown = text_of(street.get(f"/seekers/{seeker.pk}/"))
    assert 'value="age">' in shown.replace(" checked", "") and 'id="show-age" value="age" checked' not in shown
    page = f"/seekers/{seeker.pk}/resume/"

    def words(**asked) -> str:
        answer = street.get(page, {"fmt": "docx", **asked})
        assert answer.status_code == 200 and "attachment" in answer["Content-Disposition"]
        return "\n".join(line.text for line in Document(io.BytesIO(answer.content)).paragraphs)

    everything = words(show=["phone", "age", "sex", "wishes", "history", "skills", "about"])
    for told in ("李建国", "13800001234", "41岁", "男", "仓库保管员", "某厂 <挡车工> & 班长", "开叉车", "住得近"):
        assert told in everything, told
    assert number not in everything
    little = words(show=["wishes", "id_number"])
    assert "仓库保管员" in little
    for hidden in ("13800001234", "41岁", "挡车工", "住得近", number, "{", "%"):
        assert hidden not in little, hidden
    pdf = street.get(page, {"fmt": "pdf", "show": ["phone"]})
    assert pdf.content.startswith(b"%PDF") and pdf["Content-Type"] == "application/pdf"
    assert AuditEvent.objects.filter(subject__contains=str(seeker.person_id)).exists()
