"""回访联系: follow-ups and open rounds in one list, each with its count and a way to record it."""

from __future__ import annotations

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from renben.engines.procedures import actions, definitions
from renben.engines.procedures.contracts import Done
from renben.engines.procedures.models import Case, CaseStep
from tests import build

from .test_cases import signed_in, step

pytestmark = pytest.mark.django_db
GUIDED = {"guidance_way": "visit", "guidance_note": "店面已租好，等执照"}


@pytest.fixture
def world():
    made = build.district()
    definitions.sync_definitions()
    return made


@pytest.fixture
def worker(world):
    return build.staff("case_worker", world.streets[0], "赵敏")


def startup(world, worker, name="周立", certified="2026-09-10") -> Case:
    """Somebody with a certificate of 10 September who was visited once."""
    person = build.person(world.villages[0], name)
    case = actions.start(procedure_id="J-5.4.4", organization=world.streets[0], by=worker, person=person)
    data = GUIDED | {"certificate_on": certified, "startup_certificate_number": "SYCY-1", "guided_on": "2026-11-23"}
    answer = actions.act(step_id=step(case, "track").pk, outcome="guided", by=worker, data=data)
    assert isinstance(answer, Done), answer
    return case


def listed(client, **query) -> str:
    return client.get(reverse("cases:follow_ups"), query).text


def test_a_round_stands_with_its_count_and_leads_to_its_step(world, worker):
    case, client = startup(world, worker), signed_in(worker)
    page = listed(client)
    assert "创业跟踪指导 · 跟踪指导" in page and "第2次，共6次" in page
    assert f"/cases/{case.pk}/?step=track" in page
    assert "周立" not in page, "names in a list are masked"
    assert "第2次，共6次" in listed(client, show="late"), "the second month ended on 10 November"


def test_the_case_page_tells_how_far_it_is_and_what_was_said_before(world, worker):
    case, client = startup(world, worker), signed_in(worker)
    page = client.get(reverse("cases:case", kwargs={"pk": case.pk})).text
    assert "第2次，共6次。已做1次，到今天应做2次。" in page
    assert "店面已租好，等执照" in page, "the first visit stands under the form"
    assert 'name="guidance_note"' in page and 'name="certificate_on"' not in page
    assert '<textarea name="guidance_note"' in page.replace("\n", "")
    row = step(case, "track")
    data = {"outcome": "guided", "_once": "a", "guided_on": "2026-11-23", **GUIDED}
    answer = client.post(reverse("cases:act", kwargs={"pk": case.pk, "step_id": row.pk}), data, follow=True)
    assert "下一次是第3次，共6次，不晚于2026年12月10日。" in answer.text
    twice = client.post(reverse("cases:act", kwargs={"pk": case.pk, "step_id": row.pk}), {**data, "_once": "b"})
    assert twice.status_code == 302
    assert CaseStep.objects.filter(case=case, key="track").count() == 3


def test_a_round_before_its_time_asks_for_words_and_keeps_what_was_typed(world, worker):
    case, client = startup(world, worker, certified="2026-11-20"), signed_in(worker)
    url = reverse("cases:act", kwargs={"pk": case.pk, "step_id": step(case, "track").pk})
    assert 'name="reason"' in client.get(reverse("cases:case", kwargs={"pk": case.pk})).text
    data = {"outcome": "guided", "_once": "a", "guided_on": "2026-11-23", **GUIDED}
    refused = client.post(url, data)
    assert refused.status_code == 422
    assert "第2次应在 2026-12-20 至 2027-01-20 之间办" in refused.text and "店面已租好" in refused.text
    assert client.post(url, {**data, "_once": "b", "reason": "本人下月出国"}).status_code == 302


def test_a_follow_up_and_a_round_about_an_employer_stand_in_the_same_list(world, worker):
    clerk = build.staff("counter", world.streets[0], "孙丽")
    case = actions.start(
        procedure_id="J-4.2.1", organization=world.streets[0], by=clerk, person=build.person(world.villages[0])
    )
    actions.open_follow_up(case=case, kind="monthly_contact", by=clerk)
    employer = build.employer(world.villages[0])
    village = build.staff("community_worker", world.villages[0], "王宁")
    asked = actions.start(procedure_id="C-8.1.2.1", organization=world.villages[0], by=village, employer=employer)
    CaseStep.objects.create(
        case=asked, key="follow_up", position=4, title="跟踪服务", role="community_worker", roles=["community_worker"],
        organization=world.villages[0], nth=1, opened_at=asked.opened_at, due_on="2026-12-02",
    )  # fmt: skip
    page = listed(signed_in(clerk))
    assert page.index("月末联系未报告的登记失业人员") < page.index("用人推荐 · 跟踪服务"), "earliest first"
    assert employer.name in page and "第1次" in page
    assert reverse("cases:follow_up", kwargs={"pk": case.pk, "follow_up_id": case.follow_ups.get().pk}) in page
    book = load_workbook(io.BytesIO(signed_in(clerk).get(reverse("cases:follow_ups_export")).getvalue()))
    cells = [[cell.value for cell in row] for row in book.active.iter_rows()]
    assert any("第几次" in row for row in cells) and any("用人推荐 · 跟踪服务" in row for row in cells)


def test_the_list_costs_the_same_for_one_and_for_many(world, worker, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = signed_in(worker)
    startup(world, worker)
    listed(client)
    with CaptureQueriesContext(connection) as one:
        listed(client)
    for number in range(8):
        startup(world, worker, name=f"张{'一二三四五六七八'[number]}")
    with django_assert_num_queries(len(one)):
        assert listed(client).count("第2次，共6次") == 9


def test_the_procedures_page_says_how_a_step_repeats(world, worker):
    client = signed_in(worker)
    assert "再办本环节，满6次后引导创业" in client.get(reverse("procedures:procedure", args=["J-5.4.4"])).text
    page = client.get(reverse("procedures:procedure", args=["C-8.4.4"])).text
    assert "按期再办本环节" in page and "只对“就业不稳定的就业困难人员”" in page
    assert "招聘成功的再办一次本环节" in client.get(reverse("procedures:procedure", args=["C-8.1.2.1"])).text
    assert "每次同时开始存档备案" in client.get(reverse("procedures:procedure", args=["C-7.1.2.2"])).text
