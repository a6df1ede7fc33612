"""职业指导培训补贴 at the district, worked through the pages: who does not count, who is called, what an untrue answer changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from renben.engines.procedures import actions, definitions
from renben.kernel.people import full_number
from renben.services.support.grants.guidance import people_of
from renben.services.support.grants.models import GuidanceClaim
from renben.services.support.grants.sampling import draw
from tests import build
from tests.robot.clerk import Clerk, Stuck, current
from tests.robot.handing import act
from tests.services.support.standards import put_in_force

CATALOG = Path(__file__).resolve().parents[2] / "catalog"
NAMES = [
    "王秀英",
    "李桂兰",
    "张玉珍",
    "刘淑华",
    "陈凤英",
    "赵玉兰",
    "孙秀珍",
    "周桂英",
    "吴秀兰",
    "郑桂荣",
    "冯玉梅",
    "褚淑芬",
]

pytestmark = [pytest.mark.pages, pytest.mark.django_db]


@pytest.fixture
def place():
    made = build.district()
    definitions.sync_definitions(CATALOG)
    return made


def lines(place, names=NAMES) -> list[dict]:
    people = [build.person(place.villages[0], name, "F") for name in names]
    return [
        {"name": one.name, "id_number": full_number(one), "guided_on": "2026-11-20", "hours": "2"} for one in people
    ]


def begun(place, guided) -> tuple[Clerk, object, GuidanceClaim]:
    """A claim whose papers were reviewed."""
    clerk = Clerk(wanted={"institution": "胜利街道社会保障事务所", "guided": guided})
    case = clerk.start(current("Q-1.3.7"), place.centre)
    act(clerk, case, "review")
    return clerk, case, GuidanceClaim.objects.get(case=case)


def answered(case, answer: str = "yes") -> list[dict]:
    return [call | {"called_on": "2026-11-23", "answer": answer} for call in case.data["calls"]]


def said(answer: str, once: str) -> dict:
    return {"answer": answer, "on": "2026-11-23", "_once": once}


def test_a_tenth_is_drawn_by_a_seed_on_record_and_the_draw_can_be_done_again(place):
    clerk, case, claim = begun(place, lines(place))
    assert (claim.sample_size, claim.share_percent, len(case.data["calls"])) == (2, 10, 2), "十二人的一成进一是两人"
    keys = [row.key for row in people_of(claim)]
    assert [f"{call['name']}:{call['tail']}" for call in case.data["calls"]] == draw(keys, claim.seed)[:2]
    client = clerk.client_at(place.centre)
    shown = client.get(f"/grants/guidance/{claim.pk}/").text
    assert claim.seed in shown and "没有现行标准，先只报人数" in shown and shown.count("</select>") == 2
    assert "胜利街道社会保障事务所" in client.get("/grants/guidance/", {"q": "胜利"}).text
    assert client.post("/grants/guidance/export/", {}).status_code == 200


def test_who_does_not_count_is_told_with_the_reason(place):
    guided = lines(place, NAMES[:4])
    guided[0]["id_number"] = build.resident_id()
    guided[1]["name"] = "别的名字"
    guided[2]["hours"] = "1.5"
    _, case, claim = begun(place, guided)
    assert case.data["reviewed_people"] == 1
    for said in ("没有这个证件号码的档案", "姓名与系统里", "不到2小时"):
        assert said in case.data["rejected_reason"]
    assert claim.sample_size == 1


def test_nobody_is_taught_at_two_places_on_one_day(place):
    guided = lines(place, NAMES[:2])
    begun(place, guided)
    other_day = [guided[0] | {"guided_on": "2026-11-19"}, guided[1]]
    clerk = Clerk(wanted={"institution": "光明街道社会保障事务所", "guided": other_day})
    by = place.staff("first_review", place.centre)
    case = actions.start(procedure_id="Q-1.3.7", organization=place.centre, by=by)
    act(clerk, case, "review")
    assert case.data["reviewed_people"] == 1, "另一天的算"
    assert "已在“胜利街道社会保障事务所”的申报里" in case.data["rejected_reason"]
    assert "136号" in case.data["rejected_reason"], "依据写着"


def test_nobody_who_counts_is_no_claim(place):
    guided = lines(place, NAMES[:1])
    guided[0]["hours"] = "1"
    with pytest.raises(Stuck, match="不到2小时"):
        begun(place, guided)
    assert not GuidanceClaim.objects.exists()


def test_only_those_drawn_are_called_and_all_of_them(place):
    clerk, case, claim = begun(place, lines(place))
    order = sorted((row for row in people_of(claim)), key=lambda row: row.place)
    stranger = {"name": order[-1].name, "tail": "0000", "called_on": "2026-11-23", "answer": "yes"}
    clerk.wanted["calls"] = [*answered(case)[:1], stranger]
    with pytest.raises(Stuck, match="不在可抽查的名单里"):
        act(clerk, case, "phone_check")
    clerk.wanted["calls"] = answered(case)[:1]
    with pytest.raises(Stuck, match=f"还要打给{order[1].name}"):
        act(clerk, case, "phone_check")
    unreached = [answered(case)[0], answered(case)[1] | {"answer": "unreached"}]
    clerk.wanted["calls"] = unreached
    with pytest.raises(Stuck, match=f"还要打给{order[2].name}"):
        act(clerk, case, "phone_check")
    third = {"name": order[2].name, "tail": order[2].tail, "called_on": "2026-11-23", "answer": "yes"}
    clerk.wanted["calls"] = [*unreached, third]
    act(clerk, case, "phone_check")
    claim.refresh_from_db()
    assert claim.state == "passed"


def test_an_untrue_answer_returns_the_claim_doubles_the_share_and_is_struck_from_the_money(place):
    put_in_force(place, "guidance.subsidy_per_head", 100)
    clerk, case, claim = begun(place, lines(place))
    assert claim.amount_fen == 12 * 10000 == case.data["reviewed_amount"]
    untrue = case.data["calls"][1]["name"]
    row, away = claim.people.get(name=untrue), claim.people.filter(place=12).get()
    client = clerk.client_at(place.centre)
    told = client.post(f"/grants/guidance/calls/{away.pk}/", said("yes", "away"), follow=True).text
    assert f"{away.name}没有抽到" in told
    told = client.post(f"/grants/guidance/calls/{row.pk}/", said("no", "row"), follow=True).text
    assert "下次抽查比例加倍" in told
    clerk.wanted["calls"] = [answered(case)[0], answered(case)[1] | {"answer": "no"}]
    with pytest.raises(Stuck, match="整批退回"):
        act(clerk, case, "phone_check")
    clerk.outcomes["Q-1.3.7/phone_check"] = "returned"
    act(clerk, case, "phone_check")
    del clerk.outcomes["Q-1.3.7/phone_check"]
    seed = claim.seed
    act(clerk, case, "review")
    claim.refresh_from_db()
    assert (claim.round, claim.share_percent, claim.sample_size) == (2, 20, 3), "十一人的两成进一是三人"
    again = client.post(f"/grants/guidance/calls/{row.pk}/", said("yes", "late"), follow=True).text
    assert "已经办结" in again, "上一次的答复改不了"
    assert claim.seed != seed and claim.amount_fen == 11 * 10000
    assert untrue in case.data["rejected_reason"] and untrue not in [call["name"] for call in case.data["calls"]]
    clerk.wanted["calls"] = answered(case)
    clerk.outcomes["Q-1.3.7/phone_check"] = "passed_alone"
    act(clerk, case, "phone_check", "report")
    assert (case.data["total_units"], case.data["total_people"], case.data["total_amount"]) == (1, 11, 110000)
    claim.refresh_from_db()
    assert claim.reported_in == case, "报过的不再报"


def reported(place, names=NAMES[:2]) -> tuple[Clerk, object, GuidanceClaim]:
    """A claim that passed and was reported by itself."""
    clerk, case, claim = begun(place, lines(place, names))
    clerk.wanted["calls"] = answered(case)
    clerk.outcomes["Q-1.3.7/phone_check"] = "passed_alone"
    clerk.wanted["total_amount"] = ""
    act(clerk, case, "phone_check", "report")
    claim.refresh_from_db()
    return clerk, case, claim


def account(unit: str, people: int, amount: str, **changes) -> dict:
    row = {"unit": unit, "account_name": unit, "bank": "农商行", "account_number": "0200000000001234"}
    return row | {"people": str(people), "amount": amount} | changes


UNIT = "胜利街道社会保障事务所"


def test_without_a_standard_people_are_reported_and_only_the_money_waits(place):
    clerk, case, claim = reported(place)
    assert (case.data["total_people"], claim.reported_in) == (2, case)
    client = clerk.client_at(place.centre)
    shown = client.get("/grants/guidance/payments/").text
    assert "缺补贴标准" in shown and "136号文件的数额没有找到" in shown and UNIT in shown
    clerk.wanted["account_list"] = [account(UNIT, 2, "")]
    with pytest.raises(Stuck, match="缺补贴标准"):
        act(clerk, case, "accounts")
    put_in_force(place, "guidance.subsidy_per_head", 100)
    clerk.wanted["account_list"] = [account(UNIT, 2, "200.00")]
    act(clerk, case, "accounts")
    claim.refresh_from_db()
    assert claim.amount_fen == 20000 == case.data["total_amount"], "the standard that came later counts"
    shown = client.get("/grants/guidance/payments/").text
    assert "缺补贴标准" not in shown and "200.00" in shown and "尾号 1234" in shown and "0200000000001234" not in shown
    assert client.post("/grants/guidance/payments/export/", {}).status_code == 200


def test_the_list_is_that_of_the_claims_and_the_account_is_known_the_next_time(place):
    put_in_force(place, "guidance.subsidy_per_head", 100)
    clerk, case, _ = reported(place)
    shown = clerk.client_at(place.centre).get(f"/cases/{case.pk}/", {"step": "accounts"}).text
    assert f'value="{UNIT}"' in shown and 'value="200.00"' in shown, "people and amount are not typed"
    for wrong in (
        [account(UNIT, 3, "200.00")],
        [account(UNIT, 2, "300.00")],
        [account(UNIT, 2, "200.00")] * 2,
        [account(UNIT, 2, "200.00", bank="")],
        [account(UNIT, 2, "200.00"), account("没有上报的单位", 1, "100.00")],
    ):
        clerk.wanted["account_list"] = wrong
        with pytest.raises(Stuck, match="应为2人|写了两遍|不在这一期|还没有填开户行"):
            act(clerk, case, "accounts")
    clerk.wanted["account_list"] = [account(UNIT, 2, "200.00")]
    act(clerk, case, "accounts")
    by = place.staff("first_review", place.centre)
    second = actions.start(procedure_id="Q-1.3.7", organization=place.centre, by=by)
    clerk.wanted |= {"guided": lines(place, NAMES[3:5])}
    act(clerk, second, "review")
    clerk.wanted["calls"] = answered(second)
    act(clerk, second, "phone_check", "report")
    shown = clerk.client_at(place.centre).get(f"/cases/{second.pk}/", {"step": "accounts"}).text
    assert 'value="0200000000001234"' in shown and 'value="农商行"' in shown
