"""找人 on screen: one box for names and for work, demands widened aloud, never another street's person, the same in the workbook."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest

from renben.engines.search import changes
from renben.services.placement.models import Seeker, SeekerWish
from tests import build

pytestmark = pytest.mark.django_db


def text_of(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


@pytest.fixture
def people(district, looking):
    """Three of the first street; one of another, who wants the same."""
    made = {
        "甲一": looking("包装工", person=build.person(district.village, "甲一", education="60"), skills=("剪羊毛",)),
        "乙二": looking("保洁员", person=build.person(district.village, "乙二", education="70"), accepts_nights=True),
        "丙三": looking(
            "仓库保管员", person=build.person(district.village, "丙三", education="21"), visibility="masked"
        ),
        "丁四": looking("包装工", person=build.person(district.other, "丁四"), organization=district.other),
    }
    SeekerWish.objects.filter(seeker=made["丙三"]).update(wage_min_fen=900_000)
    changes.rebuild("seekers")
    return made


def shown(answer) -> set[str]:
    said = text_of(answer)
    return {pk for pk in Seeker.objects.values_list("pk", flat=True) if f"/seekers/{pk}/" in said}


def of(people, *names: str) -> set[int]:
    return {people[name].pk for name in names}


def test_one_box_finds_names_and_work(district, street, people):
    assert shown(street.get("/seekers/", {"q": "乙二"})) == of(people, "乙二")
    by_work = street.get("/seekers/", {"q": "剪羊毛"})
    assert shown(by_work) == of(people, "甲一")
    assert "求职中的人里找到 1 人" in text_of(by_work)
    assert people["丙三"].pk in shown(street.get("/seekers/", {"q": "cangku"}))


def test_somebody_called_like_a_trade_hides_nobody(district, street, people, looking):
    looking("司机", person=build.person(district.village, "保洁员"))
    by_name = text_of(street.get("/seekers/", {"q": "保洁员"}))
    assert "按姓名、证件号找到的" in by_name and "by=words" in by_name
    assert people["乙二"].pk in shown(street.get("/seekers/", {"q": "保洁员", "by": "words"}))


def test_another_street_is_never_shown_nor_counted(district, street, enter, people):
    for asked in ({"q": "包装工"}, {"q": "量子引力"}, {"wage": "8000"}, {"q": "丁四"}, {"nights": "on"}):
        assert people["丁四"].pk not in shown(street.get("/seekers/", asked)), asked
    assert shown(enter(district.other_clerk).get("/seekers/", {"q": "包装工"})) == of(people, "丁四")


def test_demands_are_met_or_given_up_aloud(district, street, people):
    assert shown(street.get("/seekers/", {"nights": "on"})) == of(people, "乙二")
    assert shown(street.get("/seekers/", {"education": "20"})) == of(people, "丙三")
    assert shown(street.get("/seekers/", {"wage": "5000"})) == of(people, "甲一", "乙二")
    widened = text_of(street.get("/seekers/", {"q": "仓库保管员", "wage": "5000"}))
    assert "已去掉“月工资5000元能接受”" in widened and f"/seekers/{people['丙三'].pk}/" in widened
    assert "不要求“月工资5000元能接受”" in widened
    assert "按职业找" in widened


def test_a_trade_may_be_chosen_and_left_out_again(district, street, people):
    code = SeekerWish.objects.get(seeker=people["乙二"]).occupation
    said = text_of(street.get("/seekers/", {"occupation": code}))
    assert "只看“保洁员”" in said and "不限职业" in said
    assert shown(street.get("/seekers/", {"occupation": code})) == of(people, "乙二")


def test_an_identity_number_nobody_has_finds_nobody(street, people):
    assert "没有符合条件的求职登记" in text_of(street.get("/seekers/", {"q": "110113198001010019"}))


def test_other_states_are_looked_for_as_written(district, street, people):
    Seeker.objects.filter(pk=people["乙二"].pk).update(state="placed", ended_on=dt.date(2026, 11, 20))
    asked = {"q": "保洁", "state": "placed", "nights": "on", "wage": "2500", "education": "60"}
    assert shown(street.get("/seekers/", asked | {"education": ""})) == of(people, "乙二")
    assert "没有符合条件的求职登记" in text_of(street.get("/seekers/", asked)), "lower secondary is less than asked"


def test_the_workbook_has_who_is_on_the_page(district, street, people):
    page = text_of(street.get("/seekers/", {"q": "剪羊毛"}))
    assert 'name="q" value="剪羊毛"' in page
    said = _sheet(street.post("/seekers/export/", {"q": "剪羊毛"}))
    assert "甲一" in said and "丙三" not in said and "乙二" not in said


def test_the_office_chosen_holds_in_the_workbook_too(district, enter, people):
    centre = enter(build.staff("counter", district.centre, "周区"))
    page = text_of(centre.get("/seekers/", {"office": district.other.pk}))
    assert f'name="office" value="{district.other.pk}"' in page, "the name would be refused and everybody exported"
    said = _sheet(centre.post("/seekers/export/", {"office": district.other.pk}))
    assert "丁四" in said and "甲一" not in said


def _sheet(answer) -> str:
    assert answer.status_code == 200
    rows = openpyxl.load_workbook(io.BytesIO(b"".join(answer))).active.values
    return "\n".join(" ".join(str(cell) for cell in row if cell is not None) for row in rows)
