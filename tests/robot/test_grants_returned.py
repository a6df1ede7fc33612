"""Money of a grant that the bank sent back: a task of the office until it has arrived at the corrected account (Q-1.3.6)."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from renben.engines.payments.models import PaymentLine
from renben.engines.rules import reviewing
from renben.kernel.models import Task
from renben.services.support.grants.models import Grant
from tests.robot.clerk import current
from tests.robot.handing import act
from tests.robot.test_grants import HEAD, day, grant_page, reviewed, standard, wanted, world  # noqa: F401 - world is the fixture
from tests.services.support.standards import put_in_force

pytestmark = [pytest.mark.pages, pytest.mark.django_db]


def answered(world, batch, failed: dict[int, str], on: str) -> str:  # noqa: F811
    """The bank's answer read in: everything arrived but the lines named."""
    rows = ["流水号,金额,结果,原因"]
    for line in batch.lines.order_by("id"):
        rows.append(
            f"{line.pk},{line.fen / 100:.2f},{'失败' if line.pk in failed else '成功'},{failed.get(line.pk, '')}"
        )
    upload = SimpleUploadedFile("回盘.csv", "\n".join(rows).encode())
    url = f"/support/lists/{batch.pk}/return/"
    return world.second.client.post(url, {"file": upload, "on": on, "_once": f"r{batch.pk}"}, follow=True).text


def confirmed(world, batch) -> None:  # noqa: F811
    told = world.second.client.post(f"/support/lists/{batch.pk}/confirm/", {"_once": f"c{batch.pk}"}, follow=True).text
    assert "由谁生成" not in told


def test_money_sent_back_is_followed_until_it_arrives(world):  # noqa: F811
    standard(world)
    case = reviewed(world)
    day(world, "2026-12-01")
    act(world.first, case, "publicise", "submit", "pay")
    grant = Grant.objects.get(case=case)
    first = PaymentLine.objects.order_by("id").first()
    confirmed(world, first.batch)
    assert "退回1笔" in answered(world, first.batch, {first.pk: "账号不存在"}, "2026-12-01")

    task = Task.objects.get(key__startswith="grant.returned:")
    assert (task.title, task.organization, task.cleared_at) == (
        "核对北京顺通物流有限公司的收款账户",
        grant.organization,
        None,
    )
    assert "1笔3,000.00元被银行退回：账号不存在" in task.reason
    assert "核对北京顺通物流有限公司的收款账户" in world.first.client.get("/", {"show": "tasks"}).text, "机构待办"
    assert "账号不存在" in grant_page(world, grant) and "重新列入名录" in grant_page(world, grant)

    account = {"holder": "北京顺通物流有限公司", "bank": "工商银行", "number": "9988776655443322", "_once": "again"}
    world.first.client.post(f"/grants/{grant.pk}/list-again/", account)
    second = PaymentLine.objects.exclude(batch=first.batch).get()
    assert (second.person, second.fen, second.account.bank) == (first.person, HEAD, "工商银行")
    task.refresh_from_db()
    assert task.cleared_at is None, "listed is not arrived"
    confirmed(world, second.batch)
    assert "没有退回" in answered(world, second.batch, {}, "2026-12-01")
    task.refresh_from_db()
    assert task.cleared_at is not None and task.outcome == "已重新发放到账"
    assert sorted(PaymentLine.objects.filter(state="paid").values_list("fen", flat=True)) == [HEAD, HEAD]
    assert (
        "没有被银行退回的"
        in world.first.client.post(f"/grants/{grant.pk}/list-again/", account | {"_once": "third"}, follow=True).text
    )


def test_a_list_corrected_later_shows_which_determinations_would_change(world):  # noqa: F811
    put_in_force(world.place, "subsidy.district.hardship", 500)
    world.first.wanted = wanted(world.people[:1], policy_item="hardship")
    world.first.wanted["grant_people"][0]["months"] = "3"
    case = world.first.start(current("Q-1.3.6"), world.place.centre)
    act(world.first, case, "first_review")
    line = Grant.objects.get(case=case).lines.get()
    assert reviewing.check_person(line.person_id) == 0
    line.months = 2
    line.save()
    assert reviewing.check_person(line.person_id) == 1
    task = Task.objects.get(key__startswith=f"determination.changed:{line.determination_id}:")
    assert "月数由“3”改为“2”" in task.reason and "金额（元）会由“1500”变为“1000”" in task.reason
    assert "月数" in world.first.client.get(task.url).text
